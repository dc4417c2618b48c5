// The list of a channel's templates: searched, one language at a time if one likes, those that can't
// be sent shown with the reason.

import { fill, h, token } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { languageName, wordsOf } from "./template_bubble.js";
import { isFit, linesOf } from "./template_lines.js";
import { fold } from "../shared/text.js";

export class TemplatePicker {
  /** `picked(template)` is called with one that can be sent. */
  constructor(picked) {
    this.picked = picked;
    this.templates = null;
    this.offered = "";
    this.shown = [];
    this.id = `cw-templates-${token()}`;
    this.search = h("input", {
      type: "text",
      class: "cw-input",
      role: "combobox",
      "aria-label": "Search templates",
      "aria-controls": this.id,
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      placeholder: "Search templates",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => this.show(),
      onkeydown: (event) => this.key(event),
    });
    this.language = h("select", { class: "cw-input cw-template-language", "aria-label": "Language", onchange: () => this.show() });
    this.list = h("div", { class: "cw-template-list", role: "listbox", id: this.id, "aria-label": "Templates" });
    this.state = h("div", { class: "cw-template-state", role: "status" });
    this.node = h(
      "div",
      { class: "cw-template-picker" },
      h("div", { class: "cw-template-search" }, h("span", { class: "cw-search" }, icon("search"), this.search), this.language),
      this.list,
      this.state,
    );
  }

  wait() {
    this.templates = null;
    this.offered = "";
    this.shown = [];
    this.search.value = "";
    fill(this.list);
    fill(this.state, [1, 2, 3].map(() => h("span", { class: "cw-bone" })));
    this.language.hidden = true;
  }

  fail(words, load) {
    const again = () => {
      this.wait();
      load();
    };
    this.offered = "";
    fill(this.state, h("span", { class: "cw-field-problem", role: "alert" }, icon("alert"), words), h("button", { type: "button", class: "cw-link-button", onclick: again }, "Try again"));
  }

  /** In the place of those that were offered before; what is looked for, and in which language, stays. */
  offer(templates) {
    const offered = JSON.stringify(templates);
    // Nothing moves under the hand of who is choosing.
    if (offered === this.offered) return;
    const chosen = this.language.value;
    this.offered = offered;
    this.templates = [...templates].sort((a, b) => isFit(b) - isFit(a) || a.name.localeCompare(b.name));
    const languages = [...new Set(templates.map(({ language }) => language))].sort();
    fill(this.language, h("option", { value: "" }, "All languages"), languages.map((code) => h("option", { value: code }, languageName(code))));
    this.language.value = languages.includes(chosen) ? chosen : "";
    this.language.hidden = languages.length < 2;
    this.show();
  }

  show() {
    if (!this.templates) return;
    const query = this.search.value.trim();
    const words = fold(query).folded.split(" ").filter(Boolean);
    const language = this.language.value;
    this.shown = this.templates.filter((template) => {
      const text = fold(wordsOf(template)).folded;
      return (!language || template.language === language) && words.every((word) => text.includes(word));
    });
    fill(this.list, this.shown.map((template, n) => this.option(template, n, query)));
    this.list.scrollTop = 0;
    fill(this.state, this.shown.length === 0 && (this.templates.length ? "No template matches." : "This channel has no templates."));
    this.activate(this.shown.findIndex(isFit));
  }

  option(template, n, query) {
    const fit = isFit(template);
    return h(
      "div",
      {
        role: "option",
        id: `${this.id}-${n}`,
        class: "cw-template-option",
        "aria-selected": "false",
        "aria-disabled": fit ? null : "true",
        onclick: () => fit && this.picked(template),
        onpointermove: () => this.activate(n),
      },
      linesOf(template, query),
    );
  }

  activate(n) {
    this.active = n;
    for (const [at, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(at === n));
    if (n >= 0) this.search.setAttribute("aria-activedescendant", `${this.id}-${n}`);
    else this.search.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.shown.length) {
      event.preventDefault();
      this.activate((Math.max(this.active, step > 0 ? -1 : 0) + step + this.shown.length) % this.shown.length);
      this.list.children[this.active].scrollIntoView({ block: "nearest" });
    }
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const template = this.shown[this.active];
    if (template && isFit(template)) this.picked(template);
  }
}
