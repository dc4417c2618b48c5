// How a sent message fares: the mark beside its time, and what is to say and to do below it.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { command } from "../shared/keys.js";

const TICK = 250;

const STATES = {
  queued: ["clock", "Queued"],
  sending: ["clock", "Sending"],
  retry: ["clock", "Waiting to try again"],
  sent: ["check", "Sent"],
  delivered: ["checks", "Delivered"],
  read: ["checks", "Read"],
  failed: ["alert", "Failed"],
  cancelled: ["close", "Cancelled"],
  in_doubt: ["question", "Not confirmed"],
};

export function deliveryMark({ delivery_status: status, failure }) {
  if (!status) return null;
  const [glyph, label] = STATES[status];
  const said = failure && ["failed", "retry", "in_doubt"].includes(status) ? `${label}: ${failure}` : label;
  return h("span", { class: "cw-delivery", dataset: { status } }, icon(glyph, said));
}

/** The line below a bubble; null where there is nothing to say. `deliver(verb, message)` acts. */
export function deliveryLine(message, { deliver, now }) {
  const { delivery_status: status, failure, failure_kind: kind } = message;
  const button = (label, verb) => h("button", { class: "cw-link-button", onclick: () => deliver(verb, message) }, label);
  if (status === "queued" && message.undo_until) return countdown(message, button("Undo", "cancel"), now);
  if (status === "failed") {
    return line(failure || "The message could not be delivered.", kind === "window_closed" && template(), button("Retry", "retry"));
  }
  if (status === "retry") return line(failure ? `${failure} It will be tried again.` : "It will be tried again.");
  if (status !== "in_doubt") return null;
  const words = "Not confirmed: the provider may or may not have it.";
  return line(words, button("Mark as sent", "mark_sent"), button("Send again", "send_again"));
}

function line(words, ...actions) {
  const said = h("span", { class: "cw-below-words" }, icon("alert"), h("span", {}, words));
  return h("div", { class: "cw-below" }, said, actions.length > 0 && h("span", { class: "cw-below-actions" }, actions));
}

/** What still gets through where the provider holds the messaging window for closed. */
function template() {
  return h("button", { class: "cw-link-button cw-by-composer", onclick: ({ target }) => command(target.closest(".cw-panel"), "template") }, "Choose a template");
}

/** While Undo is possible; goes by itself when the time is up. */
function countdown(message, undo, now) {
  const left = () => Math.ceil((new Date(message.undo_until) - now()) / 1000);
  if (left() <= 0) return null;
  const words = h("span", {});
  const node = h("div", { class: "cw-below", dataset: { kind: "waiting" } }, h("span", { class: "cw-below-words" }, icon("clock"), words), undo);
  const show = () => fill(words, `Sending in ${left()} s`);
  const timer = setInterval(() => {
    if (left() > 0 && node.isConnected) return show();
    clearInterval(timer);
    return node.remove();
  }, TICK);
  show();
  return node;
}
