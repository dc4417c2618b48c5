// What the dialog New is made of.

import { fill, h, token } from "../shared/dom.js";
import { channelIcon, icon } from "../shared/icons.js";
import { avatar, statusPill, time } from "../list/row.js";
import { linked, plain } from "../shared/text.js";

/** A labelled field: {node, input, label(text), say(problem, hint)}. */
export function field(label, props, tag = "input") {
  const id = `cw-field-${token()}`;
  const said = h("span", { class: "cw-field-said", id: `${id}-said`, "aria-live": "polite" });
  const input = h(tag, { class: "cw-input", dir: "auto", id, "aria-describedby": `${id}-said`, ...props });
  const name = h("label", { class: "cw-label-line", for: id }, label);
  const node = h("div", { class: "cw-label" }, name, input, said);
  const say = (problem, hint = "") => {
    fill(said, problem ? h("span", { class: "cw-field-problem" }, icon("alert"), problem) : hint && h("span", { class: "cw-field-hint" }, icon("check"), hint));
    if (problem) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  return { node, input, say, label: (text) => fill(name, text) };
}

function bubble(text, side) {
  return text && h("div", { class: "cw-template-bubble", dir: "auto", dataset: { side } }, h("div", { class: "cw-template-body" }, linked(text)));
}

/** The channels as radio buttons; those that can't start are there, too, and say why when chosen. */
export function channelCards(channels, chosen, view, pick) {
  return channels.map((channel) => {
    const on = channel.id === chosen?.id;
    return h(
      "label",
      { class: "cw-new-channel", dataset: { on: String(on), fit: String(channel.can_start) }, title: channel.start_reason || null },
      h("input", { type: "radio", name: `cw-channel-${view}`, checked: on, onchange: () => pick(channel) }),
      channelIcon(channel.look, ""),
      h("span", { class: "cw-new-channel-name" }, h("bdi", {}, plain(channel.name))),
      !channel.can_start && icon("lock", "Can't start a conversation"),
    );
  });
}

/** The conversation there is already. */
export function foundCard(conversation) {
  const { preview, subject } = conversation;
  const mine = preview.direction === "outbound" ? "You: " : "";
  return [
    h("p", { class: "cw-new-found-words" }, "There is a conversation with this customer already."),
    h(
      "div",
      { class: "cw-new-found-card" },
      avatar(conversation),
      h(
        "div",
        { class: "cw-new-found-text" },
        h("div", { class: "cw-new-found-line" }, h("strong", {}, h("bdi", {}, plain(conversation.contact_name))), statusPill(conversation.status), conversation.archived && h("span", { class: "cw-pill" }, "Archived"), time(conversation.last_activity_at)),
        h("div", { class: "cw-new-found-last" }, h("bdi", {}, subject || `${mine}${preview.text.slice(0, 200)}`)),
      ),
    ),
  ];
}

/**
 * How it will look where it arrives: a text; or, with `template`, the bubble of the one that is chosen
 * (null: none yet). `last` is the preview of the conversation there is already.
 */
export function previewOf(channel, { to, subject = "", text = "", template, last = null }) {
  const content = last ? bubble(last.text, last.direction === "inbound" ? "in" : "out") : template ?? bubble(text.trim(), "out");
  const head = h("div", { class: "cw-phone-head" }, channelIcon(channel.look, ""), h("span", {}, h("bdi", {}, to || "Customer")));
  const empty = !last && h("p", { class: "cw-phone-empty" }, template === null ? "Choose a template to see what the customer will read." : "What the customer will read appears here.");
  return [
    h("div", { class: "cw-phone", dataset: { threads: String(channel.threads) } }, head, channel.threads && subject.trim() && h("div", { class: "cw-phone-subject", dir: "auto" }, subject), h("div", { class: "cw-phone-log" }, content || empty)),
  ];
}
