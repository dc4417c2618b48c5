// The search: what is typed is asked for after a pause, and never changed under one's hands.

import { debounce, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { withKey } from "../shared/keys.js";

const TYPING_PAUSE = 220;

export class SearchField {
  /** `search(text)` is called with what to search for, `leave()` to go on to what was found. */
  constructor({ search, leave }) {
    this.search = search;
    this.input = h("input", {
      type: "text",
      class: "cw-search-input",
      "aria-label": "Search conversations",
      title: withKey("Search", "search"),
      placeholder: "Search names and messages",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event, leave),
    });
    this.clear = h(
      "button",
      { class: "cw-icon-button cw-search-clear", "aria-label": "Clear the search", hidden: true, onclick: () => this.empty() },
      icon("close"),
    );
    this.progress = h("span", { class: "cw-progress", hidden: true });
    this.root = h("div", { class: "cw-search", role: "search" }, icon("search"), this.input, this.clear, this.progress);
    this.typing = false;
    this.later = debounce(TYPING_PAUSE, () => this.send());
  }

  /** What is searched for, as another panel or Python has it now; what is being typed comes after it. */
  show(text) {
    if (!this.typing && this.input.value.trim() !== text) this.input.value = text;
    this.clear.hidden = !this.input.value;
  }

  busy(on) {
    this.progress.hidden = !on;
    this.input.setAttribute("aria-busy", String(on));
  }

  typed() {
    this.typing = true;
    this.clear.hidden = !this.input.value;
    this.later();
  }

  send() {
    this.later.cancel();
    this.typing = false;
    this.search(this.input.value.trim());
  }

  empty() {
    this.input.value = "";
    this.send();
    this.input.focus();
  }

  key(event, leave) {
    if (event.isComposing) return;
    if (event.key === "Escape" && this.input.value) this.empty();
    else if (event.key === "Enter" && this.typing) this.send();
    else if (event.key === "ArrowDown" || event.key === "Enter") leave();
    else return;
    event.preventDefault();
  }
}
