// What one can do with a message: answer it, put an emoji to it, copy it. By its menu, or by keys once it has the focus.

import { EmojiPicker } from "../composer/emoji_picker.js";
import { copyText } from "../shared/clipboard.js";
import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { withKey } from "../shared/keys.js";
import { menu } from "../shared/overlay.js";
import { plain } from "../shared/text.js";

const HAD = new Set(["sent", "delivered", "read"]);

/** Whether the customer has a message, so that an answer can quote it. */
export function isHad({ direction, delivery_status: status }) {
  return direction === "inbound" || HAD.has(status);
}

/** The tools of a message; null where there is nothing to do. `parts` as of a bubble; `now(id)` gives the message as it is by then. */
export function tools(message, parts) {
  const reacts = parts.takes.reactions && message.direction === "inbound";
  if (!message.text && !parts.takes.quotes && !reacts) return null;
  const now = () => parts.now_of(message.id) ?? message;
  const picker = reacts && reactor(message, parts);
  const more = h("button", { class: "cw-icon-button cw-message-more", tabindex: "-1", "aria-label": "Message options", title: "Message options" }, icon("more"));
  menu(more, "Message options", () => items(now(), parts, picker), message.direction === "inbound" ? "start" : "end");
  return h("div", { class: "cw-message-tools" }, picker && picker.button, more);
}

/** The emoji picker of a message. */
function reactor(message, { emoji, react }) {
  const leave = () => picker.button.closest(".cw-message")?.focus();
  const picker = new EmojiPicker({ load: emoji, choose: (char) => react(message.id, char), leave });
  const { button } = picker;
  for (const name of ["aria-label", "title"]) button.setAttribute(name, "React");
  button.tabIndex = -1;
  return picker;
}

/** Why nothing can be done yet with a message that is no text, by its status. */
const NOTHING = { failed: "It failed", in_doubt: "It is not confirmed" };
const SENDING = { queued: "Sending", sending: "Sending", retry: "Waiting to try again" };

/** The reactions below a bubble; a press on one's own takes it back. */
export function reactions(message, { react }) {
  const shown = message.reactions.filter(({ emoji }) => emoji);
  if (shown.length === 0) return null;
  return h("div", { class: "cw-reactions", role: "group", "aria-label": "Reactions" }, shown.map((each) => (each.actor_kind === "customer" ? theirs(each) : ours(message, each, react))));
}

function theirs({ emoji }) {
  return h("span", { class: "cw-reaction", role: "img", "aria-label": `${emoji} by the customer`, title: "By the customer" }, emoji);
}

function ours(message, { emoji, actor_name: name, delivery_status: status }, react) {
  const said = [`By ${plain(name) || "you"}`, SENDING[status]].filter(Boolean).join(" · ");
  const props = { class: "cw-reaction", dataset: { own: "true", status: status ?? "" }, title: `${said}. Take it back`, "aria-label": `${emoji} ${said}. Take it back` };
  return h("button", { ...props, onclick: () => react(message.id, "") }, emoji);
}

/** What is to say of a reaction that was not sent. */
export function reactionLine(message, { react }) {
  const own = message.reactions.find(({ actor_kind: kind }) => kind !== "customer");
  if (!own || !["failed", "in_doubt", "retry"].includes(own.delivery_status)) return null;
  const { emoji, failure, delivery_status: status } = own;
  const what = emoji ? `The reaction ${emoji}` : "Taking the reaction back";
  const words = { failed: `${what} failed: ${failure}`, in_doubt: `${what} is not confirmed.`, retry: `${what} will be tried again: ${failure}` }[status];
  const button = (label, run) => h("button", { class: "cw-link-button", onclick: run }, label);
  const again = status !== "retry" && button(status === "failed" ? "Retry" : "Send again", () => react(message.id, emoji));
  return h("div", { class: "cw-below cw-reaction-line", dataset: { status } }, h("span", { class: "cw-below-words" }, icon("alert"), h("span", {}, words)), again && h("span", { class: "cw-below-actions" }, again));
}

function items(message, parts, picker) {
  const { takes, quote, el } = parts;
  const reply = { icon: "reply", label: "Reply", title: withKey("Reply", "quote"), run: () => quote(message) };
  const react = picker && { icon: "smile", label: "React", run: () => picker.button.click() };
  const copy = { icon: "copy", label: "Copy text", run: () => copyText(el, plain(message.text), "Text") };
  const found = [takes.quotes && isHad(message) && reply, react, message.text && copy].filter(Boolean);
  const { delivery_status: status } = message;
  return found.length > 0 ? found : [{ icon: NOTHING[status] ? "alert" : "clock", label: NOTHING[status] ?? "It has not left yet" }];
}

/** The keys of a message that has the focus; `go(step)` leads to another one. */
export function messageKey(event, go) {
  const { target, key } = event;
  if (!target.matches(".cw-message") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "ArrowUp" || key === "ArrowDown") go(key === "ArrowUp" ? -1 : 1);
  else if (key === "Enter" || key === "ContextMenu" || (key === "F10" && event.shiftKey)) target.querySelector(".cw-message-more")?.click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
