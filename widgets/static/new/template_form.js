// Choosing a template and filling it in: a picker, a field for each variable, and what comes of it.
//
// The panel's Python side is a TemplatePanel (widgets/templates.py). Who uses the form puts `node` and
// `preview` where they belong, calls `load(channel)`, and sends `choice` once `problem` is empty.

import { debounce, fill, h } from "../shared/dom.js";
import { HeaderFile } from "./header_file.js";
import { icon } from "../shared/icons.js";
import { bubbleOf, languageName } from "./template_bubble.js";
import { TemplatePicker } from "./template_picker.js";

const PAUSE = 250;
const PLACES = { header: "Header", body: "Text", button: "Button" };

export class TemplateForm {
  /** `changed()` is called whenever `choice`, `problem` or the preview changed. */
  constructor({ link, changed = () => {} }) {
    Object.assign(this, { link, changed });
    this.node = h("div", { class: "cw-template-form" });
    this.preview = h("div", { class: "cw-template-preview" });
    this.picker = new TemplatePicker((template) => this.choose(template));
    this.check = debounce(PAUSE, () => this.ask());
    this.template = null;
    this.clear();
  }

  /** Offers a channel's templates, until then as they were; a choice made on another channel is forgotten. */
  async load(channel) {
    if (channel !== this.channel) {
      this.channel = channel;
      this.clear();
      this.picker.wait();
    }
    try {
      const { value } = await this.link.read("templates", { channel });
      if (channel === this.channel) this.picker.offer(value);
    } catch (trouble) {
      if (channel === this.channel) this.picker.fail(trouble.message, () => this.load(channel));
    }
    this.changed();
  }

  /** {name, language, values, header}, as `Workspace.send(template=...)` takes it; null: none yet. */
  get choice() {
    if (!this.template) return null;
    const { name, language } = this.template;
    const values = Object.fromEntries([...this.values].filter(([, value]) => value.trim()));
    return { name, language, values, header: this.header?.id ?? null };
  }

  /** Whether there is any to choose from, as far as is known. */
  get offers() {
    return Boolean(this.picker.templates?.length);
  }

  /** Why it can't be sent yet, in words; empty when it can. */
  get problem() {
    if (!this.template) return "Choose a template.";
    if (this.header?.problem) return this.header.problem;
    const missing = this.template.variables.find(({ key }) => !this.values.get(key)?.trim());
    return missing ? `Fill in “${missing.label}”.` : this.refusal;
  }

  /** Whether anything would be lost with the form. */
  get touched() {
    return Boolean(this.template);
  }

  /** Back to the picker. */
  clear() {
    this.check.cancel();
    this.template = null;
    this.values = new Map();
    this.refusal = "";
    this.header?.drop();
    this.header = null;
    fill(this.node, this.picker.node);
    this.show();
  }

  focus() {
    this.node.querySelector("input, button")?.focus();
  }

  headerChanged() {
    if (!this.header) return;
    this.show();
    if (this.header.id) this.check();
  }

  // --- filling in

  choose(template) {
    this.template = template;
    this.header = template.media ? new HeaderFile({ link: this.link, channel: this.channel, template, changed: () => this.headerChanged() }) : null;
    fill(this.node, this.chosen(), this.header?.node, template.variables.map((v) => this.field(v)), this.note());
    this.show();
    (this.node.querySelector(".cw-template-file button, .cw-template-value input") ?? this.node.querySelector("button")).focus();
  }

  chosen() {
    const { name, language, category } = this.template;
    const again = () => {
      this.clear();
      this.focus();
    };
    return h(
      "div",
      { class: "cw-template-chosen" },
      icon("template"),
      h(
        "div",
        { class: "cw-template-chosen-text" },
        h("strong", {}, name),
        h("span", {}, [languageName(language), category.toLowerCase()].filter(Boolean).join(" · ")),
      ),
      h("button", { type: "button", class: "cw-link-button", onclick: again }, "Change"),
    );
  }

  field({ key, label, place, example }) {
    const input = h("input", {
      type: "text",
      class: "cw-input",
      dir: "auto",
      autocomplete: "off",
      placeholder: example && `e.g. ${example}`,
      dataset: { key },
      oninput: () => this.typed(key, input.value),
      onfocus: () => this.light(key),
      onblur: () => this.light(""),
    });
    const words = h("span", { class: "cw-label-line" }, h("span", {}, label), h("span", { class: "cw-label-place" }, PLACES[place]));
    return h("label", { class: "cw-label cw-template-value" }, words, input);
  }

  typed(key, value) {
    this.values.set(key, value);
    this.show();
    this.check();
  }

  light(key) {
    this.lit = key;
    this.show();
  }

  /** Asks the rules, which know the limits; the hub asks them again. Only the newest answer counts. */
  async ask() {
    const { template, choice } = this;
    if (!template || !this.template) return;
    const asked = JSON.stringify(choice);
    const { value } = await this.link.ask("check_template", { channel: this.channel, template: choice }).catch((trouble) => ({ value: trouble.message }));
    if (JSON.stringify(this.choice) !== asked) return;
    const missing = template.variables.some(({ key }) => !this.values.get(key)?.trim());
    this.refusal = missing ? "" : value;
    this.show();
  }

  note() {
    this.problemNote = h("p", { class: "cw-field-problem", role: "alert", hidden: true });
    return this.problemNote;
  }

  show() {
    if (this.template) {
      fill(this.preview, bubbleOf(this.template, { values: this.values, lit: this.lit, picture: this.header?.picture, file: this.header?.name }));
      fill(this.problemNote, this.refusal && icon("alert"), this.refusal);
      this.problemNote.hidden = !this.refusal;
    } else {
      fill(this.preview);
    }
    this.changed();
  }
}
