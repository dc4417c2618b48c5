// The messages of the open conversation: grouped by day, kept in place while things arrive.

import { arrange, fill, h } from "../shared/dom.js";
import { dayLabel, isoDay, plural } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { authorOf, bubble, dayLine, eventLine, isShown, pendingBubble, refresh, unreadLine } from "./bubble.js";
import { messageKey } from "./acts.js";
import { highlight, lightUp, plainAgain } from "./highlight.js";
import { highlightMail } from "./mail_frame.js";
import { byTime, firstUnread, highest, together } from "./order.js";
import { gently } from "../shared/motion.js";

const NEAR_BOTTOM = 60;
/** How far from either end others are asked for. */
const NEAR_END = 400;
const SPOKEN = 120;

export class Log {
  /**
   * `load(way, id)` asks for messages "before" or "after" message `id`; `latest()` for the end of the
   * conversation; `moved()` tells that another part is in sight, `say(words)` speaks of what is new.
   */
  constructor({ parts, load, latest, moved, say }) {
    Object.assign(this, { parts, load, latest, moved, say });
    this.list = h("div", { class: "cw-log-list", onkeydown: (event) => messageKey(event, (step) => this.step(step)), onfocusin: ({ target }) => this.mark(target.closest(".cw-message")) });
    this.root = h(
      "div",
      { class: "cw-log", role: "log", "aria-live": "off", "aria-label": "Messages", tabindex: "0", onscroll: () => this.scrolled() },
      this.list,
    );
    this.jump = h("button", { class: "cw-jump", hidden: true, onclick: () => this.toEnd() });
    this.reset();
    // Pictures and mail frames grow after they were placed; what one reads must stay where it is.
    const grown = new ResizeObserver(() => this.hold());
    grown.observe(this.list);
    grown.observe(this.root);
    parts.signal.addEventListener("abort", () => grown.disconnect());
  }

  reset() {
    this.messages = new Map();
    this.events = new Map();
    this.nodes = new Map();
    this.pending = new Map();
    this.firstUnread = null;
    this.stuck = true;
    this.top = null;
    this.anchor = null;
    this.unseen = 0;
    this.known = 0n;
    this.complete = false;
    this.newest = true;
    this.asking = null;
    this.marked = "";
    fill(this.list);
  }

  // --- content

  /**
   * A conversation just opened: its newest messages, of which `unread` are new; or those around one of
   * them, with `newer` ones to come, up to `latest`, the id of the newest there was.
   */
  open({ messages, events, more, newer, latest }, unread) {
    this.reset();
    this.newest = !newer;
    this.known = highest([latest ?? 0, ...messages.map(({ id }) => id)]);
    if (this.newest) this.firstUnread = firstUnread(messages, unread);
    this.take(messages, events);
    this.complete = !more;
    this.arrange();
    if (!this.newest) return;
    this.toUnread();
    this.watchEnds();
    this.showJump();
  }

  prepend({ messages, events, more }) {
    this.complete = !more;
    this.join(messages, events);
  }

  append({ messages, events, newer }) {
    this.newest = !newer;
    this.join(messages, events);
  }

  join(messages, events) {
    this.take(messages, events);
    this.arrange();
    this.hold();
    this.watchEnds();
    this.showJump();
  }

  /** Messages that are shown, as they are now. */
  renew(messages) {
    this.take(messages.filter(({ id }) => this.messages.has(id)), []);
    this.hold();
  }

  /** The newest messages again, after a change. Returns false if they don't join what is shown. */
  update(value) {
    const { messages } = value;
    const joined = messages.some(({ id }) => this.messages.has(id)) || this.messages.size === 0;
    if (!joined && this.newest && messages.length) return false;
    const news = this.news(messages);
    // Otherwise the end is too far away to be shown: what arrived there is counted.
    if (joined || this.newest) this.extend(value);
    if (!this.stuck) this.unseen += news.length;
    this.showJump();
    this.speak(news);
    return true;
  }

  extend(value) {
    this.newest = true;
    this.dropGone(value);
    this.settle(value.messages.filter(({ id }) => !this.messages.has(id)));
    this.take(value.messages, value.events);
    this.arrange();
    this.hold();
  }

  /**
   * Those of customers that came since one last heard of any; not what only had not been loaded, as
   * around a hit far up. Ids are in the order in which messages were stored.
   */
  news(messages) {
    const fresh = messages.filter(({ id }) => BigInt(id) > this.known);
    this.known = highest([this.known, ...fresh.map(({ id }) => id)]);
    return fresh.filter(({ direction }) => direction === "inbound");
  }

