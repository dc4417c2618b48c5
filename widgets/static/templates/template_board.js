// The page Templates: a list of all of them, and the chosen one as the customer sees it.

import { Deeds } from "../shared/deeds.js";
import { fill, h, token } from "../shared/dom.js";
import { plural } from "../shared/format.js";
import { channelIcon, icon } from "../shared/icons.js";
import { onCommands, withKey } from "../shared/keys.js";
import { confirm, sheet, toast } from "../shared/overlay.js";
import { MESSAGES, onPage, showPage } from "../shared/pages.js";
import { blank, every, panel, showTrouble } from "../shared/panel.js";
import { fold, plain } from "../shared/text.js";
import { languageName, wordsOf } from "../new/template_bubble.js";
import { linesOf, statusWords } from "../new/template_lines.js";
import { detailOf, previewOf } from "./template_detail.js";
import { TemplateEditor } from "./template_editor.js";
import { TemplateSyncs } from "./template_syncs.js";

const MINUTE = 60_000;

class Board {
  constructor({ el, link, signal }) {
    Object.assign(this, { el, link, templates: [], shown: [], chosen: "", channels: new Map() });
    this.id = `cw-board-${token()}`;
    this.deeds = new Deeds({ el, link });
    this.syncs = new TemplateSyncs({
      link,
      named: (id) => this.channelName(id),
      done: (state, deed) => this.synced(state, deed),
      failed: (words) => toast(el, words),
    });
    this.head();
    this.filters();
    this.list = h("div", {
      class: "cw-template-list cw-board-list",
      role: "listbox",
      tabindex: "0",
      id: this.id,
      "aria-label": "Templates",
      onkeydown: (event) => this.key(event),
    });
    this.none = h("p", { class: "cw-board-none", role: "status" });
    this.detail = h("section", { class: "cw-board-detail", "aria-label": "Template" });
    this.left = h("div", { class: "cw-board-left" }, this.tools, this.list, this.none);
    this.main = h("div", { class: "cw-board-main" }, this.left, this.detail);
    el.setAttribute("role", "region");
    el.setAttribute("aria-label", "Templates");
    link.on("state", (state) => this.take(state));
    // On another page, its own panels say so.
    link.on("trouble", (trouble) => el.checkVisibility() && toast(el, trouble.message));
    onPage(el, signal, (page) => page === "templates" && this.arrive());
    onCommands(el, signal, {
      next: () => this.step(1),
      previous: () => this.step(-1),
      search: () => this.search.focus(),
      new: () => this.edit(null),
      back: () => this.back(),
    });
    every(MINUTE, signal, () => this.syncs.show());
    // Where it stands alone it shows at once; in an inbox, once its page is chosen.
    this.seen = new ResizeObserver(() => el.checkVisibility() && !this.asked && this.load());
    this.seen.observe(el);
    signal.addEventListener("abort", () => this.seen.disconnect());
  }

  // --- its parts

  head() {
    const create = h("button", { class: "cw-button cw-primary", "aria-label": "New template", title: withKey("New template", "new"), onclick: () => this.edit(null) }, icon("plus"), h("span", {}, "New template"));
    this.title = h("header", { class: "cw-board-head" }, h("h2", {}, "Templates"), this.syncs.node, this.syncs.button, create);
  }

  filters() {
    this.search = h("input", {
      type: "text",
      class: "cw-input",
      role: "searchbox",
      "aria-label": "Search templates",
      "aria-controls": this.id,
      title: withKey("Search templates", "search"),
      placeholder: "Search templates",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => this.show(),
      onkeydown: (event) => this.searchKey(event),
    });
    const choice = (label) => h("select", { class: "cw-input", "aria-label": label, onchange: () => this.show() });
    [this.status, this.language, this.channel] = ["Status", "Language", "Channel"].map(choice);
    this.tools = h(
      "div",
      { class: "cw-board-tools" },
      h("span", { class: "cw-search" }, icon("search"), this.search),
      h("div", { class: "cw-board-choices" }, this.status, this.language, this.channel),
    );
  }

  // --- what there is

  arrive() {
    if (!this.asked) this.load();
    if (this.editor) this.editor.focus();
    else this.settle();
  }

  /** The keyboard goes to the list, or to what is in its place. */
  settle() {
    if (this.list.checkVisibility()) this.list.focus();
    else this.enter(this.covered ? this.detail : this.el);
  }

