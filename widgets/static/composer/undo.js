// Undo of sends: a toast that counts down, for the newest message that can still be taken back.

import { h } from "../shared/dom.js";
import { toast } from "../shared/overlay.js";

export class Undo {
  /** `undo(sent)` takes a message back: {message, restore}. */
  constructor({ el, signal, undo }) {
    Object.assign(this, { el, undo, held: [] });
    this.end = () => {};
    signal.addEventListener("abort", () => {
      clearInterval(this.timer);
      this.end();
    });
  }

  /** Messages that are held back for `undo_seconds` more; 0: for none. `unwanted`: the last is wanted back already. */
  offer(messages, unwanted = false) {
    const held = messages.filter(({ undo_seconds: left }) => left > 0);
    this.held.push(...held.map((sent) => ({ ...sent, until: performance.now() + sent.undo_seconds * 1000 })));
    this.show();
    if (!unwanted) return;
    if (held.length > 0) this.take(this.held.at(-1));
    else this.say("The message has left already.");
  }

  show() {
    clearInterval(this.timer);
    this.end();
    this.held = this.held.filter(({ until }) => until > performance.now());
    const newest = this.held.at(-1);
    if (!newest) return;
    const count = h("span", { class: "cw-countdown", "aria-hidden": "true" });
    const tick = () => {
      const left = newest.until - performance.now();
      if (left <= 0) this.show();
      else count.textContent = String(Math.ceil(left / 1000));
    };
    const words = this.held.length > 1 ? `Message sent (${this.held.length} can be undone)` : "Message sent";
    const label = h("span", {}, "Undo ", count);
    const wait = newest.until - performance.now();
    this.end = toast(this.el, words, { undo: { label, run: () => this.take(newest) }, wait });
    this.timer = setInterval(tick, 250);
    tick();
  }

  /** Forgets a message that was taken back elsewhere; what was offered of it, if it was. */
  drop(id) {
    const found = this.held.find(({ message }) => message.id === id);
    this.held = this.held.filter((each) => each !== found);
    this.show();
    return found;
  }

  say(words) {
    toast(this.el, words);
  }

  take(sent) {
    this.held = this.held.filter((each) => each !== sent);
    this.show();
    // To where the text comes back.
    this.el.querySelector(".cw-composer-field")?.focus();
    this.undo(sent);
  }
}
