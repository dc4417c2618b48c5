// A message as a bubble, an event as a line.

import { reactionLine, reactions, tools } from "./acts.js";
import { deliveryLine, deliveryMark } from "./delivery.js";
import { h } from "../shared/dom.js";
import { clock, moment } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { mailFrame } from "./mail_frame.js";
import { quotedAuthor, quotedParts, quotedWords } from "../shared/quoted.js";
import { body, plain } from "../shared/text.js";

const EVENTS = {
  resolved: ["resolve", "resolved this conversation"],
  reopened: ["reopen", "reopened this conversation"],
  archived: ["archive", "archived this conversation"],
  unarchived: ["unarchive", "moved this conversation back from the archive"],
  agent_replies_on: ["spark", "turned Agent replies on"],
  agent_replies_off: ["spark", "turned Agent replies off"],
  sent_again: ["send", "sent a message again"],
  marked_sent: ["check", "noted that a message was sent"],
  blocked: ["block", "blocked this contact"],
  unblocked: ["user", "unblocked this contact"],
  opted_out: ["block", "noted that this contact wants no messages"],
  opted_in: ["user", "noted that this contact may be written to again"],
  renamed: ["user", "renamed this contact"],
  merged: ["merge", "merged this contact with another one"],
  unmerged: ["unmerge", "unmerged this contact and another one"],
};

/** Whether an event has a line: reading leaves none. */
export function isShown(event) {
  return event.kind in EVENTS;
}

export function eventLine(event, me) {
  const [glyph, words] = EVENTS[event.kind];
  const who = event.actor.kind === "system" ? "Workspace" : nameOf(event.actor, me);
  const reason = event.reason ? ` (${event.reason})` : "";
  return h(
    "div",
    { class: "cw-event", title: moment(event.occurred_at) },
    icon(glyph),
    h("span", {}, h("b", {}, h("bdi", {}, who)), ` ${words}${reason}`),
    h("time", { datetime: event.occurred_at }, clock(event.occurred_at)),
  );
}

function nameOf(actor, me) {
  if (actor.kind === "agent") return plain(actor.name) || "Agent";
  return actor.name === me ? "You" : plain(actor.name) || "Operator";
}

/** Who a bubble belongs to: bubbles of one side and author stand together. */
export function sideOf(message) {
  if (message.direction === "inbound") return "in";
  return message.direction === "note" ? "note" : "out";
}

/** `parts`: {me, threads, takes, media, link, deliver, react, emoji, now, now_of, quote, goTo} of the view. */
export function bubble(message, parts) {
  const side = sideOf(message);
  const inside = h("div", { class: "cw-bubble" }, content(message, parts));
  // The time ends the last line of a text, or stands under anything else.
  (inside.querySelector(":scope > .cw-text:last-child") ?? inside).append(meta(message));
  inside.append(tools(message, parts) ?? "");
  return h(
    "article",
    {
      class: "cw-message",
      dataset: { side, author: message.author.kind, id: message.id, status: message.delivery_status ?? "" },
      "aria-label": spoken(message, parts.me),
      tabindex: "-1",
    },
    (side !== "in" || parts.threads) && writer(message, parts.me),
    inside,
    reactions(message, parts),
    reactionLine(message, parts),
    deliveryLine(message, parts),
  );
}

/** The message that this one quotes; a press leads there. */
function quotation({ reply_to: quoted }, { me, goTo }) {
  if (!quoted) return null;
  const label = `Quotes ${quotedAuthor(quoted, me)}: ${quotedWords(quoted)}`;
  return h("button", { class: "cw-quoted", "aria-label": label, title: "Go to this message", onclick: () => goTo(quoted.id) }, quotedParts(quoted, me));
}

/** Takes over what may change after a message was shown, leaving players and frames alone. */
export function refresh(node, message, parts) {
  node.dataset.status = message.delivery_status ?? "";
  parts.media.renew(node, message.attachments);
  node.querySelector(".cw-meta").replaceWith(meta(message));
  for (const old of node.querySelectorAll(":scope > .cw-reactions, :scope > .cw-below")) old.remove();
  const quoted = quotation(message, parts); // the message it quotes may come after it
  const inside = node.querySelector(":scope > .cw-bubble");
  if (quoted && !inside.querySelector(":scope > .cw-quoted")) inside.prepend(quoted);
  const below = [reactions(message, parts), reactionLine(message, parts), deliveryLine(message, parts)].filter(Boolean);
  inside.after(...below);
}

function spoken(message, me) {
  const what = message.direction === "note" ? "Internal note by " : "";
  return `${what}${authorOf(message, me)}, ${clock(message.occurred_at)}`;
}

/** Who wrote a message, in words. */
export function authorOf(message, me) {
  if (message.direction === "inbound") return plain(message.author.name) || "Customer";
  return nameOf(message.author, me);
}

function writer(message, me) {
  const name = h("bdi", {}, authorOf(message, me));
  if (message.direction === "note") return h("div", { class: "cw-writer" }, icon("lock"), "Internal note · ", name);
  const agent = message.author.kind === "agent" && icon("spark");
  return h("div", { class: "cw-writer" }, agent, name, origin(message));
}

function origin({ origin: how, template }) {
  if (how === "template") return ` · Template${template ? ` ${plain(template)}` : ""}`;
  return how === "bulk" && " · Bulk";
}

function content(message, parts) {
  const { link, media } = parts;
  const shown = message.attachments.filter((file) => !(message.html && file.inline));
  const nodes = shown.map((file) => media.node(file));
  if (message.unsupported) nodes.push(h("p", { class: "cw-unsupported" }, icon("question"), message.unsupported));
  if (message.html) nodes.unshift(mailFrame({ link, message, signal: media.shown.signal }));
  else if (message.text) nodes.push(h("div", { class: "cw-text", dir: "auto" }, body(message.text)));
  return [quotation(message, parts), ...nodes];
}

function meta(message) {
  const at = h("time", { dir: "auto", datetime: message.occurred_at, title: moment(message.occurred_at) }, clock(message.occurred_at));
  const automatic = message.automatic && h("span", { class: "cw-automatic", title: "Sent by a machine, not a person" }, "Automatic");
  // The blank keeps the time apart from a number that ends the text, wherever the words alone are taken.
  return h("div", { class: "cw-meta" }, " ", automatic, at, deliveryMark(message));
}

export function dayLine(label) {
  return h("div", { class: "cw-day", role: "separator", "aria-label": label }, h("span", {}, label));
}

export function unreadLine() {
  return h("div", { class: "cw-unread-line", role: "separator" }, h("span", {}, "New"));
}

/** A message on its way, shown before the hub has stored it. */
export function pendingBubble(text) {
  const sending = h("div", { class: "cw-meta" }, deliveryMark({ delivery_status: "sending" }));
  return h(
    "article",
    { class: "cw-message", dataset: { side: "out", author: "operator", status: "sending" } },
    h("div", { class: "cw-writer" }, "You"),
    h("div", { class: "cw-bubble" }, h("div", { class: "cw-text", dir: "auto" }, body(text), sending)),
  );
}
