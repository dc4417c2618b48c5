// Above the text: the message that it answers, and a way to take it off.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { quotedAuthor, quotedParts } from "../shared/quoted.js";

export class Quote {
  /** `drop()` takes it off, `find(id)` shows the message. */
  constructor({ drop, find }) {
    Object.assign(this, { drop, find, shown: null });
    this.node = h("div", { class: "cw-composer-quote", role: "group", "aria-label": "Replying to", hidden: true });
  }

  /** `me`: the operator; null: nothing is quoted. */
  show(quoted, me) {
    if (quoted?.id === this.shown?.id) return;
    this.shown = quoted;
    this.node.hidden = !quoted;
    fill(this.node, quoted && this.parts(quoted, me));
  }

  parts(quoted, me) {
    const who = quotedAuthor(quoted, me);
    return [
      h("button", { class: "cw-quoted", "aria-label": `Show the message of ${who}`, title: "Show the message", onclick: () => this.find(quoted.id) }, quotedParts(quoted, me)),
      h("button", { class: "cw-icon-button", "aria-label": "Don't quote it", title: "Don't quote it", onclick: this.drop }, icon("close")),
    ];
  }
}
