// A window on a long list: of all rows only those in and near sight are in the DOM.

import { arrange, h } from "./dom.js";

const ROW = 68;
const NEAR = 8;

export class Sight {
  /** `paint(row)` makes a row's node, `mark(node, row, index)` says what changes without its content. */
  constructor({ box, rows, paint, mark }) {
    this.box = box;
    this.rows = rows;
    this.paint = paint;
    this.mark = mark;
    this.nodes = new Map();
    this.canvas = h("div", { class: "cw-canvas", role: "presentation" });
    this.tail = h("div", { class: "cw-tail", "aria-hidden": "true" }, bone());
    box.append(this.canvas);
  }

  /** `kept`: an id that stays in the DOM wherever it is, for the focus is on it. `end`: no more to come. */
  draw({ kept, end }) {
    const { first, last } = this.range();
    const shown = new Map();
    const show = (index) => {
      const row = this.rows.at(index);
      const node = this.nodes.get(row.id) ?? this.paint(row);
      node.style.top = `${index * ROW}px`;
      this.mark(node, row, index);
      shown.set(row.id, node);
    };
    const at = this.rows.indexOf(kept);
    if (at >= 0 && at < first) show(at);
    for (let index = first; index < last; index += 1) show(index);
    if (at >= last) show(at);
    this.nodes = shown;
    this.canvas.style.height = `${(this.rows.size + (end ? 0 : 1)) * ROW}px`;
    this.tail.style.top = `${this.rows.size * ROW}px`;
    arrange(this.canvas, end ? [...shown.values()] : [...shown.values(), this.tail]);
  }

  /** The rows in and near sight: from `first` up to, without, `last`. */
  range() {
    const first = Math.floor(this.box.scrollTop / ROW) - NEAR;
    const last = Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + NEAR;
    return { first: Math.max(0, first), last: Math.min(this.rows.size, last) };
  }

  /** What these rows show is no longer true: they are made anew. Without ids: all of them. */
  forget(ids = [...this.nodes.keys()]) {
    for (const id of ids) this.nodes.delete(id);
  }

  /** The index of the first row that is wholly in sight. */
  top() {
    return Math.ceil(this.box.scrollTop / ROW);
  }

  /** Rows that fit in sight, one at least. */
  page() {
    return Math.max(1, Math.floor(this.box.clientHeight / ROW));
  }

  nearEnd() {
    // A height of 0: hidden, where the end only seems near.
    return this.box.clientHeight > 0 && this.range().last >= this.rows.size - 1;
  }

  /** With the row beyond it, so that one sees what comes, and no toast lies over it. */
  scrollTo(index) {
    const { scrollTop, clientHeight } = this.box;
    const below = (index + 2) * ROW - clientHeight;
    if (index * ROW < scrollTop) this.box.scrollTop = (index - 1) * ROW;
    else if (below > scrollTop) this.box.scrollTop = below;
  }

  /**
   * Keeps the row that one points at, or else the first one in sight, where it is on screen while
   * `change` moves rows. At the very top new rows may come in. Returns what `change` returns.
   */
  hold(change) {
    const { scrollTop } = this.box;
    const anchors = scrollTop > 0 ? this.anchors() : [];
    const done = change();
    const held = anchors.find(({ id, place }) => this.rows.get(id)?.place === place);
    if (held) this.shift(scrollTop + (this.rows.indexOf(held.id) - held.index) * ROW);
    return done;
  }

  /** Rows to hold on to, the best one first, and where they are. */
  anchors() {
    const pointed = this.canvas.querySelector("[role=option]:hover")?.dataset.id;
    const from = this.top();
    const seen = Array.from({ length: this.page() + 1 }, (_, i) => from + i);
    const at = [this.rows.indexOf(pointed), ...seen].filter((index) => index >= 0 && index < this.rows.size);
    return at.map((index) => ({ ...this.rows.at(index), index }));
  }

  shift(scrollTop) {
    this.canvas.style.height = `${(this.rows.size + 1) * ROW}px`;
    this.box.scrollTop = scrollTop;
  }
}

/** A row that is still to come. */
export function bone() {
  const line = (width) => h("span", { class: "cw-bone", style: { width } });
  const text = h("div", { class: "cw-row-text" }, line("45%"), line("80%"));
  return h("div", { class: "cw-row" }, h("span", { class: "cw-bone cw-bone-round" }), text);
}