  /** Whether the chosen one is in the list's place, as in a narrow page. */
  get covered() {
    return this.detail.checkVisibility() && !this.left.checkVisibility();
  }

  /** To the first of `place` that takes the focus: which button shows depends on the width. */
  enter(place) {
    [...place.querySelectorAll("button, [tabindex='0']")].find((node) => node.checkVisibility())?.focus();
  }

  async load() {
    this.asked = true;
    fill(this.el, this.title, this.syncs.troubles, this.main);
    fill(this.list, [1, 2, 3, 4].map(() => h("div", { class: "cw-template-option" }, h("span", { class: "cw-bone" }))));
    try {
      const { value } = await this.link.read("ready", { view: this.link.view });
      this.take(value);
    } catch (trouble) {
      showTrouble(this.el, trouble, () => this.load());
    }
  }

  take({ templates, syncs, channels }) {
    this.templates = templates;
    this.channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.offer(this.status, "All statuses", [...new Set(templates.filter(({ own }) => !own).map(({ status }) => status))].sort(), statusWords);
    this.offer(this.language, "All languages", [...new Set(templates.map(({ language }) => language))].sort(), languageName);
    this.offer(this.channel, "All channels", [...new Set(templates.map(({ channel }) => channel))], (id) => this.channelName(id));
    this.syncs.take(syncs);
    this.editor?.meanwhile();
    this.show(true);
  }

  synced(state, deed) {
    this.take(state);
    this.tell(this.syncs.outcome, deed);
  }

  /** What was done, with a way to copy it as code. */
  tell(words, deed) {
    this.deeds.tell(words, { deed: { id: deed } });
  }

  offer(select, all, values, words) {
    const before = select.value;
    fill(select, h("option", { value: "" }, all), values.map((value) => h("option", { value: value || "own" }, words(value))));
    select.value = values.some((value) => (value || "own") === before) ? before : "";
    select.hidden = values.length < 2;
  }

  channelName(id) {
    return id ? plain(this.channels.get(id)?.name ?? "A removed channel") : "Your own";
  }

  // --- the list

  /** `same`: what is looked at stays as it is unless it changed. */
  show(same = false) {
    const query = this.search.value.trim();
    const words = fold(query).folded.split(" ").filter(Boolean);
    const { value: status } = this.status;
    const { value: language } = this.language;
    const { value: channel } = this.channel;
    this.shown = this.templates.filter((template) => {
      const text = fold(`${wordsOf(template)} ${template.reason} ${template.obstacle}`).folded;
      return (
        (!status || (template.status === status && !template.own)) &&
        (!language || template.language === language) &&
        (!channel || (template.channel || "own") === channel) &&
        words.every((word) => text.includes(word))
      );
    });
    fill(this.list, this.shown.map((template) => this.option(template, query)));
    const none = this.templates.length ? "No template matches." : "There are no templates yet.";
    this.none.textContent = this.shown.length ? "" : none;
    if (!this.find(this.chosen) && !this.editor) this.chosen = this.shown[0] ? nameOf(this.shown[0]) : "";
    this.mark();
    if (!this.editor) this.look(same);
  }

  option(template, query) {
    const { channel, findings, own } = template;
    const { look } = this.channels.get(channel) ?? {};
    const where = !own && h("span", { class: "cw-board-where" }, channelIcon(look ?? "other", ""), h("bdi", {}, this.channelName(channel)));
    const marks = findings.length > 0 && h("span", { class: "cw-board-mark", title: plural(findings.length, "finding") }, icon("alert", plural(findings.length, "finding")));
    return h(
      "div",
      { role: "option", id: `${this.id}-${this.shown.indexOf(template)}`, class: "cw-template-option", dataset: { name: nameOf(template) }, "aria-selected": "false", onclick: () => this.choose(nameOf(template), true) },
      linesOf(template, query, { where, marks }),
    );
  }

  find(name) {
    return this.shown.find((template) => nameOf(template) === name);
  }

  mark() {
    this.list.removeAttribute("aria-activedescendant");
    for (const option of this.list.children) {
      const here = option.dataset.name === this.chosen;
      option.setAttribute("aria-selected", String(here));
      if (here) this.list.setAttribute("aria-activedescendant", option.id);
    }
  }

