// The template form in the composer's place: after the messaging window, and by Attach > Template.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { TemplateForm } from "../new/template_form.js";

export class TemplatePane {
  /**
   * `send(entry, choice)` resolves to words where it could not; `failed(entry, words)` says them of one that is no
   * longer shown. `closed()` follows when the form is closed.
   */
  constructor({ link, send, failed, closed }) {
    Object.assign(this, { send, failed, closed });
    /** The form as it is open: {entry, going}; null: it is not. */
    this.turn = null;
    this.button = h("button", { class: "cw-button cw-primary", onclick: () => this.submit() }, "Send template");
    this.problem = h("span", { class: "cw-template-problem", role: "status" });
    this.form = new TemplateForm({ link, changed: () => this.check() });
    const close = h("button", { class: "cw-icon-button", "aria-label": "Close templates", title: "Close", onclick: () => this.close() }, icon("close"));
    this.node = h(
      "div",
      { class: "cw-template-pane", role: "group", "aria-label": "Template", onkeydown: (event) => this.key(event) },
      h("div", { class: "cw-template-pane-head" }, h("strong", {}, "Template"), close),
      h("div", { class: "cw-template-pane-body" }, this.form.node, this.form.preview),
      h("div", { class: "cw-template-pane-foot" }, this.problem, this.button),
    );
  }

  get open() {
    return this.turn !== null;
  }

  /** With `anew` false, what was filled in for this entry is still there. */
  show(entry, channel, anew = true) {
    this.turn = { entry, going: false };
    if (anew || this.entry !== entry) this.form.clear();
    this.entry = entry;
    this.form.load(channel);
    this.check();
  }

  check() {
    if (!this.button) return;
    const { problem } = this.form ?? { problem: "" };
    // Not `disabled`, which would let go of the focus while it sends.
    this.button.setAttribute("aria-disabled", String(Boolean(problem) || Boolean(this.turn?.going)));
    this.say(this.form?.touched ? problem : "");
    if (this.node) this.node.dataset.chosen = String(this.form.touched);
  }

  async submit() {
    const { turn } = this;
    if (!turn || turn.going) return;
    if (this.form.problem) {
      this.say(this.form.problem);
      return;
    }
    turn.going = true;
    this.check();
    const words = await this.send(turn.entry, this.form.choice);
    turn.going = false;
    if (turn !== this.turn) {
      if (words) this.failed(turn.entry, words);
      return;
    }
    this.check();
    if (words) this.say(words);
    else this.close();
  }

  /** What there is to fill in, or else what is wrong. */
  say(words) {
    const wrong = Boolean(words) && (words === this.form?.refusal || !this.form?.problem);
    this.problem.dataset.wrong = String(wrong);
    fill(this.problem, wrong && icon("alert"), h("span", {}, words));
  }

  /** For another conversation, or none. */
  leave() {
    this.turn = null;
  }

  close() {
    this.leave();
    this.closed();
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    this.close();
  }
}
