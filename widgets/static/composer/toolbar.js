// The row below the text: what can be put in, Note, and the button that sends.

import { attachButton } from "./attach.js";
import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { withKey } from "../shared/keys.js";
import { size } from "./measure.js";

// From this share of the limit on, what is left is counted.
const NEAR = 0.85;

export class Toolbar {
  /** `attach` as attachButton takes it; `emoji` and `canned` are buttons, the others are called. */
  constructor({ attach, emoji, canned, record, note, send }) {
    this.attach = attachButton(attach);
    this.record = h("button", { class: "cw-icon-button", "aria-label": "Record a voice message", title: "Record a voice message", onclick: record }, icon("audio"));
    this.note = h("button", { class: "cw-note-switch", role: "switch", onclick: note }, icon("note"), "Note");
    this.counter = h("span", { class: "cw-counter", hidden: true });
    this.send = h("button", { class: "cw-send", onclick: send });
    this.node = h("div", { class: "cw-composer-tools" }, this.attach, emoji, this.record, canned, h("span", { class: "cw-gap" }), this.counter, this.note, this.send);
  }

  show(entry, state) {
    const { noting } = entry;
    this.attach.hidden = noting;
    this.record.hidden = noting || state?.sounds === null;
    this.note.setAttribute("aria-checked", String(noting));
    const waits = entry.hidden.empty ? "" : noting ? "a reply is begun" : "a note is begun";
    this.note.title = [withKey("Internal note", "note"), waits].filter(Boolean).join(": ");
    this.note.dataset.waits = String(Boolean(waits));
    const label = noting ? "Add note" : "Send";
    this.send.setAttribute("aria-label", label);
    this.send.title = label;
    this.send.dataset.words = String(noting);
    this.send.disabled = !entry.ready;
    fill(this.send, noting ? label : icon("send"));
    this.count(entry, state);
  }

  /** What is left of the limit, once it comes near. */
  count({ noting, reply }, state) {
    const limit = noting ? null : state?.limit;
    const left = limit ? limit.n - size(reply.text, limit.unit) : 0;
    this.counter.hidden = !limit || left > limit.n * (1 - NEAR);
    this.counter.textContent = left.toLocaleString();
    this.counter.dataset.over = String(left < 0);
    this.counter.setAttribute("aria-label", left < 0 ? `${-left} over the limit` : `${left} left`);
  }

  /** Whether the text comes near its limit. */
  get counts() {
    return !this.counter.hidden;
  }
}
