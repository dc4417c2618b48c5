// The conversation list: rows as the kernel holds them, newest activity first, more as one scrolls.

import { Deeds } from "../shared/deeds.js";
import { Clocks } from "./clocks.js";
import { debounce, fill, h } from "../shared/dom.js";
import { command, onCommands } from "../shared/keys.js";
import { empty, skeleton } from "./list_blanks.js";
import { ListHead } from "./list_head.js";
import { meaning } from "./list_keys.js";
import { NewsPill } from "./news_pill.js";
import { foretell } from "../shared/opening.js";
import { Place } from "./place.js";
import { page } from "../shared/page.js";
import { every, onTrait, panel, showTrouble } from "../shared/panel.js";
import { row } from "./row.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { Sight } from "../shared/sight.js";

const OPEN_PAUSE = 180;
const SAY_PAUSE = 600;
/** After these one goes on to the next conversation. */
const DONE_WITH = new Set(["archive", "unarchive", "resolve"]);

class ConversationList {
  constructor({ model, el, link, signal }) {
    Object.assign(this, { model, el, link });
    this.rows = new Rows();
    this.place = new Place(this.rows);
    this.clocks = new Clocks();
    this.context = { search: "", me: "", total: 0 };
    this.active = model.get("selected");
    this.selection = new Selection(() => this.tellSelection());
    this.deeds = new Deeds({ el, link, scope: () => this.context.scope, busy: (words) => this.head.busy(words) });
    this.build();
    this.openSoon = debounce(OPEN_PAUSE, () => this.open(this.active));
    this.saySoon = debounce(SAY_PAUSE, (words) => (this.said.textContent = words));
    link.on("rows", (value) => this.heard(value));
    link.on("trouble", (value) => this.trouble(value));
    onTrait(model, "selected", signal, (id) => this.opened(id));
    for (const trait of ["selection", "selects_all"]) onTrait(model, trait, signal, () => this.takeSelection());
    onCommands(el, signal, this.commands());
    every(30_000, signal, () => this.retime());
    const sized = new ResizeObserver(() => this.draw());
    sized.observe(this.box);
    signal.addEventListener("abort", () => sized.disconnect());
    this.takeSelection();
    this.load();
  }

  build() {
    this.box = h("div", {
      class: "cw-rows",
      role: "listbox",
      tabindex: "0",
      "aria-label": "Conversations",
      "aria-multiselectable": "true",
      onpointerdown: (event) => this.press(event),
      onpointerup: () => this.release(),
      onpointercancel: () => (this.pressed = null),
      onclick: (event) => event.detail === 0 && this.choose(idAt(event)),
      onkeydown: (event) => this.key(event),
      onscroll: () => this.scrolled(),
    });
    this.sight = new Sight({
      box: this.box,
      rows: this.rows,
      paint: (conversation) => row(conversation, { ...this.context, now: this.clocks.of(conversation.channel_id) }),
      mark: (node, conversation, index) => this.mark(node, conversation, index),
    });
    this.head = new ListHead({
      run: (verb) => this.run(verb, this.picked()),
      deeds: this.deeds,
      all: () => this.selection.set(this.rows.ids()),
      everything: () => this.selection.everything(),
      clear: () => this.selection.clear(),
      leave: () => this.box.focus({ preventScroll: true }),
    });
    this.news = new NewsPill({ rows: this.rows, open: () => this.toTop() });
    this.problem = h("p", { class: "cw-note cw-list-problem", role: "alert", hidden: true });
    this.body = h("div", { class: "cw-list-body" });
    this.said = h("div", { class: "cw-spoken", role: "status" });
    fill(this.el, this.head.root, this.problem, this.body, this.said);
  }

  // --- what the kernel says

  load() {
    this.head.root.hidden = true;
    fill(this.body, skeleton());
    this.link.read("ready", { view: this.link.view, to: this.link.view }).catch((trouble) => this.trouble(trouble));
  }

  /** For all views of this panel, or for the one that `to` names. */
  heard(value) {
    if (!value.to || value.to === this.link.view) this.take(value);
  }

  trouble(trouble) {
    this.waiting = false;
    if (!this.loaded) showTrouble(this.body, trouble, () => this.load());
    else this.say(trouble.message);
  }