  /** `open`: in a narrow page it takes the list's place. */
  async choose(name, open = false) {
    if (!(await this.leave())) return;
    this.chosen = name;
    if (open) this.el.dataset.open = "true";
    this.mark();
    this.look();
    this.list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  step(by) {
    const at = this.shown.findIndex((template) => nameOf(template) === this.chosen);
    const next = this.shown[Math.max(0, Math.min(at + by, this.shown.length - 1))];
    if (next) this.choose(nameOf(next));
  }

  key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by) {
      event.preventDefault();
      this.step(by);
    } else if (event.key === "Enter" && this.chosen) {
      event.preventDefault();
      this.el.dataset.open = "true";
      this.enter(this.detail);
    }
  }

  searchKey(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      this.step(by);
    }
    if (event.key !== "Escape" || !this.search.value) return;
    event.preventDefault();
    event.stopPropagation();
    this.search.value = "";
    this.show();
  }

  /** Escape: out of the field, the template, then the page. */
  back() {
    const inside = this.el.contains(document.activeElement) && document.activeElement !== this.list;
    if (this.editor) this.close();
    else if (this.covered || (inside && this.list.checkVisibility())) this.closeDetail();
    else showPage(this.el, MESSAGES);
  }

  closeDetail() {
    this.el.dataset.open = "false";
    this.settle();
  }

  // --- the chosen one

  look(same = false) {
    const template = this.find(this.chosen);
    const now = JSON.stringify(template ?? null);
    if (same && now === this.looked) return;
    this.looked = now;
    if (!template) {
      const more = h("p", {}, "Templates of your own are for channels whose provider keeps none.");
      fill(this.detail, blank("template", this.templates.length ? "Nothing chosen" : "No templates yet", more));
      return;
    }
    const { look } = this.channels.get(template.channel) ?? {};
    fill(
      this.detail,
      detailOf(template, {
        channel: this.channelName(template.channel),
        look,
        back: () => this.closeDetail(),
        edit: () => this.edit(template),
        remove: () => this.remove(template),
      }),
    );
  }

  // --- the business's own

  /** `template`: what is changed; null: a new one. */
  async edit(template) {
    if (!(await this.leave())) return;
    const languages = [...new Set(this.templates.map(({ language }) => language))].sort();
    const kept = ({ name, language }) => this.templates.find((each) => each.own && each.name === name && each.language === language);
    this.editor = new TemplateEditor({
      link: this.link,
      template,
      languages,
      kept,
      look: (now) => sheet(this.el, "As it is kept now", previewOf(now)),
      saved: (...told) => this.saved(...told),
      cancel: () => this.close(),
    });
    this.el.dataset.open = "true";
    fill(this.detail, this.editor.node);
    this.editor.focus();
  }

  saved(kept, deed) {
    this.end();
    this.templates = [...this.templates.filter((each) => nameOf(each) !== nameOf(kept)), kept].sort((a, b) => a.name.localeCompare(b.name));
    for (const field of [this.search, this.status, this.language, this.channel]) field.value = "";
    this.chosen = nameOf(kept);
    this.show();
    this.settle();
    this.tell(`“${plain(kept.name)}” is kept.`, deed);
  }

  async close() {
    if (!(await this.leave())) return;
    this.show(); // what was edited may be gone
    this.el.dataset.open = "false";
    this.settle();
  }

  end() {
    this.editor = null;
    this.looked = null;
  }

  /** Whether what is being written may go. */
  async leave() {
    if (this.editor?.touched) {
      const body = h("p", {}, "What you wrote is not kept yet.");
      if (!(await confirm(this.el, { title: "Discard the changes?", body, action: "Discard" }))) return false;
    }
    this.end();
    return true;
  }

  async remove(template) {
    const { name, language } = template;
    const body = h("p", {}, "What was sent with it stays as it is.");
    if (!(await confirm(this.el, { title: `Delete “${plain(name)}”?`, body, action: "Delete" }))) return;
    try {
      const { deed } = await this.link.ask("delete", { name, language });
      this.templates = this.templates.filter((each) => nameOf(each) !== nameOf(template));
      this.el.dataset.open = "false";
      this.show();
      this.settle();
      this.tell(`“${plain(name)}” is deleted.`, deed);
    } catch (trouble) {
      toast(this.el, trouble.message);
    }
  }
}

function nameOf({ name, language, channel }) {
  return JSON.stringify([name, language, channel]);
}

export default panel("templates", (parts) => new Board(parts));
