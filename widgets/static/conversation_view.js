// An open conversation: its head, its messages, and reading them.

import { fill, h } from "./dom.js";
import { Head } from "./head.js";
import { firstKeys } from "./help.js";
import { Log } from "./log.js";
import { Media } from "./media.js";
import { blank, onTrait, page, panel, showTrouble } from "./panel.js";

const READING_TIME = 1000;

class ConversationView {
  constructor({ model, el, link, signal }) {
    this.model = model;
    this.el = el;
    this.link = link;
    const media = new Media({ el, link, signal });
    this.parts = { me: "", media, link, signal };
    this.head = new Head({
      el,
      link,
      act: (verb, args) => this.act(verb, args),
      say: (words) => this.say(words),
      leave: () => this.leave(),
    });
    this.log = new Log({ parts: this.parts, older: (id) => this.older(id), moved: () => this.watchReading() });
    this.problem = h("p", { class: "cw-view-problem", role: "alert", hidden: true });
    link.on("refresh", (value) => this.refresh(value));
    link.on("gone", () => this.nothing());
    link.on("trouble", (trouble) => this.say(trouble.message));
    onTrait(model, "conversation_id", signal, () => this.open());
    this.watchSight(signal);
    this.watchSending(signal);
    this.open();
  }

  // --- opening

  async open() {
    const id = this.model.get("conversation_id");
    this.id = id;
    this.opened = null;
    this.readUpTo = 0n;
    this.say("");
    this.parts.media.clear();
    if (!id) this.nothing();
    else this.el.dataset.open = "true";
    try {
      const target = this.wanted?.id === id ? this.wanted.message : "";
      const args = { view: this.link.view, conversation_id: id, target };
      const { value } = await this.link.read("open", args);
      if (this.id === id && id) this.show(value, target);
    } catch (trouble) {
      if (this.id === id) showTrouble(this.el, trouble, () => this.open());
    }
  }

  nothing() {
    this.id = "";
    this.el.dataset.open = "false";
    fill(this.el, blank("chat", "Pick a conversation", h("p", {}, "Its messages show here."), firstKeys()));
  }

  /** `target`: a message to go to, or "". */
  show(value, target) {
    this.opened = value.conversation;
    this.scope = value.scope;
    this.parts.me = value.me;
    this.agent = value.agent;
    this.head.show(value.conversation, value.agent);
    fill(this.el, this.head.root, this.problem, h("div", { class: "cw-log-frame" }, this.log.root, this.log.jump));
    this.log.open(value, value.conversation.unread);
    this.wanted = null;
    if (target) this.log.reveal(target);
    this.watchReading();
  }

  refresh(value) {
    if (value.conversation.id !== this.id || !this.opened) return;
    this.opened = value.conversation;
    this.agent = value.agent;
    this.head.show(value.conversation, value.agent);
    if (!this.log.update(value)) this.log.open(value, value.conversation.unread);
    this.watchReading();
  }

  async older(before) {
    const id = this.id;
    try {
      const { value } = await this.link.read("older", { conversation_id: id, before });
      if (this.id === id) this.log.prepend(value);
    } catch (trouble) {
      this.say(trouble.message);
    }
  }

  leave() {
    this.model.set("conversation_id", "");
    this.model.save_changes();
  }

  // --- acting

  /** A verb on the open conversation, or on the one that `args` names. */
  async act(verb, args = {}) {
    const id = this.id;
    try {
      await this.link.ask("act", { conversation_id: id, verb, ...args });
      this.say("");
    } catch (trouble) {
      this.say(trouble.message);
      if (this.id === id) this.head.show(this.opened, this.agent);
    }
  }

  say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  watchSending(signal) {
    const mine = ({ detail }) => this.opened && detail.scope === this.scope && detail.id === this.id;
    const listen = (name, run) =>
      page.addEventListener(name, (event) => mine(event) && run(event.detail), { signal });
    listen("sending", ({ key, text }) => this.log.addPending(key, text));
    page.addEventListener("reveal", ({ detail }) => this.want(detail), { signal });
    listen("settled", ({ key, message }) => this.log.dropPending(key, message));
  }

  /** A message to show: now if its conversation is open, or as soon as it is. */
  want({ scope, id, message }) {
    this.wanted = message ? { id, message } : null;
    if (message && this.opened && scope === this.scope && id === this.id) this.open();
  }

  // --- reading

  watchSight(signal) {
    const sight = new IntersectionObserver(([entry]) => {
      this.inSight = entry.isIntersecting;
      this.watchReading();
    }, { threshold: 0.4 });
    sight.observe(this.el);
    signal.addEventListener("abort", () => {
      sight.disconnect();
      clearTimeout(this.reading);
    });
    document.addEventListener("visibilitychange", () => this.watchReading(), { signal });
  }

  /**
   * What is new counts as read after a second in sight. What was read before does not count again, so
   * that Mark as unread, here or elsewhere, lasts until the conversation is opened anew.
   */
  watchReading() {
    if (!this.opened) return;
    if (this.opened.unread === 0) this.readUpTo = this.log.highest();
    const seen = this.canSee() ? this.log.highestInSight() : 0n;
    const due = seen > this.readUpTo ? seen : null;
    if (due === this.due) return;
    clearTimeout(this.reading);
    this.due = due;
    if (due) this.reading = setTimeout(() => this.markRead(due), READING_TIME);
  }

  markRead(upto) {
    this.readUpTo = upto;
    this.due = null;
    const args = { conversation_id: this.id, upto: String(upto) };
    this.link.ask("seen", args).catch((trouble) => this.say(trouble.message));
  }

  canSee() {
    return this.inSight && document.visibilityState === "visible" && this.log.root.isConnected;
  }
}

export default panel("view", (parts) => new ConversationView(parts));