  say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  /** A list that begins anew (`fresh`), or what changed in it: rows that came or changed, ids that are gone. */
  take({ fresh, rows, gone, end, channels, context, now, ahead }) {
    const again = fresh && (!this.loaded || context.list !== this.context.list);
    this.context = { ...context, view: this.link.view };
    this.end = end;
    this.waiting = false;
    this.loaded = true;
    this.say("");
    this.sight.forget(this.clocks.set(now, ahead) || fresh ? undefined : [...gone, ...rows.map(({ id }) => id)]);
    const moved = this.sight.hold(() => this.rows.apply({ fresh, rows, gone }));
    if (again) this.beginAnew();
    this.show(channels);
    if (!again) this.news.count(moved, this.sight.top());
    if (this.further && this.further === this.active && this.rows.size > this.rows.indexOf(this.active) + 1) this.moveBy(1);
    this.more();
  }

  beginAnew() {
    this.box.scrollTop = 0;
    if (!this.rows.get(this.active)) this.place.forget();
    this.news.clear();
    const { filtered, total } = this.context;
    this.saySoon(filtered ? `${total.toLocaleString()} found` : "");
  }

  show(channels) {
    const some = this.rows.size > 0;
    this.head.root.hidden = !some;
    if (!some) fill(this.body, empty(channels, this.context));
    else if (!this.box.isConnected) fill(this.body, this.news.root, this.box);
    this.showHead();
    if (some) this.draw();
  }

  // --- showing

