// The emoji picker: search, groups, skin tones, what was used last; nothing is fetched from outside.

import { debounce, fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { popover } from "../shared/overlay.js";
import { remember, remembered } from "../shared/remembered.js";

const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];
const TONE_NAMES = ["No skin tone", "Light skin tone", "Medium-light skin tone", "Medium skin tone", "Medium-dark skin tone", "Dark skin tone"];
const PICTURES = ["😀", "👋", "🐻", "🍎", "🚗", "⚽", "💡", "❤️", "🏁"];
const RECENT = 27;
const KEPT = "emoji";
// Everything older is in every font that has emoji at all.
const YOUNG = 12;

export class EmojiPicker {
  /** `load()` gives the groups; `choose(character)` takes one; `leave()` returns to the text. */
  constructor({ load, choose, leave }) {
    Object.assign(this, { load, choose, leave });
    this.button = h("button", { class: "cw-icon-button", "aria-label": "Emoji", title: "Emoji" }, icon("smile"));
    popover(this.button, { label: "Emoji", build: (close) => this.build(close) });
  }

  build(close) {
    this.close = close;
    Object.assign(this, { tone: 0, recent: [], ...remembered(KEPT, {}) });
    this.field = h("input", {
      type: "search",
      class: "cw-emoji-search",
      placeholder: "Search emoji",
      "aria-label": "Search emoji",
      oninput: debounce(60, () => this.show()),
    });
    this.words = h("p", { class: "cw-emoji-words" });
    this.grid = h("div", { class: "cw-emoji-grid", role: "grid", "aria-label": "Emoji" });
    this.tabs = h("div", { class: "cw-emoji-tabs", role: "toolbar", "aria-label": "Groups" });
    this.named = h("span", { class: "cw-emoji-name" });
    this.tones = h("div", { class: "cw-emoji-tones", role: "radiogroup", "aria-label": "Skin tone" });
    const root = h(
      "div",
      { class: "cw-emoji", onkeydown: (event) => this.key(event), onclick: (event) => this.clicked(event) },
      this.field,
      this.tabs,
      this.words,
      this.grid,
      h("div", { class: "cw-emoji-foot" }, this.named, this.tones),
    );
    for (const name of ["pointerover", "focusin"]) this.grid.addEventListener(name, ({ target }) => this.tell(target));
    this.say("Loading…");
    this.showTones();
    this.fetch();
    return root;
  }

  async fetch() {
    try {
      this.groups ??= drawn(await this.load());
      this.showTabs();
      this.show();
    } catch (trouble) {
      this.say(trouble.message, "alert");
    }
  }

  // --- showing

  showTabs() {
    fill(
      this.tabs,
      this.groups.map(({ name }, n) =>
        h("button", { class: "cw-emoji-tab", title: name, "aria-label": name, onclick: () => this.goTo(name) }, PICTURES[n]),
      ),
    );
  }

  goTo(name) {
    this.field.value = "";
    this.show();
    const section = [...this.grid.children].find((child) => child.dataset.group === name);
    this.grid.scrollTop = section.offsetTop - this.grid.offsetTop;
  }

  show() {
    if (!this.groups) return; // one was faster than they came; then they are shown as is asked for by now
    const query = this.field.value.trim().toLowerCase();
    const sections = query ? [{ name: "Found", emoji: this.found(query) }] : this.sections();
    fill(this.grid, sections.filter(({ emoji }) => emoji.length).map((section) => this.section(section)));
    this.say(this.grid.childElementCount ? "" : "No emoji of this name");
    this.cells()[0]?.setAttribute("tabindex", "0");
  }

  /** In the place of the grid, which may hold nothing but emoji. */
  say(words, role = "status") {
    this.words.setAttribute("role", role);
    this.words.textContent = words;
    this.words.hidden = !words;
    this.grid.hidden = Boolean(words);
  }

  sections() {
    const all = this.groups.flatMap(({ emoji }) => emoji);
    const used = this.recent.map((char) => all.find((each) => each[0] === char)).filter(Boolean);
    return [{ name: "Recently used", emoji: used }, ...this.groups];
  }

  /** Those with every word in their names; first those whose name begins with it. */
  found(query) {
    const words = query.split(/\s+/);
    const names = ([, name, more]) => `${name} ${more}`;
    const hits = this.groups.flatMap(({ emoji }) => emoji).filter((each) => words.every((word) => names(each).includes(word)));
    const rank = (each) => (names(each).split(" ").some((name) => name === query) ? 0 : names(each).includes(` ${query}`) || names(each).startsWith(query) ? 1 : 2);
    return hits.map((each) => [rank(each), each]).sort(([a], [b]) => a - b).map(([, each]) => each);
  }

