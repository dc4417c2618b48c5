// Choosing a template and filling it in: a picker, a field for each variable, and what comes of it.
//
// The panel's Python side is a TemplatePanel (widgets/templates.py). Who uses the form puts `node` and
// `preview` where they belong, calls `load(channel)`, and sends `choice` once `problem` is empty.

import { debounce, fill, h, token } from "../shared/dom.js";
import { fileSize } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { bubbleOf, languageName } from "./template_bubble.js";
import { TemplatePicker } from "./template_picker.js";

const PAUSE = 250;
const MOST = 2_000_000;
const ACCEPTS = { image: "image/png,image/jpeg", video: "video/mp4,video/3gpp", document: "" };
const WORDS = { image: "photo", video: "video", document: "file" };
const PLACES = { header: "Header", body: "Text", button: "Button" };

export class TemplateForm {
  /**
   * `changed()` is called whenever `choice`, `problem` or the preview changed. `upload(file)` keeps the
   * file of a header and resolves to {id, name, size}; by default a small one in one message.
   */
  constructor({ link, changed = () => {}, upload = (file) => small(link, file) }) {
    Object.assign(this, { link, changed, upload });
    this.node = h("div", { class: "cw-template-form" });
    this.preview = h("div", { class: "cw-template-preview" });
    this.picker = new TemplatePicker((template) => this.choose(template));
    this.check = debounce(PAUSE, () => this.ask());
    this.template = null;
    this.clear();
  }

  /** Offers the templates of a channel; a choice made on another one is forgotten. */
  async load(channel) {
    if (channel === this.channel) return;
    this.channel = channel;
    this.clear();
    this.picker.wait();
    try {
      const { value } = await this.link.read("templates", { channel });
      if (channel === this.channel) this.picker.offer(value);
    } catch (trouble) {
      if (channel !== this.channel) return;
      this.channel = null;
      this.picker.fail(trouble.message, () => this.load(channel));
    }
  }

  /** {name, language, values, header}, as `Workspace.send(template=...)` takes it; null: none yet. */
  get choice() {
    if (!this.template) return null;
    const { name, language } = this.template;
    const values = Object.fromEntries([...this.values].filter(([, value]) => value.trim()));
    return { name, language, values, header: this.file?.stored?.id ?? null };
  }

  /** Why it can't be sent yet, in words; empty when it can. */
  get problem() {
    if (!this.template) return "Choose a template.";
    const { media, variables } = this.template;
    if (media && !this.file) return `Attach the ${WORDS[media]} of the header.`;
    if (this.file?.trouble) return this.file.trouble;
    if (this.file && !this.file.stored) return `The ${WORDS[media]} is being uploaded.`;
    const missing = variables.find(({ key }) => !this.values.get(key)?.trim());
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
    this.dropFile();
    fill(this.node, this.picker.node);
    this.show();
  }

  focus() {
    this.node.querySelector("input, button")?.focus();
  }

  // --- filling in

  choose(template) {
    this.template = template;
    fill(this.node, this.chosen(), template.media && this.fileField(), template.variables.map((v) => this.field(v)), this.note());
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
    const { value } = await this.link.ask("check_template", { channel: this.channel, template: choice }).catch(() => ({ value: "" }));
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
      fill(this.preview, bubbleOf(this.template, { values: this.values, lit: this.lit, picture: this.file?.picture, file: this.file?.name }));
      fill(this.problemNote, this.refusal && icon("alert"), this.refusal);
      this.problemNote.hidden = !this.refusal;
    } else {
      fill(this.preview);
    }
    this.changed();
  }

  // --- the header's file

  fileField() {
    const { media } = this.template;
    const pick = h("input", { type: "file", accept: ACCEPTS[media], hidden: true, onchange: () => this.take(pick.files[0]) });
    this.fileBox = h("div", { class: "cw-template-file" });
    this.pick = pick;
    this.showFile();
    return h("div", { class: "cw-label" }, h("span", { class: "cw-label-line" }, h("span", {}, `Header ${WORDS[media]}`), h("span", { class: "cw-label-place" }, "Header")), this.fileBox, pick);
  }

  async take(chosen) {
    if (!chosen) return;
    this.dropFile();
    const file = { id: token(), name: chosen.name, size: chosen.size, stored: null, trouble: "" };
    if (chosen.type.startsWith("image/")) file.picture = URL.createObjectURL(chosen);
    this.file = file;
    this.showFile();
    this.show();
    try {
      file.stored = await this.upload(chosen);
    } catch (trouble) {
      file.trouble = trouble.message;
    }
    if (this.file !== file) return;
    this.showFile();
    this.show();
    this.check();
  }

  dropFile() {
    if (this.file?.picture) URL.revokeObjectURL(this.file.picture);
    this.file = null;
  }

  showFile() {
    const { media } = this.template;
    const { file } = this;
    const pick = () => this.pick.click();
    const drop = () => {
      this.dropFile();
      this.pick.value = "";
      this.refusal = "";
      this.showFile();
      this.show();
    };
    fill(
      this.fileBox,
      file
        ? [
            icon(media),
            h("span", { class: "cw-template-file-name" }, h("bdi", {}, file.name)),
            h("span", { class: "cw-template-file-state" }, file.trouble ? "" : file.stored ? fileSize(file.size) : "Uploading…"),
            h("button", { type: "button", class: "cw-icon-button", "aria-label": `Remove the ${WORDS[media]}`, onclick: drop }, icon("close")),
            file.trouble && h("span", { class: "cw-field-problem", role: "alert" }, icon("alert"), file.trouble),
          ]
        : h("button", { type: "button", class: "cw-button cw-template-pick", onclick: pick }, icon(media), `Choose a ${WORDS[media]}`),
    );
  }
}

/** Sends a small file in one message. */
async function small(link, file) {
  if (file.size > MOST) throw new Error(`The file is ${fileSize(file.size)}; choose one up to ${fileSize(MOST)}.`);
  const data = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(new Error("The file can't be read; choose it again."));
    reader.readAsDataURL(file);
  });
  const { value } = await link.ask("header", { name: file.name, data });
  return value;
}