  draw() {
    if (!this.box.isConnected) return;
    this.sight.draw({ kept: this.active, end: this.end });
    this.box.setAttribute("aria-busy", String(Boolean(this.waiting)));
    this.box.dataset.selecting = String(this.selection.on);
    const node = this.sight.nodes.get(this.active);
    if (node) this.box.setAttribute("aria-activedescendant", node.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  /** What of a row is not its conversation's: where it stands, whether it is selected, open, active. */
  mark(node, { id }, index) {
    node.setAttribute("aria-posinset", index + 1);
    node.setAttribute("aria-setsize", Math.max(this.context.total, this.rows.size));
    node.setAttribute("aria-selected", String(this.selection.has(id)));
    if (id === this.model.get("selected")) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
    node.dataset.active = String(id === this.active);
  }

  scrolled() {
    this.draw();
    this.more();
    if (this.box.scrollTop === 0) this.news.clear();
  }

  more() {
    if (this.end || this.waiting || !this.sight.nearEnd()) return;
    this.waiting = true;
    this.draw();
    this.link.read("more").catch((trouble) => this.trouble(trouble));
  }

  toTop() {
    this.box.scrollTop = 0;
    this.box.focus();
  }

  /** Times and windows that close pass by themselves. The active row stays: it would be read out again. */
  retime() {
    this.sight.forget([...this.sight.nodes.keys()].filter((id) => id !== this.active));
    this.draw();
  }

  // --- opening

  // What was pressed is opened, even if rows move or change before the button is let go; a click
  // alone would get lost then. Clicks without a pointer come from assistive technology.

  press(event) {
    const id = event.button === 0 ? idAt(event) : "";
    const toggles = event.ctrlKey || event.metaKey || event.target.closest(".cw-row-pick") !== null;
    this.pressed = id ? { id, toggles, extends: event.shiftKey } : null;
    if (event.shiftKey) event.preventDefault(); // would select text
  }

  release() {
    const { pressed } = this;
    this.pressed = null;
    if (!pressed) return;
    this.box.focus({ preventScroll: true });
    if (pressed.extends) this.extendTo(this.rows.indexOf(pressed.id));
    else if (pressed.toggles) this.toggle(pressed.id);
    else this.choose(pressed.id);
  }

  choose(id) {
    if (!id) return;
    this.activate(id);
    this.open(id);
  }

  open(id) {
    this.openSoon.cancel();
    if (!id) return;
    this.pointOut(id);
    if (id === this.model.get("selected")) return;
    this.model.set("selected", id);
    this.model.save_changes();
    foretell(this.el, id);
    this.draw();
  }

  /** Another panel, or Python, opened it. */
  opened(id) {
    this.openSoon.cancel();
    this.activate(id);
  }

  /** A hit of the search inside a conversation: its view goes there. */
  pointOut(id) {
    const message = this.rows.get(id)?.match_message_id ?? "";
    const inbox = this.el.closest(".cw-inbox"); // another one on the page may show something else
    const detail = { inbox, scope: this.context.scope, id, message, search: this.context.search };
    page.dispatchEvent(new CustomEvent("reveal", { detail }));
  }

  activate(id) {
    this.active = id;
    this.place.take(id);
    this.draw();
  }

  // --- the keyboard

  commands() {
    return {
      next: () => this.moveBy(1),
      previous: () => this.moveBy(-1),
      archive: () => this.runByKey(this.context.tab === "archived" ? "unarchive" : "archive"),
      resolve: () => this.runByKey(this.isResolved() ? "reopen" : "resolve"),
      unread: () => this.runByKey("mark_unread"),
      reply: () => this.hasten(),
      note: () => this.hasten(),
    };
  }

  key(event) {
    // What is extended begins at the row itself, wherever it is now.
    const there = event.shiftKey ? this.rows.indexOf(this.active) : -1;
    const at = there >= 0 ? there : this.place.of(this.active);
    const meant = meaning(event, { at, last: this.rows.size - 1, page: this.sight.page() });
    if (meant === null || (meant.does === "clear" && !this.selection.on)) return;
    if ("moveTo" in meant) this.moveTo(meant.moveTo);
    else if ("extendTo" in meant) this.extendFrom(at, meant.extendTo);
    else if (meant.does === "open") this.read(this.place.here(this.active, at));
    else if (meant.does === "toggle") this.toggle(this.active);
    else if (meant.does === "clear") this.selection.clear();
    else this.selection.set(this.rows.ids());
    event.preventDefault();
  }

  /** Opens it, and the focus follows. */
  read(id) {
    this.choose(id);
    command(this.el, "read");
  }

  moveBy(step) {
    if (this.rows.size === 0) return false;
    this.moveTo(this.place.step(this.active, step));
    return true;
  }

  /** On from the last row that is here as soon as more are. */
  moveTo(index) {
    const { id } = this.rows.at(index);
    this.further = !this.end && index === this.rows.size - 1 && id === this.active ? id : "";
    this.focusOn(index);
    this.openSoon();
  }

  focusOn(index) {
    this.sight.scrollTo(index);
    this.activate(this.rows.at(index).id);
  }

  /** Who writes means the conversation that is marked, even if it was about to be opened only. */
  hasten() {
    if (this.openSoon.due()) this.open(this.active);
    return false;
  }

  // --- selecting

  tellSelection() {
    const { ids, all } = this.selection; // what both traits are to be, whichever is told first
    this.telling = true;
    this.model.set("selection", [...ids]);
    this.model.set("selects_all", all);
    this.telling = false;
    this.model.save_changes();
    this.showSelection();
  }

  takeSelection() {
    if (this.telling) return;
    if (this.selection.take(this.model.get("selection"), this.model.get("selects_all"))) this.showSelection();
  }

  showSelection() {
    this.draw();
    if (this.loaded) this.showHead();
  }

  showHead() {
    const { ids, all, on } = this.selection;
    const selected = [...ids].map((id) => this.rows.get(id)).filter(Boolean);
    const count = all ? this.context.total : ids.size;
    this.head.show({ context: this.context, selected, count, all, bulk: on, loaded: this.rows.size });
  }

  toggle(id) {
    if (!this.rows.get(id)) return;
    this.activate(id);
    this.selection.toggle(id, this.rows.ids());
  }

  extendTo(index) {
    if (!this.rows.get(this.selection.anchor)) this.selection.anchorAt(this.rows.get(this.active) ? this.active : this.rows.at(index).id);
    this.active = this.rows.at(index).id;
    this.selection.extend(this.rows, index);
  }

  extendFrom(at, to) {
    if (this.rows.size === 0) return;
    if (!this.selection.on) this.selection.anchorAt(this.rows.at(Math.max(0, Math.ceil(at))).id);
    this.focusOn(to);
    this.extendTo(to);
  }

  // --- acting

  /** What is selected, for a verb. */
  picked() {
    const { ids, all } = this.selection;
    return all ? { count: this.context.total, list: this.context.list } : this.rows.named([...ids]);
  }

  /** A verb on the selection; on the open conversation if there is none, and then on to its neighbour. */
  runByKey(verb) {
    const id = this.active || this.model.get("selected");
    if (!this.selection.on && !id) return false;
    if (!this.selection.on && DONE_WITH.has(verb)) this.goOn();
    this.run(verb, this.selection.on ? this.picked() : this.rows.named([id]));
    return true;
  }

  /** Whether all that a key would act on are: then it takes that back, as their options do. */
  isResolved() {
    const { all, on, ids } = this.selection;
    const acted = on ? [...ids] : [this.active || this.model.get("selected")];
    return !all && this.rows.areAll(acted, "resolved");
  }

  /** To the next row, or at the end the one before, so that one can go on with that. */
  goOn() {
    const to = this.place.next(this.active);
    if (to < 0) return;
    if (this.model.get("selected")) this.moveTo(to);
    else this.focusOn(to);
  }

  async run(verb, target) {
    const selected = this.selection.on;
    const done = await this.deeds.run(verb, target);
    if (done && selected) this.selection.clear();
  }
}

function idAt(event) {
  return event.target.closest("[role=option]")?.dataset.id ?? "";
}

export default panel("list", (parts) => new ConversationList(parts));
