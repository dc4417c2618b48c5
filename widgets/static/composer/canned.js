// Canned replies: found by "/" at the start of a word, and managed in a small dialog.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { marked } from "../shared/text.js";
import { manageCanned } from "./canned_dialog.js";

const ASKED = /(?:^|\s)\/([\p{L}\p{N}_-]{0,50})$/u;

export class Canned {
  /** `conversation()` is the open one, for which they are filled in. */
  constructor({ el, field, link, conversation, id }) {
    Object.assign(this, { el, field, link, conversation });
    this.list = h("div", { role: "listbox", id, "aria-label": "Canned replies" });
    this.foot = h("div", { class: "cw-canned-foot" });
    this.node = h("div", { class: "cw-canned", hidden: true }, this.list, this.foot);
    // The field keeps the focus.
    this.node.addEventListener("mousedown", (event) => event.preventDefault());
    this.replies = null;
    this.dismissed = null;
  }

  /** [{shortcut, text, filled}] */
  async load() {
    return (await this.link.read("canned", { conversation_id: this.conversation() })).value;
  }

  get shown() {
    return !this.node.hidden;
  }

  /** What is asked for at the cursor: the letters after "/", or null. */
  asked() {
    return ASKED.exec(this.field.before())?.[1] ?? null;
  }

  /** After each change of the text. */
  async typed() {
    const asked = this.asked();
    if (asked === null) this.dismissed = null;
    if (asked === null || this.dismissed !== null) return this.hide();
    if (!this.shown) this.replies = null;
    try {
      this.replies ??= await this.load();
    } catch (trouble) {
      return this.show([], trouble.message);
    }
    return this.asked() === asked ? this.find(asked) : undefined;
  }

  find(asked) {
    const query = asked.toLowerCase();
    const hit = ({ shortcut, text }) => shortcut.includes(query) || (query.length > 1 && text.toLowerCase().includes(query));
    const begins = ({ shortcut }) => (shortcut.startsWith(query) ? 0 : 1);
    const found = this.replies.filter(hit).sort((a, b) => begins(a) - begins(b));
    // "3/4" or a path such as /etc is no question.
    if (!found.length && this.replies.length && query) return this.hide();
    const none = this.replies.length ? "" : "No canned replies yet. Write a text, then keep it here.";
    return this.show(found, none, query);
  }

  show(found, words = "", query = "") {
    this.found = found;
    fill(this.list, found.map((reply, n) => this.option(reply, n, query)));
    fill(
      this.foot,
      words ? h("span", { role: "status" }, words) : h("span", {}, h("kbd", {}, "Enter"), " inserts, ", h("kbd", {}, "Esc"), " closes"),
      h("button", { class: "cw-link-button", onclick: () => this.manage() }, "Manage"),
    );
    this.node.hidden = false;
    this.field.node.setAttribute("aria-controls", this.list.id);
    this.select(0);
  }

  option({ shortcut, filled }, n, query) {
    return h(
      "div",
      { role: "option", id: `${this.list.id}-${n}`, class: "cw-canned-option", onclick: () => this.insert(n) },
      h("span", { class: "cw-canned-shortcut" }, "/", marked(shortcut, query)),
      h("span", { class: "cw-canned-text", dir: "auto" }, filled),
    );
  }

  select(n) {
    this.at = n;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === n)));
    const chosen = this.list.children[n];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.field.node.setAttribute("aria-activedescendant", chosen.id);
    else this.field.node.removeAttribute("aria-activedescendant");
  }

  hide() {
    this.node.hidden = true;
    this.field.node.removeAttribute("aria-controls");
    this.field.node.removeAttribute("aria-activedescendant");
  }

  insert(n) {
    const asked = this.asked() ?? "";
    this.hide();
    this.field.insert(this.found[n].filled, asked.length + 1);
  }

  /** Takes the keys of the open list; returns whether the event was one of them. */
  key(event) {
    if (!this.shown) return false;
    const count = this.found.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      this.dismissed = this.asked();
      this.hide();
    } else if (step && count) this.select((this.at + step + count) % count);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && count) this.insert(this.at);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Opens the list as if "/" had been typed. */
  ask() {
    const before = this.field.before();
    this.dismissed = null;
    if (this.asked() === null) this.field.insert(/\S$/.test(before) ? " /" : "/");
    else {
      this.field.focus();
      this.typed();
    }
  }

  button() {
    return h("button", { class: "cw-icon-button", "aria-label": "Canned replies", title: "Canned replies (/)", onclick: () => this.ask() }, icon("canned"));
  }

  async manage() {
    const asked = this.asked();
    if (asked !== null) this.field.insert("", asked.length + 1);
    this.hide();
    await manageCanned(this.el, {
      load: () => this.load(),
      save: (shortcut, text) => this.link.ask("save_canned", { shortcut, text }),
      remove: (shortcut) => this.link.ask("delete_canned", { shortcut }),
      text: this.field.text.trim(),
    });
    this.field.focus();
  }
}
