// The template form in the composer's place: after the messaging window, and by Attach > Template.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { TemplateForm } from "../new/template_form.js";

export class TemplatePane {
  /** `send(choice)` resolves to words where it could not; `closed()` follows when it is left. */
  constructor({ link, send, closed }) {
    Object.assign(this, { send, closed, open: false });
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

  /** With `anew` false, what was filled in is still there. */
  show(channel, anew = true) {
    this.open = true;
    if (anew) this.form.clear();
    this.form.load(channel);
    this.check();
  }

  check() {
    if (!this.button) return;
    const { problem } = this.form ?? { problem: "" };
    this.button.disabled = Boolean(problem) || this.going;
    fill(this.problem, this.form?.touched ? problem : "");
    if (this.node) this.node.dataset.chosen = String(this.form.touched);
  }

  async submit() {
    if (this.form.problem || this.going) return;
    this.going = true;
    this.check();
    const words = await this.send(this.form.choice);
    this.going = false;
    this.check();
    if (words) fill(this.problem, words);
    else this.close();
  }

  close() {
    this.open = false;
    this.closed();
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    this.close();
  }
}
