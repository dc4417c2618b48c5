// The photo, video or file in a template's header: checked by the channel's rules, then uploaded.

import { Attached } from "../shared/attached.js";
import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

const WORDS = { image: "photo", video: "video", document: "file" };

export class HeaderFile {
  /** `changed()` is called whenever there is another file, or more of it. */
  constructor({ link, channel, template, changed }) {
    Object.assign(this, { link, channel, template, changed, item: null, refusal: "" });
    this.kind = WORDS[template.media] ?? "file";
    this.input = h("input", { type: "file", accept: template.types || null, hidden: true, onchange: () => this.take(this.input.files[0]) });
    this.place = h("div", { class: "cw-template-file" });
    this.problemNote = h("p", { class: "cw-field-problem", role: "alert", hidden: true });
    const label = h("span", { class: "cw-label-line" }, h("span", {}, `Header ${this.kind}`), h("span", { class: "cw-label-place" }, "Header"));
    this.node = h("div", { class: "cw-label" }, label, this.place, this.problemNote, this.input);
    this.show();
  }

  get id() {
    return this.item?.id ?? null;
  }

  /** Why the template can't be sent yet; empty when it can. */
  get problem() {
    if (!this.item) return `Attach the ${this.kind} of the header.`;
    if (this.item.trouble) return `The ${this.kind} could not be uploaded.`;
    return this.id ? "" : `The ${this.kind} is being uploaded.`;
  }

  /** Its address in the browser, for a preview; only pictures have one. */
  get picture() {
    return this.item?.url ?? "";
  }

  get name() {
    return this.item?.name ?? "";
  }

  /** Asks the channel first: nothing is uploaded that it would not take. */
  async take(file) {
    if (!file) return;
    this.drop();
    this.wanted = file;
    const facts = { name: file.name, size: file.size, mime: file.type };
    const { name, language } = this.template;
    const asked = { channel: this.channel, name, language, file: facts };
    const refusal = await this.link.ask("check_header", asked).then(({ value }) => value, (trouble) => trouble.message);
    if (this.wanted !== file) return;
    this.refusal = refusal;
    if (!refusal) this.item = Attached.of(this.link, file, () => this.changed());
    this.show();
    this.focus();
  }

  /** Ends what is on its way. */
  drop() {
    this.item?.drop();
    Object.assign(this, { item: null, wanted: null, refusal: "" });
    this.input.value = "";
  }

  remove() {
    this.drop();
    this.show();
    this.focus();
  }

  focus() {
    this.place.querySelector("button:not([hidden])")?.focus();
  }

  show() {
    const pick = h("button", { type: "button", class: "cw-button cw-template-pick", onclick: () => this.input.click() }, icon(this.template.media), `Choose a ${this.kind}`);
    fill(this.place, this.item ? this.item.node(() => this.remove(), "div") : pick);
    fill(this.problemNote, this.refusal && icon("alert"), this.refusal);
    this.problemNote.hidden = !this.refusal;
    this.changed();
  }
}
