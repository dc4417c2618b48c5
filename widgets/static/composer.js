// Writing a reply.

import { fill, h, token } from "./dom.js";
import { timeLeft } from "./format.js";
import { icon } from "./icons.js";
import { every, onTrait, page, panel } from "./panel.js";
import { plain } from "./text.js";

const TALLEST = 160;
const LAST_HOURS = 24 * 3_600_000;

class Composer {
  constructor({ model, el, link, signal }) {
    this.model = model;
    this.el = el;
    this.link = link;
    this.drafts = new Map();
    this.attempt = null;
    this.state = null;
    this.field = h("textarea", {
      class: "cw-composer-field",
      rows: "1",
      "aria-label": "Reply",
      dir: "auto",
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
    });
    this.button = h("button", { class: "cw-send", "aria-label": "Send", title: "Send", onclick: () => this.send() }, icon("send"));
    this.problem = h("p", { class: "cw-composer-problem", role: "alert", hidden: true });
    this.hint = h("p", { class: "cw-composer-hint" });
    this.box = h("div", { class: "cw-composer-box" }, this.field, this.button);
    this.closed = h("div", { class: "cw-composer-closed", role: "status" });
    link.on("state", (value) => this.take(value));
    onTrait(model, "conversation_id", signal, () => (this.loading = this.load()));
    every(20_000, signal, () => this.tick());
    signal.addEventListener("abort", () => clearTimeout(this.closing));
    this.loading = this.load();
  }

  async load() {
    if (this.id) this.drafts.set(this.id, { text: this.field.value, attempt: this.attempt });
    this.id = this.model.get("conversation_id");
    this.state = null;
    const draft = this.drafts.get(this.id);
    this.field.value = draft?.text ?? "";
    // A reply that may be on its way keeps its key, so that sending it again can't double it.
    this.attempt = draft?.attempt ?? null;
    this.say("");
    this.show();
    const id = this.id;
    try {
      const { value } = await this.link.read("ready", { view: this.link.view, conversation_id: id });
      if (this.id === id) this.take(value);
    } catch (trouble) {
      if (this.id === id) this.say(trouble.message);
    }
  }

  take(state) {
    if (!state || state.conversation_id !== this.id) return;
    this.state = state;
    this.show();
  }

  show() {
    this.el.hidden = !this.id;
    if (!this.state) return fill(this.el, this.box, this.problem, this.hint);
    const refusal = this.refusal();
    this.field.placeholder = `Reply to ${plain(this.state.name)}`;
    if (refusal) {
      fill(this.closed, icon("lock"), h("span", {}, refusal));
      fill(this.el, this.closed, this.problem);
    } else if (!this.box.isConnected) {
      fill(this.el, this.box, this.problem, this.hint);
    }
    this.tick();
    this.fit();
    this.showAgainWhenClosed();
    return undefined;
  }

  showAgainWhenClosed() {
    clearTimeout(this.closing);
    const left = this.state.closes_at ? new Date(this.state.closes_at) - new Date() : 0;
    if (left > 0 && left < LAST_HOURS) this.closing = setTimeout(() => this.show(), left + 100);
  }

  /** Why nothing can be sent now; empty where it can. */
  refusal() {
    const { refusal, closes_at: closes, closed_refusal: later } = this.state;
    return refusal || (closes && new Date(closes) <= new Date() ? later : "");
  }

  tick() {
    if (!this.state) return;
    const closes = this.state.closes_at;
    const left = closes && new Date(closes) - new Date() < LAST_HOURS ? timeLeft(closes) : "";
    fill(
      this.hint,
      h("span", {}, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift"), " ", h("kbd", {}, "Enter"), " new line"),
      left && h("span", { class: "cw-window" }, icon("clock"), `Messaging window open for ${left}`),
    );
  }

  // --- writing

  typed() {
    // Another text is another attempt; the same one, sent again after an error, keeps its key.
    if (this.attempt?.text !== this.field.value.trim()) this.attempt = null;
    this.say("");
    this.fit();
  }

  fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
    this.button.disabled = !this.field.value.trim();
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  async send() {
    const { id } = this;
    await this.loading;
    const text = this.field.value.trim();
    if (!text || !this.state || id !== this.id) return;
    const { scope } = this.state;
    const key = this.attempt?.key ?? token();
    const tell = (name, more) => page.dispatchEvent(new CustomEvent(name, { detail: { scope, id, key, ...more } }));
    this.field.value = "";
    this.typed();
    tell("sending", { text });
    try {
      const { value } = await this.link.ask("send", { conversation_id: id, text, key });
      tell("settled", { message: value });
    } catch (trouble) {
      tell("settled", {});
      this.giveBack(id, text, key, trouble);
    }
  }

  /** The text of a failed attempt returns to where it was written. */
  giveBack(id, text, key, trouble) {
    if (this.id !== id) {
      const draft = [text, this.drafts.get(id)?.text].filter(Boolean).join("\n");
      this.drafts.set(id, { text: draft, attempt: draft === text ? { text, key } : null });
      return;
    }
    this.field.value = [text, this.field.value].filter(Boolean).join("\n");
    this.attempt = this.field.value === text ? { text, key } : null;
    this.fit();
    this.say(trouble.message);
  }

  say(words) {
    fill(this.problem, words && icon("alert"), words);
    this.problem.hidden = !words;
  }
}

export default panel("composer", (parts) => new Composer(parts));
