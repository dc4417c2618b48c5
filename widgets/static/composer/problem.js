// What went wrong, in words, below what is being written.

import { fill, h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";

export class Problem {
  /** `again()` is tried where that helps. */
  constructor(again) {
    this.again = again;
    this.node = h("p", { class: "cw-composer-problem", role: "alert", hidden: true });
  }

  show(words, retry) {
    if (words === this.shown) return; // and not said again
    this.shown = words;
    this.node.hidden = !words;
    if (!words) fill(this.node);
    else fill(this.node, icon("alert"), h("span", {}, words), retry && h("button", { class: "cw-link-button", onclick: this.again }, "Try again"));
  }
}
