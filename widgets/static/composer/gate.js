// What stands in place of the text field where no text may be sent, and until when it may.

import { fill, h } from "../shared/dom.js";
import { timeLeft } from "../shared/format.js";
import { icon } from "../shared/icons.js";

// What ends later than this is not waited for: the page is told anew before, and a timer takes no month.
const LAST_HOURS = 24 * 3_600_000;

export class Gate {
  /** `template()` and `note()` are what can still be done; `moved()` tells that the window has closed. */
  constructor({ template, note, moved, signal }) {
    Object.assign(this, { template, note, moved });
    this.ahead = 0;
    this.node = h("div", { class: "cw-composer-closed", role: "status" });
    signal.addEventListener("abort", () => clearTimeout(this.closing));
  }

  /** What the channel's clock says just now; a simulated channel has a time of its own. */
  setClock(iso) {
    this.ahead = Date.parse(iso) - Date.now();
  }

  now() {
    return new Date(Date.now() + this.ahead);
  }

  /** Why nothing can be sent now; empty where it can. */
  refusal({ refusal, closes_at: closes, closed_refusal: later }) {
    return refusal || (closes && new Date(closes) <= this.now() ? later : "");
  }

  show(state) {
    const write = state.approved && !state.refused_person;
    fill(
      this.node,
      icon("lock"),
      h("span", { class: "cw-closed-words" }, this.refusal(state)),
      h(
        "span",
        { class: "cw-closed-actions" },
        write && h("button", { class: "cw-button cw-primary", onclick: this.template }, "Choose a template"),
        h("button", { class: "cw-button", onclick: this.note }, "Add note"),
      ),
    );
  }

  /** Time left, in words; empty where there is no end in sight. */
  left(state) {
    return state.closes_at ? timeLeft(state.closes_at, this.now()) : "";
  }

  watch(state) {
    clearTimeout(this.closing);
    const left = state.closes_at ? new Date(state.closes_at) - this.now() : 0;
    if (left > 0 && left < LAST_HOURS) this.closing = setTimeout(this.moved, left + 100);
  }
}
