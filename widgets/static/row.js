// One row of the conversation list, and the small pictures that rows and headers share.

import { h } from "./dom.js";
import { capitalised, closesWithin, hue, initials, moment, relative, timeLeft } from "./format.js";
import { channelIcon, icon } from "./icons.js";
import { marked, plain } from "./text.js";

const CLOSING_SOON_HOURS = 4;
const MEDIA = { image: "Photo", audio: "Audio", video: "Video", document: "File" };

export function avatar(conversation) {
  const letters = initials(conversation.contact_name);
  return h(
    "span",
    { class: "cw-avatar", "aria-hidden": "true", style: { "--cw-hue": hue(conversation.contact_id) } },
    letters || icon("user"),
    h("span", { class: "cw-avatar-channel" }, channelIcon(conversation.channel_kind, "")),
  );
}

export function statusPill(status) {
  return h("span", { class: "cw-pill", dataset: { status } }, capitalised(status));
}

/** `search` is highlighted; `me` is the operator whose messages say "You"; `view` makes ids unique. */
export function row(conversation, { search, me, view }) {
  const { id, unread } = conversation;
  const name = plain(conversation.contact_name);
  return h(
    "div",
    {
      role: "option",
      id: `cw-row-${view}-${id}`,
      class: "cw-row",
      dataset: { id, unread: String(unread > 0) },
      "aria-label": spoken(conversation),
    },
    avatar(conversation),
    h(
      "div",
      { class: "cw-row-text" },
      h(
        "div",
        { class: "cw-row-line" },
        h("span", { class: "cw-row-name", title: name }, h("bdi", {}, marked(name, search))),
        marks(conversation),
        time(conversation.last_activity_at),
      ),
      h(
        "div",
        { class: "cw-row-line" },
        h("span", { class: "cw-row-preview" }, preview(conversation, search, me)),
        statusPill(conversation.status),
        unread > 0 && h("span", { class: "cw-badge" }, unread > 99 ? "99+" : String(unread)),
      ),
    ),
  );
}

function spoken(conversation) {
  const { contact_name: name, channel_name: channel, status, unread } = conversation;
  const parts = [plain(name), channel, capitalised(status), unread > 0 && `${unread} unread`];
  return parts.filter(Boolean).join(", ");
}

export function time(iso) {
  return h("time", { class: "cw-time", datetime: iso, title: moment(iso) }, relative(iso));
}

function marks(conversation) {
  const { failed, agent_replies: agent, window_closes_at: closes, status } = conversation;
  const soon = status === "pending" && closesWithin(closes, CLOSING_SOON_HOURS);
  return h(
    "span",
    { class: "cw-marks" },
    failed && icon("alert", "Delivery failed"),
    soon && icon("clock", `Messaging window closes in ${timeLeft(closes)}`),
    agent && icon("spark", "Agent replies"),
  );
}

function preview(conversation, search, me) {
  const { subject, match, preview: last } = conversation;
  if (match) return h("bdi", {}, marked(match, search));
  const kind = last.media && icon(last.media);
  const text = last.text || (last.media ? MEDIA[last.media] : "");
  return [
    subject && h("bdi", { class: "cw-row-subject" }, marked(subject, search)),
    writer(last, me),
    kind,
    h("bdi", {}, marked(text.slice(0, 200), search)),
  ];
}

function writer({ direction, author }, me) {
  if (direction !== "outbound") return null;
  const name = author === me || !author ? "You" : author;
  return h("span", { class: "cw-row-author" }, `${plain(name)}: `);
}
