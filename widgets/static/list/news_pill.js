// "3 new": what came in above the rows in sight, and the way to it.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

export class NewsPill {
  constructor({ rows, open }) {
    this.rows = rows;
    this.ids = new Set();
    this.root = h("button", { class: "cw-news", hidden: true, onclick: open });
  }

  /** Of the rows that `moved`, the unread ones above the row `top` are new, until they are read. */
  count(moved, top) {
    for (const { id, unread } of moved) if (unread > 0 && this.rows.indexOf(id) < top) this.ids.add(id);
    for (const id of this.ids) if (!this.rows.get(id)?.unread) this.ids.delete(id);
    this.show();
  }

  clear() {
    this.ids.clear();
    this.show();
  }

  show() {
    const n = this.ids.size;
    this.root.hidden = n === 0;
    if (n > 0) fill(this.root, icon("up"), `${n.toLocaleString()} new`);
  }
}
