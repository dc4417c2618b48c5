// An open conversation: its head, its messages, and reading them.

import { isHad } from "./acts.js";
import { copyText } from "../shared/clipboard.js";
import { confirm, toast } from "../shared/overlay.js";
import { Deeds } from "../shared/deeds.js";
import { fill, h } from "../shared/dom.js";
import { Head } from "./head.js";
import { onCommands } from "../shared/keys.js";
import { firstKeys } from "../frame/help.js";
import { Log } from "./log.js";
import { isPicture, Media } from "./media.js";
import { Opening, openConversation } from "../shared/opening.js";
import { page } from "../shared/page.js";
import { blank, onTrait, panel, showTrouble } from "../shared/panel.js";
import { inShort } from "../shared/quoted.js";
import { plain } from "../shared/text.js";

const READING_TIME = 1000;

class ConversationView {
  constructor({ model, el, link, signal }) {
    this.model = model;
    this.el = el;
    this.link = link;
    const media = new Media({ el, link, photos: () => this.log.photos(isPicture), signal });
    this.parts = {
      me: "",
      threads: false,
      takes: {},
      media,
      link,
      signal,
      el,
      now_of: (id) => this.log.messages.get(id),
      quote: (message) => this.quote(message),
      react: (id, emoji) => this.react(id, emoji),
      emoji: () => (this.emoji ??= this.loadEmoji()),
      goTo: (id) => this.want({ scope: this.scope, id: this.id, message: id }),
      deliver: (verb, message) => this.deliver(verb, message),
      now: () => new Date(Date.now() + this.ahead),
    };
    this.ahead = 0;
    this.deeds = new Deeds({ el, link, scope: () => this.scope });
    this.head = new Head({
      el,
      run: (verb, conversation) => this.run(verb, conversation),
      copies: () => this.deeds.copies(),
      leave: () => this.leave(),
    });
    this.log = new Log({
      parts: this.parts,
      load: (way, id) => this.load(way, id),
      latest: () => this.open(this.id),
      moved: () => this.watchReading(),
      say: (words) => this.speak(words),
    });
    this.spoken = h("div", { class: "cw-spoken", role: "status", "aria-live": "polite" });
    this.problem = h("p", { class: "cw-view-problem", role: "alert", hidden: true });
    link.on("refresh", (value) => this.refresh(value));
    link.on("gone", (id) => id === this.id && this.nothing());
    link.on("trouble", (trouble) => this.say(trouble.message));
    const opening = new Opening(el, signal, (id) => id !== this.id && this.open(id));
    onTrait(model, "conversation_id", signal, (id) => opening.told(id));
    this.watchSight(signal);
    this.watchSending(signal);
    onCommands(el, signal, this.commands());
    this.open(model.get("conversation_id"));
  }

  // --- opening

  async open(id) {
    this.id = id;
    this.opened = null;
    this.early = null;
    this.stopReading();
    this.say("");
    this.parts.media.clear();
    if (!id) this.nothing();
    else this.el.dataset.open = "true";
    try {
      const wanted = this.wanted?.id === id ? this.wanted : { message: "" };
      const args = { view: this.link.view, conversation_id: id, target: wanted.message };
      const { value } = await this.link.read("open", args);
      if (this.id === id && id) this.show(value, wanted);
    } catch (trouble) {
      if (this.id === id) showTrouble(this.el, trouble, () => this.open(id));
    }
  }

  nothing() {
    this.id = "";
    this.opened = null;
    this.stopReading();
    this.el.dataset.open = "false";
    fill(this.el, blank("chat", "Pick a conversation", h("p", {}, "Its messages show here."), firstKeys()));
  }

  /** `wanted`: the message to go to, or "", and the words that found it. */
  show(value, wanted) {
    this.scope = value.scope;
    this.parts.me = value.me;
    this.parts.takes = value.takes;
    this.parts.threads = value.conversation.channel_kind === "mail";
    this.take(value);
    fill(this.el, this.head.root, this.problem, h("div", { class: "cw-log-frame" }, this.log.root, this.log.jump), this.spoken);
    this.log.open(value, value.conversation.unread);
    this.wanted = null;
    this.showHead();
    if (wanted.message) this.log.reveal(wanted.message, wanted.search);
    this.watchReading();
    if (this.early?.now > value.now) this.refresh(this.early);
  }