  /** Says who wrote what; no more than how much where one reads elsewhere. */
  speak(inbound) {
    if (inbound.length === 0) return;
    const [last] = inbound.slice(-1);
    const words = last.text || last.unsupported || "a file";
    if (!this.stuck || inbound.length > 1) this.say(`${plural(this.stuck ? inbound.length : this.unseen, "new message")}`);
    else this.say(`${authorOf(last, this.parts.me)}: ${words.slice(0, SPOKEN)}`);
  }

  /**
   * What stood among these newest messages and does so no more: it was taken back, or was an echo that
   * was folded into ours. Not what the hub stored after they were read: it is just not among them yet.
   */
  dropGone({ messages, more, now }) {
    const here = new Set(messages.map(({ id }) => id));
    for (const message of [...this.messages.values()]) {
      const among = !more || byTime(message, messages[0]) > 0;
      const stored = Date.parse(message.received_at) < Date.parse(now);
      if (among && stored && !here.has(message.id)) this.drop(message.id);
    }
  }

  drop(id) {
    this.messages.delete(id);
    this.nodes.delete(id);
  }

  take(messages, events) {
    for (const message of messages) this.put(message);
    for (const event of events.filter(isShown)) {
      if (this.events.has(event.id)) continue;
      this.events.set(event.id, event);
      this.nodes.set(event.id, eventLine(event, this.parts.me));
    }
  }

  put(message) {
    if (message.delivery_status === "cancelled") return this.drop(message.id);
    const before = this.messages.get(message.id);
    this.messages.set(message.id, message);
    if (!before) this.nodes.set(message.id, bubble(message, this.parts));
    else if (JSON.stringify(before) !== JSON.stringify(message)) refresh(this.nodes.get(message.id), message, this.parts);
    return undefined;
  }

  /** A message on its way; gone again when it has arrived or could not be stored. */
  addPending(key, text) {
    if (!this.newest) return this.latest();
    this.pending.set(key, { text, node: pendingBubble(text) });
    this.arrange();
    return this.toBottom();
  }

  dropPending(key, message) {
    this.pending.delete(key);
    if (message && this.newest) this.put(message);
    this.arrange();
    if (message && this.messages.has(message.id)) this.toBottom();
    else this.hold();
  }

  /** A stored message may be seen before the answer to its sending: then its double goes. */
  settle(fresh) {
    for (const message of fresh.filter((m) => m.direction === "outbound")) {
      const double = [...this.pending].find(([, { text }]) => text === message.text);
      if (double) this.pending.delete(double[0]);
    }
  }

  sorted() {
    return [...this.messages.values()].sort(byTime);
  }

  arrange() {
    const entries = [...this.messages.values(), ...this.events.values()].sort(byTime);
    const nodes = [];
    let before = null;
    for (const entry of entries) {
      const day = isoDay(new Date(entry.occurred_at));
      const apart = !before || before.day !== day;
      if (apart) nodes.push(this.once(`day ${day}`, () => dayLine(dayLabel(entry.occurred_at))));
      const divided = entry.id === this.firstUnread;
      if (divided) nodes.push(this.once("unread", unreadLine));
      const node = this.nodes.get(entry.id);
      node.dataset.follows = String(!apart && !divided && together(before?.entry, entry));
      nodes.push(node);
      before = { entry, day };
    }
    this.markOne();
    arrange(this.list, [...nodes, ...[...this.pending.values()].map(({ node }) => node)]);
  }

  once(key, make) {
    if (!this.nodes.has(key)) this.nodes.set(key, make());
    return this.nodes.get(key);
  }

  // --- one message

  /** One of them takes the focus by Tab: the one that had it last, else the newest. */
  markOne() {
    if (this.marked && this.messages.has(this.marked)) return;
    const newest = this.sorted().at(-1);
    if (newest) this.mark(this.nodes.get(newest.id));
    this.marked = ""; // until somebody goes to one
  }

  mark(node) {
    if (!node?.dataset.id) return;
    for (const other of this.list.querySelectorAll(".cw-message[tabindex='0']")) other.tabIndex = -1;
    node.tabIndex = 0;
    this.marked = node.dataset.id;
  }

  /** The focus goes to the message before or after. */
  step(by) {
    const all = this.sorted();
    const to = all[all.findIndex(({ id }) => id === this.marked) + by];
    this.nodes.get(to?.id)?.focus();
  }

  /** The message that has the focus; null: none has. */
  get focused() {
    return this.messages.get(document.activeElement?.closest?.(".cw-log .cw-message")?.dataset.id) ?? null;
  }

