// One row of the conversation list, and the small pictures that rows and headers share.

import { h } from "../shared/dom.js";
import { age, capitalised, closesWithin, hue, initials, moment, relative, timeLeft } from "../shared/format.js";
import { channelIcon, icon } from "../shared/icons.js";
import { fromHit, marked, plain } from "../shared/text.js";

const CLOSING_SOON_HOURS = 4;
const SHOWN = 200;
const SPOKEN = 120;
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

/**
 * `search` is highlighted; `me` is the operator whose messages say "You"; `view` makes ids unique; `now` is what
 * the clock of its channel says.
 */
export function row(conversation, { search, me, view, now }) {
  const { id, unread } = conversation;
  const name = plain(conversation.contact_name);
  return h(
    "div",
    {
      role: "option",
      id: `cw-row-${view}-${id}`,
      class: "cw-row",
      dataset: { id, unread: String(unread > 0) },
      "aria-label": spoken(conversation, me, now),
    },
    h("span", { class: "cw-row-pick" }, avatar(conversation), h("span", { class: "cw-tick", "aria-hidden": "true" }, icon("check"))),
    h(
      "div",
      { class: "cw-row-text" },
      h(
        "div",
        { class: "cw-row-line" },
        h("span", { class: "cw-row-name", title: name, dir: "auto" }, marked(name, search)),
        marks(conversation, now),
        statusPill(conversation.status),
        time(conversation.last_activity_at),
      ),
      h(
        "div",
        { class: "cw-row-line" },
        preview(conversation, search, me),
        unread > 0 && h("span", { class: "cw-badge" }, unread > 99 ? "99+" : String(unread)),
      ),
    ),
  );
}

/** The row as a screen reader says it: what one sees, in the order of what matters. */
function spoken(conversation, me, now) {
  const { contact_name: name, channel_name: channel, status, unread, preview: last, last_activity_at: at } = conversation;
  const parts = [
    plain(name),
    unread > 0 && `${unread} unread`,
    capitalised(status),
    ...signs(conversation, now).map(([, words]) => words),
    channel,
    conversation.subject,
    conversation.match.slice(0, SPOKEN) || author(last, me) + said(last).slice(0, SPOKEN),
    relative(at),
  ];
  return parts.filter(Boolean).join(", ");
}

export function time(iso) {
  return h("time", { class: "cw-time", datetime: iso, title: moment(iso) }, age(iso));
}

function marks(conversation, now) {
  return h("span", { class: "cw-marks" }, signs(conversation, now).map(([picture, words]) => icon(picture, words)));
}

/** What needs somebody's eye: a picture and what it means. */
function signs({ failed, agent_replies: agent, window_closes_at: closes, status }, now) {
  const soon = status !== "resolved" && closesWithin(closes, CLOSING_SOON_HOURS, now);
  return [
    failed && ["alert", "Delivery failed"],
    soon && ["clock", `Messaging window closes in ${timeLeft(closes, now)}`],
    agent && ["spark", "Agent replies"],
  ].filter(Boolean);
}

function preview(conversation, search, me) {
  const { subject, match, preview: last } = conversation;
  const by = author(last, me);
  const before = match ? [] : [
    subject && h("bdi", { class: "cw-row-subject" }, marked(subject, search)),
    address(conversation, search),
    last.direction === "note" && h("span", { class: "cw-row-note" }, "Note"),
    by && h("span", { class: "cw-row-author" }, by),
  ].filter(Boolean);
  const words = marked(match ? fromHit(match, search) : said(last).slice(0, SHOWN), search);
  const kind = !match && last.media && icon(last.media);
  // Alone it has its own direction, so that Arabic and Hebrew are cut off at their end, too.
  if (before.length === 0) return h("span", { class: "cw-row-preview", dir: "auto" }, kind, words);
  return h("span", { class: "cw-row-preview" }, before, kind, h("bdi", {}, words));
}

/** The address, where that is what was searched for. */
function address({ contact_name: name, address: { value } }, search) {
  const hit = search && value !== name && marked(value, search);
  return hit && hit.length > 1 && h("bdi", { class: "cw-row-subject" }, hit);
}

function said({ text, media }) {
  return text || (media ? MEDIA[media] : "");
}

/** Who wrote the last message, if it was one of us. */
function author({ direction, author: name }, me) {
  if (direction !== "outbound" && direction !== "note") return "";
  return name === me || !name ? "You: " : `${plain(name)}: `;
}