  showHead() {
    this.head.show(this.opened, this.agent, this.parts.threads ? this.log.writers() : []);
  }

  refresh(value) {
    if (value.conversation.id !== this.id) return;
    if (!this.opened) {
      this.early = value; // read after, but told before, what is being opened
      return;
    }
    this.say(""); // what failed before did so for want of what is here now
    this.take(value);
    if (!this.log.update(value)) this.log.open(value, value.conversation.unread);
    this.showHead();
    this.watchReading();
    this.renewInSight(value);
  }

  /** What one reads far up may have changed as well: a file has come, a reaction was taken back. */
  async renewInSight({ messages }) {
    const { id } = this;
    const middle = this.log.middle();
    if (!middle || messages.some((message) => message.id === middle)) return;
    try {
      const { value } = await this.link.read("page", { conversation_id: id, around: middle });
      if (this.id === id) this.log.renew(value.messages);
    } catch (trouble) {
      if (this.id === id) this.say(trouble.message);
    }
  }

  take(value) {
    this.opened = value.conversation;
    this.agent = value.agent;
    this.ahead = Date.parse(value.now) - Date.now();
  }

  /** Messages "before" or "after" another one. Resolves to whether they came. */
  async load(way, message) {
    const id = this.id;
    try {
      const { value } = await this.link.read("page", { conversation_id: id, [way]: message });
      if (this.id !== id) return false;
      this.say("");
      if (way === "before") this.log.prepend(value);
      else this.log.append(value);
      return true;
    } catch (trouble) {
      if (this.id === id) this.say(trouble.message);
      return false;
    }
  }

  leave() {
    openConversation(this.el, this.model, "");
  }

  // --- acting

  async run(verb, { id, contact_name: name }) {
    const done = await this.deeds.run(verb, { ids: [id], names: [name] });
    if (!done && this.opened?.id === id) this.showHead(); // its switch goes back
  }

  /** What to do about a sent message; Send again asks first, as the customer may get it twice. */
  async deliver(verb, message) {
    const id = this.id;
    if (verb === "send_again" && !(await this.sureToRepeat())) return;
    try {
      const { value } = await this.link.ask("deliver", { conversation_id: id, message_id: message.id, verb });
      this.say("");
      if (verb === "cancel") this.tookBack(id, value);
    } catch (trouble) {
      if (this.id === id) this.say(trouble.message);
    }
  }

  /** What was taken back is the composer's again: its text, and its files as uploads. */
  tookBack(id, message) {
    const detail = { inbox: this.el.closest(".cw-inbox"), scope: this.scope, id, message };
    const unclaimed = page.dispatchEvent(new CustomEvent("taken back", { detail, cancelable: true }));
    const copy = { label: "Copy text", run: () => copyText(this.el, message.text, "Text") };
    const words = message.kept ? "Message taken back; it is kept as your draft" : "Message taken back";
    if (unclaimed) toast(this.el, words, { actions: message.text ? [copy] : [] });
  }

  sureToRepeat() {
    const name = plain(this.opened.contact_name);
    const words = [
      "Nobody knows whether the provider has it already. If it does, ",
      h("strong", {}, h("bdi", {}, name), " gets this message twice"),
      ". Where you can, look into the provider's own app first, and choose Mark as sent if it is there.",
    ];
    return confirm(this.el, { title: "Send this message again?", body: h("p", {}, words), action: "Send again", danger: false });
  }

  /** The keys of an inbox; where there is a list, they are the list's. */
  commands() {
    const run = (act) => () => {
      if (!this.opened || this.el.closest(".cw-inbox")?.querySelector(".cw-list")) return false;
      act(this.opened);
      return true;
    };
    return {
      archive: run(({ archived }) => this.run(archived ? "unarchive" : "archive", this.opened)),
      resolve: run(({ status }) => this.run(status === "resolved" ? "reopen" : "resolve", this.opened)),
      unread: run(() => this.run("mark_unread", this.opened)),
      quote: () => this.quoteOne(),
    };
  }