  section({ name, emoji }) {
    return h(
      "section",
      { role: "rowgroup", "aria-label": name, dataset: { group: name } },
      h("h4", { "aria-hidden": "true" }, name),
      h("div", { class: "cw-emoji-row", role: "row" }, emoji.map((each) => this.cell(each))),
    );
  }

  cell([char, name, , , tones]) {
    const shown = (this.tone && tones[this.tone - 1]) || char;
    return h("button", { class: "cw-emoji-cell", role: "gridcell", tabindex: "-1", "aria-label": name, dataset: { char, shown } }, shown);
  }

  showTones() {
    fill(
      this.tones,
      TONES.map((hand, n) =>
        h("button", { role: "radio", "aria-checked": String(n === this.tone), "aria-label": TONE_NAMES[n], title: TONE_NAMES[n], tabindex: n === this.tone ? "0" : "-1", dataset: { tone: String(n) } }, hand),
      ),
    );
  }

  tell(target) {
    const cell = target.closest(".cw-emoji-cell");
    if (cell) this.named.textContent = cell.getAttribute("aria-label");
  }

  // --- acting

  clicked(event) {
    const cell = event.target.closest(".cw-emoji-cell");
    const tone = event.target.closest("[data-tone]");
    if (cell) this.pick(cell, event.shiftKey);
    if (tone) this.setTone(Number(tone.dataset.tone));
  }

  pick(cell, more) {
    const { char, shown } = cell.dataset;
    this.recent = [char, ...this.recent.filter((each) => each !== char)].slice(0, RECENT);
    remember(KEPT, { tone: this.tone, recent: this.recent });
    this.choose(shown);
    if (more) cell.focus();
    else this.end();
  }

  setTone(tone) {
    this.tone = tone;
    remember(KEPT, { tone, recent: this.recent });
    this.showTones();
    this.tones.children[tone].focus();
    this.show();
  }

  end() {
    this.close();
    this.leave();
  }

  // --- keys

  key(event) {
    const { key, target } = event;
    if (key === "Escape") this.end();
    else if (target === this.field) {
      const first = this.cells()[0];
      if (key === "Enter" && first) this.pick(first, event.shiftKey);
      else if (key === "ArrowDown" && first) this.focus(first);
      else return;
    } else if (target.closest(".cw-emoji-tones") && key.startsWith("Arrow")) {
      const step = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
      this.setTone((this.tone + step + TONES.length) % TONES.length);
    } else if (target.closest(".cw-emoji-cell") && this.next(target, key)) {
      const to = this.next(target, key);
      if (to === this.field) this.field.focus();
      else this.focus(to);
    } else return;
    event.preventDefault();
  }

  cells() {
    return [...this.grid.querySelectorAll(".cw-emoji-cell")];
  }

  focus(cell) {
    this.grid.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
    cell.focus();
  }

  /** Where an arrow leads; up from the first row, back to the search. */
  next(from, key) {
    const cells = this.cells();
    const at = cells.indexOf(from);
    if (key === "ArrowRight") return cells[at + 1];
    if (key === "ArrowLeft") return cells[at - 1];
    if (key === "Home") return cells[0];
    if (key === "End") return cells.at(-1);
    if (key === "ArrowDown") return nearest(cells.slice(at + 1).filter((cell) => cell.offsetTop > from.offsetTop), from);
    if (key === "ArrowUp") return nearest(cells.slice(0, at).reverse().filter((cell) => cell.offsetTop < from.offsetTop), from) ?? this.field;
    return null;
  }
}

/** Of the first row among `cells`, the one that is above or below `from`. */
function nearest(cells, from) {
  const row = cells.filter((cell) => cell.offsetTop === cells[0].offsetTop);
  const apart = (cell) => Math.abs(cell.offsetLeft - from.offsetLeft);
  return row.sort((a, b) => apart(a) - apart(b))[0];
}

/** The groups without what this machine's font can't draw: a version of the standard is there or not. */
function drawn(groups) {
  const first = new Map();
  for (const { emoji } of groups) for (const [char, , , version] of emoji) if (!first.has(version)) first.set(version, char);
  const missing = new Set([...first].filter(([version, char]) => version >= YOUNG && !isDrawn(char)).map(([version]) => version));
  return groups.map(({ name, emoji }) => ({ name, emoji: emoji.filter(([, , , version]) => !missing.has(version)) }));
}

/** A glyph in colours of its own is an emoji; the box for what is missing takes the pen's colour. */
function isDrawn(char) {
  const size = 20;
  const canvas = h("canvas", { width: size, height: size });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const draw = (colour) => {
    pen.clearRect(0, 0, size, size);
    pen.font = `${size - 4}px sans-serif`;
    pen.textBaseline = "top";
    pen.fillStyle = colour;
    pen.fillText(char, 0, 0);
    return pen.getImageData(0, 0, size, size).data.join();
  };
  return draw("#f00") === draw("#00f");
}
