// The line above the rows: how many there are, or what can be done with those that are selected.

import { fill, h } from "../shared/dom.js";
import { VERBS } from "../shared/deeds.js";
import { plural } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { withKey } from "../shared/keys.js";
import { menu } from "../shared/overlay.js";

const MOVING = [withKey("Next", "next"), withKey("Previous", "previous")].join(", ");

export class ListHead {
  /**
   * `run(verb)`; `deeds` copies as code; `all()` selects what is loaded,
   * `everything()` all that match, `clear()` nothing; `leave()` moves the focus to the rows.
   */
  constructor(does) {
    this.does = does;
    this.state = null;
    this.shown = "";
    this.line = h("div", { class: "cw-list-line" });
    this.offer = h("div", { class: "cw-list-offer", hidden: true });
    this.progress = h("div", { class: "cw-list-progress", hidden: true });
    const closed = (event) => event.newState === "closed" && setTimeout(() => this.show(this.state));
    this.line.addEventListener("toggle", closed, true);
    this.words = h("span", {});
    this.progress.append(this.words, h("span", { class: "cw-progress" }));
    this.root = h("div", { class: "cw-list-head" }, this.line, this.offer, this.progress);
  }

  /** `selected`: the rows that are, as far as they are loaded; `count` of them, with those that are not. */
  show(state) {
    this.state = state;
    this.showOffer();
    // While one of its menus is open, what it belongs to must stay; afterwards it is shown anew.
    if (this.line.querySelector(":popover-open")) return;
    const shown = JSON.stringify([state.count, state.bulk, this.checked(), this.total(), state.bulk && this.verbs(), state.context.query]);
    if (shown !== this.shown) this.build();
    this.shown = shown;
  }

  build() {
    const { count, bulk } = this.state;
    const focused = this.line.contains(document.activeElement) && document.activeElement.dataset.does;
    const words = bulk ? `${count.toLocaleString()} selected` : this.total();
    this.line.dataset.bulk = String(bulk);
    fill(this.line, this.box(), h("span", { class: "cw-list-count", title: bulk ? words : `${words}: ${MOVING}` }, words), bulk ? this.bar() : this.plain());
    const again = focused && this.line.querySelector(`[data-does="${focused}"]`);
    if (again) again.focus();
    else if (focused) this.does.leave();
  }

  total() {
    const { total, filtered } = this.state.context;
    return filtered ? `${total.toLocaleString()} found` : plural(total, "conversation");
  }

  checked() {
    const { all, bulk, loaded, count } = this.state;
    if (!bulk) return "false";
    return all || count >= loaded ? "true" : "mixed";
  }

  box() {
    const { bulk } = this.state;
    const checked = this.checked();
    const label = bulk ? "Clear the selection" : "Select all that are loaded";
    const title = bulk ? `${label} (Esc)` : label;
    const run = () => (bulk ? this.does.clear() : this.does.all());
    return h(
      "button",
      { class: "cw-pick-all", role: "checkbox", "aria-checked": checked, "aria-label": label, title, dataset: { does: "box" }, onclick: run },
      h("span", { class: "cw-tick" }, checked === "mixed" ? h("span", { class: "cw-dash" }) : icon("check")),
    );
  }

  plain() {
    const options = this.button("more", "List options", "options", null);
    menu(options, "List options", () => this.options());
    const { query } = this.state.context;
    return [query && h("span", { class: "cw-list-query", title: query }, icon("filter"), h("span", {}, "By query")), h("span", { class: "cw-list-end" }, options)];
  }

  options() {
    const code = (label, form) => ({ label: `Copy as ${label}`, icon: "code", run: () => this.does.deeds.copy(form) });
    const last = this.does.deeds.copies();
    return [code("Python", "python"), code("SQL", "sql"), ...(last.length > 0 ? [null, ...last] : [])];
  }

  bar() {
    const { first, rest } = this.verbs();
    const more = this.button("more", "More options", "options", null);
    const item = (verb) => ({ label: VERBS[verb].label, icon: VERBS[verb].icon, run: () => this.does.run(verb) });
    menu(more, "More options", () => rest.map(item));
    const verb = (name) => {
      const { label, icon: picture, key } = VERBS[name];
      return this.button(picture, label, name, () => this.does.run(name), key && withKey(label, key));
    };
    return h(
      "span",
      { class: "cw-list-end", role: "toolbar", "aria-label": "Selected conversations" },
      first.map(verb),
      more,
    );
  }

  /** The four verbs that fit best, and those behind the menu. */
  verbs() {
    const { selected, all, context } = this.state;
    const read = !all && selected.length > 0 && selected.every(({ unread }) => unread === 0);
    const resolved = !all && selected.length > 0 && selected.every(({ status }) => status === "resolved");
    const open = !all && selected.every(({ status }) => status !== "resolved");
    const first = [
      read ? "mark_unread" : "mark_read",
      resolved ? "reopen" : "resolve",
      context.tab === "archived" ? "unarchive" : "archive",
      "delete",
    ];
    return { first, rest: [read ? "mark_read" : "mark_unread", ...(resolved ? ["resolve"] : open ? [] : ["reopen"])] };
  }

  button(picture, label, does, run, title = label) {
    const danger = does === "delete";
    return h(
      "button",
      { class: "cw-icon-button", "aria-label": label, title, dataset: { does, danger: String(danger) }, onclick: run },
      icon(picture),
    );
  }

  showOffer() {
    const { all, bulk, count, loaded, context } = this.state;
    const more = bulk && !all && count >= loaded && context.total > loaded;
    if (this.offer.contains(document.activeElement)) this.does.leave();
    this.offer.hidden = !more && !all;
    if (this.offer.hidden) return;
    const n = context.total.toLocaleString();
    const button = (words, run) => h("button", { class: "cw-link-button", onclick: run }, words);
    fill(
      this.offer,
      all
        ? [h("span", {}, `All ${n} that match are selected.`), button("Clear", this.does.clear)]
        : [h("span", {}, `All ${loaded.toLocaleString()} loaded are selected.`), button(`Select all ${n} that match`, this.does.everything)],
    );
  }

  busy(words) {
    this.words.textContent = words;
    this.progress.hidden = !words;
  }
}
