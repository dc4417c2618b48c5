// Writing a template of one's own, and seeing it as one types.

import { debounce, fill, h, token } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { bubbleOf, languageName } from "../new/template_bubble.js";
import { heading } from "./template_detail.js";

const PAUSE = 150;

export class TemplateEditor {
  /**
   * `template`: what is changed; null: a new one. `kept({name, language})`: the one of this name as it is kept now;
   * `look(template)` shows one; `saved(template, deed)` and `cancel()` are called at the end.
   */
  constructor({ link, template, languages, kept, look, saved, cancel }) {
    Object.assign(this, { link, template, kept, look, saved });
    this.examples = new Map(template?.variables.map(({ key, example }) => [key, example]) ?? []);
    this.heard = JSON.stringify(template);
    this.drawn = null;
    this.touched = false;
    this.check = debounce(PAUSE, () => this.ask());
    this.fields(languages);
    this.given = h("div", { class: "cw-editor-examples" });
    this.preview = h("div", { class: "cw-board-phone" });
    this.news = h("div", { class: "cw-board-callout", role: "alert", hidden: true });
    this.problem = h("p", { class: "cw-field-problem", role: "alert", hidden: true });
    this.button = h("button", { type: "submit", class: "cw-button cw-primary" }, "Save");
    const words = template ? "Edit template" : "New template";
    this.node = h(
      "form",
      { class: "cw-editor", "aria-label": words, onsubmit: (event) => this.submit(event), onkeydown: (event) => this.key(event) },
      h("header", { class: "cw-board-detail-head" }, h("h3", {}, words), h("button", { type: "button", class: "cw-button", onclick: cancel }, "Cancel"), this.button),
      h(
        "div",
        { class: "cw-board-scroll" },
        this.news,
        h("p", { class: "cw-editor-note" }, "For channels whose provider keeps no templates, such as mail and SMS. It is sent as plain text."),
        h(
          "div",
          { class: "cw-board-columns" },
          h("div", { class: "cw-editor-form" }, h("div", { class: "cw-editor-names" }, label("Name", this.name), label("Language", this.language), this.list), label("Text", this.body), h("p", { class: "cw-editor-hint" }, "Variables: ", h("code", {}, "{{customer_name}}"), " or ", h("code", {}, "{{1}}"), ", ", h("code", {}, "{{2}}")), this.given, this.problem),
          h("div", { class: "cw-board-preview" }, heading("What the customer sees"), this.preview),
        ),
      ),
    );
    this.ask();
  }

  fields(languages) {
    const { template } = this;
    const id = `cw-languages-${token()}`;
    const typed = () => this.typed();
    this.name = h("input", { type: "text", class: "cw-input", required: true, maxlength: "200", autocomplete: "off", value: template?.name ?? "", readonly: Boolean(template), oninput: typed });
    this.language = h("input", { type: "text", class: "cw-input", required: true, maxlength: "35", autocomplete: "off", spellcheck: "false", list: id, value: template?.language ?? navigator.language.replace("-", "_"), readonly: Boolean(template), oninput: typed });
    this.list = h("datalist", { id }, languages.map((code) => h("option", { value: code }, languageName(code))));
    this.body = h("textarea", { class: "cw-input cw-editor-body", required: true, rows: "7", dir: "auto", maxlength: "10000", oninput: typed });
    this.body.value = template?.source ?? "";
  }

  focus() {
    (this.template ? this.body : this.name).focus();
  }

  typed() {
    this.touched = true;
    this.check();
  }

  get written() {
    return { body: this.body.value, examples: Object.fromEntries(this.examples) };
  }

  /** Asks the rules how it looks, and what is wrong with it; only the newest answer counts. */
  async ask() {
    const asked = JSON.stringify(this.written);
    try {
      const { value } = await this.link.ask("check", this.written);
      if (JSON.stringify(this.written) === asked) this.show(value);
    } catch (trouble) {
      this.say(trouble.message);
    }
  }

  show(template) {
    fill(this.preview, this.body.value.trim() ? bubbleOf(template, { values: new Map() }) : h("p", { class: "cw-phone-empty" }, "What the customer will read appears here."));
    this.showExamples(template.variables);
    // A text that is still empty is not wrong yet.
    this.say(this.body.value.trim() ? (template.findings[0]?.message ?? "") : "");
  }

  /** A field for each variable, made anew only where the variables are others. */
  showExamples(variables) {
    const names = JSON.stringify(variables.map(({ key }) => key));
    if (names === this.drawn) return;
    this.drawn = names;
    fill(
      this.given,
      variables.length > 0 && heading("Examples"),
      variables.map(({ key, label: words }) => {
        const input = h("input", { type: "text", class: "cw-input", dir: "auto", autocomplete: "off", placeholder: "As it may read", value: this.examples.get(key) ?? "" });
        input.addEventListener("input", () => {
          this.examples.set(key, input.value);
          this.typed();
        });
        return label(words, input);
      }),
    );
  }

  async submit(event) {
    event.preventDefault();
    if (this.saving) return;
    this.say("");
    const [name, language] = [this.name.value.trim().split(/\s+/).join(" "), this.language.value.trim()];
    if (!this.template && this.kept({ name, language })) {
      this.say("There is one of this name and language already; edit that one, or choose another name.");
      return;
    }
    this.going(true);
    try {
      const { value, deed } = await this.link.ask("save", { name, language, ...this.written });
      this.saved(value, deed);
    } catch (trouble) {
      this.say(trouble.message);
    }
    this.going(false);
    this.meanwhile();
  }

  going(now) {
    this.saving = now;
    // Not `disabled`, which would let go of the focus.
    this.button.setAttribute("aria-disabled", String(now));
  }

  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    this.node.requestSubmit();
  }

  /** Says whether what is being changed is no longer as it was. What is on its way may be what is kept now. */
  meanwhile() {
    if (!this.template || this.saving) return;
    const now = this.kept(this.template);
    const heard = JSON.stringify(now);
    if (heard === this.heard) return;
    this.heard = heard;
    const see = now && h("button", { type: "button", class: "cw-link-button", onclick: () => this.look(now) }, "See what they wrote");
    const words = now ? "Somebody else changed this meanwhile. Save replaces what they wrote. " : "Somebody else deleted this meanwhile. Save keeps it anew.";
    fill(this.news, icon("alert"), h("p", {}, words, see));
    this.news.hidden = heard === JSON.stringify(this.template);
  }

  /** Said aloud only where it is something else. */
  say(words) {
    if (words === this.said) return;
    this.said = words;
    fill(this.problem, words && icon("alert"), words);
    this.problem.hidden = !words;
  }
}

function label(words, field) {
  return h("label", { class: "cw-label" }, h("span", { class: "cw-label-line" }, words), field);
}
