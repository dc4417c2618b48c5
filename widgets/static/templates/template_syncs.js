// When the templates were read from their providers, which of them could not be asked and why, and Sync now.

import { fill, h } from "../shared/dom.js";
import { moment, relative } from "../shared/format.js";
import { icon } from "../shared/icons.js";

export class TemplateSyncs {
  /**
   * `named(id)`: the name of a channel. `done(state, deed)` follows when the providers were asked, `failed(words)` when
   * nobody could be.
   */
  constructor({ link, named, done, failed }) {
    Object.assign(this, { link, named, done, failed, states: [], going: false });
    // What goes on and what fails is said aloud; a time that passes is not.
    this.time = h("span", {});
    this.told = h("span", { role: "status" });
    this.node = h("span", { class: "cw-board-synced" }, this.time, this.told);
    this.button = h("button", { class: "cw-button", hidden: true, "aria-label": "Sync now", title: "Read them from the providers now", onclick: () => this.sync() }, icon("reopen"), h("span", {}, "Sync now"));
    this.troubles = h("div", { class: "cw-board-troubles", role: "status" });
  }

  /** `states`: of each channel whose provider keeps templates. */
  take(states) {
    this.states = states;
    this.show();
  }

  async sync() {
    if (this.going) return;
    this.go(true);
    try {
      const { value, deed } = await this.link.ask("sync");
      this.go(false);
      this.done(value, deed);
    } catch (trouble) {
      this.go(false);
      this.failed(trouble.message);
    }
  }

  go(now) {
    this.going = now;
    // Not `disabled`, which would let go of the focus.
    this.button.setAttribute("aria-disabled", String(now));
    this.button.dataset.going = String(now);
    this.show();
  }

  get failures() {
    return this.states.filter(({ failure }) => failure);
  }

  /** How it went, in words. */
  get outcome() {
    const [failed, all] = [this.failures.length, this.states.length];
    return failed > 0 ? `${all - failed} of ${all} channels synced` : "Templates synced";
  }

  show() {
    const [oldest] = this.states.filter(({ failure, synced_at: at }) => at && !failure).map(({ synced_at: at }) => at).sort();
    this.button.hidden = this.states.length === 0;
    this.node.title = oldest ? `Synced ${moment(oldest)}` : "";
    this.time.textContent = oldest && !this.going ? `Synced ${relative(oldest)}` : "";
    say(this.told, this.going ? "Syncing…" : "");
    this.showFailures();
  }

  /** Those with the same reason in one line: all of them, where this machine is offline. */
  showFailures() {
    const reasons = Map.groupBy(this.failures, ({ failure }) => failure);
    const lines = [...reasons].map(([failure, of]) => [of.map(({ channel_id: id }) => this.named(id)).join(", "), failure]);
    say(this.troubles, JSON.stringify(lines), () => lines.map(([names, failure]) => h("p", {}, icon("alert"), h("span", {}, h("strong", {}, h("bdi", {}, names)), " ", failure))));
  }
}

/** Said aloud once, as long as it stays the same. */
function say(node, words, nodes = () => words) {
  if (node.dataset.said === words) return;
  node.dataset.said = words;
  fill(node, nodes());
}