  /** By the key: the message that has the focus, else the customer's newest. */
  quoteOne() {
    const newest = () => this.log.sorted().filter(({ direction }) => direction === "inbound").at(-1);
    const message = this.opened && (this.log.focused ?? newest());
    if (!message || !this.parts.takes.quotes || !isHad(message)) return false;
    this.quote(message);
    return true;
  }

  /** Puts an emoji to a message; "" takes it back. */
  async react(message, emoji) {
    const { id } = this;
    try {
      const { value } = await this.link.ask("react", { message_id: message, emoji });
      if (this.id !== id) return;
      this.say("");
      this.log.renew([value]);
    } catch (trouble) {
      if (this.id === id) this.say(trouble.message);
    }
  }

  async loadEmoji() {
    try {
      return (await this.link.read("emoji")).value;
    } catch (trouble) {
      this.emoji = null; // asked again the next time
      throw trouble;
    }
  }

  /** The composer of this inbox answers this message; not every inbox has one. */
  quote(message) {
    const detail = { inbox: this.el.closest(".cw-inbox"), scope: this.scope, id: this.id, message: inShort(message) };
    const unclaimed = page.dispatchEvent(new CustomEvent("quote", { detail, cancelable: true }));
    if (unclaimed) toast(this.el, "Show the composer to reply");
  }

  say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  /** For who can't see it: what is new. */
  speak(words) {
    this.spoken.textContent = words;
  }

  watchSending(signal) {
    const mine = ({ detail }) => this.opened && detail.scope === this.scope && detail.id === this.id;
    const listen = (name, run) =>
      page.addEventListener(name, (event) => mine(event) && run(event.detail), { signal });
    listen("sending", ({ key, text }) => this.log.addPending(key, text));
    page.addEventListener("reveal", ({ detail }) => this.want(detail), { signal });
    listen("settled", ({ key, message }) => this.log.dropPending(key, message));
    page.addEventListener("left unread", ({ detail }) => this.leaveUnread(detail), { signal });
  }

  /** A message to show: now if its conversation is open, or as soon as it is. `inbox`: in that one alone. */
  want({ inbox, scope, id, message, search = "" }) {
    if (inbox !== undefined && inbox !== this.el.closest(".cw-inbox")) return;
    this.wanted = message ? { id, message, search } : null;
    if (!message || !this.opened || scope !== this.scope || id !== this.id) return;
    if (this.log.messages.has(message)) this.log.reveal(message, search);
    else this.open(id);
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
      this.stopReading();
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
    const { id } = this;
    if (due) this.reading = setTimeout(() => this.markRead(id, due), READING_TIME);
  }

  /** Another conversation, or none: what was in sight of this one is not read by that. */
  stopReading() {
    clearTimeout(this.reading);
    this.due = null;
    this.readUpTo = 0n;
  }

  /** Marked as unread before it counted as read: it is not to count any more. */
  leaveUnread({ scope, ids }) {
    if (!this.opened || scope !== this.scope || !(ids ?? [this.id]).includes(this.id)) return;
    this.readUpTo = this.log.highest();
    this.watchReading();
  }

  /** What failed is tried again with the next news, at the latest when a lost hub is back. */
  async markRead(id, upto) {
    const before = this.readUpTo;
    this.readUpTo = upto;
    this.due = null;
    try {
      await this.link.ask("seen", { conversation_id: id, upto: String(upto) });
    } catch (trouble) {
      if (this.id !== id) return;
      if (this.readUpTo === upto) this.readUpTo = before;
      this.say(trouble.message);
    }
  }

  canSee() {
    return this.inSight && document.visibilityState === "visible" && this.log.root.isConnected;
  }
}

export default panel("view", (parts) => new ConversationView(parts));