  // --- scrolling

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    // A height of 0: hidden, and nothing was scrolled.
    if (clientHeight === 0) return;
    this.stands();
    this.stuck = this.newest && scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (this.stuck) this.unseen = 0;
    this.remember();
    this.watchEnds();
    this.showJump();
    this.moved();
  }

  /** Remembers what stands at the top, to put it back there when heights above change. */
  remember() {
    const top = this.root.scrollTop;
    // Not a day's line: that moves up when older messages of its day come.
    const held = [...this.list.children].filter((n) => "follows" in n.dataset);
    const node = held.find((n) => n.offsetTop + n.offsetHeight > top);
    this.anchor = node && { node, offset: node.offsetTop - top };
  }

  hold() {
    if (this.isScrolling()) this.scrolled();
    if (this.stuck) this.root.scrollTop = this.root.scrollHeight;
    else if (this.anchor?.node.isConnected) {
      const wanted = this.anchor.node.offsetTop - this.anchor.offset;
      if (Math.abs(wanted - this.root.scrollTop) > 1) this.root.scrollTop = wanted;
    }
    this.stands();
    this.moved();
  }

  /** Whether somebody scrolled, and the event that tells so is yet to come: that is not taken back. */
  isScrolling() {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    // Where there is less than before, the browser itself moves up.
    return this.top !== null && Math.abs(Math.min(this.top, scrollHeight - clientHeight) - scrollTop) > 1;
  }

  /** Remembers how far it is scrolled; not while hidden, as it may stand elsewhere once it is shown. */
  stands() {
    const { scrollTop, clientHeight } = this.root;
    this.top = clientHeight === 0 ? null : scrollTop;
  }

  toBottom(behavior = "instant") {
    this.stuck = true;
    this.root.scrollTo({ top: this.root.scrollHeight, behavior });
    this.stands();
  }

  toEnd() {
    if (this.newest) this.toBottom(gently());
    else this.latest();
  }

  /** The end, or the first new message where the new ones fill more than what is in sight. */
  toUnread() {
    const line = this.nodes.get("unread");
    const room = this.root.clientHeight;
    if (!line || this.list.offsetHeight - line.offsetTop < room) return this.toBottom();
    this.stuck = false;
    this.root.scrollTop = line.offsetTop - 56;
    return this.scrolled();
  }

  /** Brings a message to the middle, marks the words of `search` in it, and lets it light up. */
  reveal(id, search = "") {
    const node = this.nodes.get(id);
    if (!node) return;
    plainAgain(this.list);
    const text = node.querySelector(".cw-text");
    if (text && search) highlight(text, search);
    const mail = node.querySelector("iframe");
    if (mail && search) highlightMail(mail, search);
    this.stuck = false;
    this.root.scrollTop = node.offsetTop - (this.root.clientHeight - node.offsetHeight) / 2;
    lightUp(node);
    this.scrolled();
  }

  watchEnds() {
    const { scrollTop, scrollHeight, clientHeight } = this.root;
    if (this.asking || this.messages.size === 0) return;
    if (!this.complete && scrollTop <= NEAR_END) this.ask("before", this.sorted()[0].id);
    else if (!this.newest && scrollHeight - scrollTop - clientHeight <= NEAR_END) this.ask("after", this.sorted().at(-1).id);
  }

  ask(way, id) {
    const asking = (this.asking = {});
    this.load(way, id).then((came) => {
      if (this.asking !== asking) return;
      this.asking = null;
      if (came) this.watchEnds(); // the other end may be in sight as well
    });
  }

  showJump() {
    this.jump.hidden = this.stuck || this.messages.size === 0;
    fill(this.jump, icon("down"), this.unseen > 0 ? plural(this.unseen, "new message") : "Latest");
  }

  /** The customers who wrote what is shown, by name. */
  writers() {
    const inbound = this.sorted().filter(({ direction }) => direction === "inbound");
    return [...new Set(inbound.map((message) => authorOf(message, this.parts.me)))];
  }

  /** The pictures of what is shown, oldest first: {attachment, said: {who, at}}. */
  photos(isPicture) {
    return this.sorted().flatMap((message) => {
      const said = { who: authorOf(message, this.parts.me), at: message.occurred_at };
      const files = message.attachments.filter((file) => isPicture(file) && !(message.html && file.inline));
      return files.map((attachment) => ({ attachment, said }));
    });
  }

  /** The highest message id shown, as reading counts by log order; 0 for none. */
  highest() {
    return highest([...this.messages.keys()]);
  }

  /** The message in the middle of what is in sight; "" for none. */
  middle() {
    const middle = this.root.scrollTop + this.root.clientHeight / 2;
    const below = this.sorted().find(({ id }) => this.nodes.get(id).offsetTop + this.nodes.get(id).offsetHeight >= middle);
    return (below ?? this.sorted().at(-1))?.id ?? "";
  }

  /** The highest id among the messages that are in sight or above; 0 while none is. */
  highestInSight() {
    const bottom = this.root.scrollTop + this.root.clientHeight;
    return highest([...this.messages.keys()].filter((id) => this.nodes.get(id).offsetTop < bottom));
  }
}
