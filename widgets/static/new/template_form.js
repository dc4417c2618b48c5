// Choosing a template and filling it in: a picker, a field for each variable, and what comes of it.
//
// The panel's Python side is a TemplatePanel (widgets/templates.py). Who uses the form puts `node` and
// `preview` where they belong, calls `load(channel)`, and sends `choice` once `problem` is empty.

import { debounce, fill, h } from "../shared/dom.js";
import { HeaderFile } from "./header_file.js";
import { icon } from "../shared/icons.js";
import { bubbleOf, languageName } from "./template_bubble.js";
import { isFit } from "./template_lines.js";
import { TemplatePicker } from "./template_picker.js";

const PAUSE = 250;
const CHANGED = "This template was changed. Look at it once more before you send it.";
const UNFIT = "This template can't be sent any more; choose another one.";
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
    link.on("templates", () => this.channel && this.load(this.channel));
  }

  /**
   * Offers a channel's templates, until then as they were; a choice made on another channel is forgotten. Only the
   * newest answer counts.
   */
  async load(channel) {
    const turn = (this.turn = {});
    if (channel !== this.channel) {
      this.channel = channel;
      this.clear();
      this.picker.wait();
    }
    try {
      const { value } = await this.link.read("templates", { channel });
      if (turn !== this.turn) return;
      this.picker.offer(value);
      this.renew(value);
    } catch (trouble) {
      if (turn === this.turn) this.picker.fail(trouble.message, () => this.load(channel));
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
    if (!this.fit) return this.refusal || UNFIT;
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
    Object.assign(this, { template, fit: true, header: this.headerOf(template) });
    this.draw();
    (this.node.querySelector(".cw-template-file button, .cw-template-value input") ?? this.node.querySelector("button")).focus();
  }

  headerOf(template) {
    return template.media ? new HeaderFile({ link: this.link, channel: this.channel, template, changed: () => this.headerChanged() }) : null;
  }

  /** `news`: what is to be said of it. */
  draw(news = "") {
    const { template, header } = this;
    const said = news && h("p", { class: "cw-template-news", role: "alert" }, icon("alert"), h("span", {}, news));
    fill(this.node, this.chosen(), said, header?.node, template.variables.map((v) => this.field(v)), this.note());
    this.show();
  }

  /** The chosen one as it is by now: what its writer sees is what is sent, and what was filled in stays. */
  renew(templates) {
    const { template: before } = this;
    const now = templates.find(({ name, language }) => name === before?.name && language === before.language);
    if (!before || JSON.stringify(now) === JSON.stringify(before)) return;
    this.fit = Boolean(now && isFit(now));
    this.template = now ?? { ...before }; // another one: what was asked of it before does not count
    this.refusal = "";
    if (now && contentOf(now) !== contentOf(before)) this.redraw(before.media);
    this.show();
    this.ask();
  }

  redraw(media) {
    const { template, node } = this;
    const focused = node.contains(document.activeElement) && document.activeElement;
    if (template.media !== media) {
      this.header?.drop();
      this.header = this.headerOf(template);
    }
    this.values = new Map([...this.values].filter(([each]) => template.variables.some((variable) => variable.key === each)));
    this.draw(CHANGED);
    if (focused) this.goOn(focused);
  }

  /** To what has taken the place of what had the focus. */
  goOn(focused) {
    const inputs = [...this.node.querySelectorAll(".cw-template-value input")];
    const input = inputs.find(({ dataset }) => dataset.key === focused.dataset.key);
    const next = focused.isConnected ? focused : input ?? this.node.querySelector("button");
    next.focus();
    if (next === input) input.setSelectionRange(focused.selectionStart, focused.selectionEnd);
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
      value: this.values.get(key),
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
    if (!template) return;
    const asked = JSON.stringify(choice);
    const { value } = await this.link.ask("check_template", { channel: this.channel, template: choice }).catch((trouble) => ({ value: trouble.message }));
    if (this.template !== template || JSON.stringify(this.choice) !== asked) return;
    const missing = template.variables.some(({ key }) => !this.values.get(key)?.trim());
    this.refusal = missing && this.fit ? "" : value;
    this.show();
  }

  note() {
    this.problemNote = h("p", { class: "cw-field-problem cw-template-refusal", role: "alert", hidden: true });
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

/** What its customer gets, and is asked for, to compare two. */
function contentOf({ media, header, body, footer, buttons, variables }) {
  return JSON.stringify([media, header, body, footer, buttons, variables]);
}
