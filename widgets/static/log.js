// The messages of the open conversation: grouped by day, kept in place while things arrive.

import { arrange, fill, h } from "./dom.js";
import { dayLabel, isoDay, plural } from "./format.js";
import { icon } from "./icons.js";
import { bubble, dayLine, eventLine, isShown, pendingBubble, refresh, sideOf, unreadLine } from "./bubble.js";

const NEAR_BOTTOM = 60;
const NEAR_TOP = 400;
const TOGETHER = 5 * 60_000;

export class Log {
  /** `older(id)` asks for what came before message `id`; `moved()` tells that another part is in sight. */
  constructor({ parts, older, moved }) {
    this.parts = parts;
    this.older = older;
    this.moved = moved;
    this.list = h("div", { class: "cw-log-list" });
    this.root = h(
      "div",
      { class: "cw-log", role: "log", "aria-live": "off", "aria-label": "Messages", tabindex: "0", onscroll: () => this.scrolled() },
      this.list,
    );
    this.jump = h("button", { class: "cw-jump", hidden: true, onclick: () => this.toBottom("smooth") });
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
    this.anchor = null;
    this.unseen = 0;
    this.complete = false;
    fill(this.list);
  }

  // --- content

  /** The newest messages of a conversation just opened; `unread` of them are new. */
  open({ messages, events, more }, unread) {
    this.reset();
    this.firstUnread = firstUnread(messages, unread);
    this.take(messages, events);
    this.complete = !more;
    this.arrange();
    this.toUnread();
    this.watchTop();
  }

  prepend({ messages, events, more }) {
    this.take(messages, events);
    this.complete = !more;
    this.arrange();
    this.hold();
    this.watchTop();
  }

  /** The newest messages again, after a change. Returns false if they don't join what is shown. */
  update({ messages, events }) {
    const newest = this.newest();
    if (newest && messages.length && !messages.some(({ id }) => this.messages.has(id))) return false;
    const fresh = messages.filter(({ id }) => !this.messages.has(id));
    this.settle(fresh);
    this.take(messages, events);
    if (!this.stuck) this.unseen += fresh.filter(({ direction }) => direction === "inbound").length;
    this.arrange();
    this.hold();
    this.showJump();
    return true;
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
    const before = this.messages.get(message.id);
    this.messages.set(message.id, message);
    if (!before) this.nodes.set(message.id, bubble(message, this.parts));
    else if (JSON.stringify(before) !== JSON.stringify(message)) refresh(this.nodes.get(message.id), message);
  }

  /** A message on its way; gone again when it has arrived or could not be stored. */
  addPending(key, text) {
    this.pending.set(key, { text, node: pendingBubble(text) });
    this.arrange();
    this.toBottom();
  }

  dropPending(key, message) {
    this.pending.delete(key);
    if (message) this.put(message);
    this.arrange();
    this.hold();
  }

  /** A stored message may be seen before the answer to its sending: then its double goes. */
  settle(fresh) {
    for (const message of fresh.filter((m) => m.direction === "outbound")) {
      const double = [...this.pending].find(([, { text }]) => text === message.text);
      if (double) this.pending.delete(double[0]);
    }
  }

  newest() {
    return this.sorted().at(-1)?.id ?? null;
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
    arrange(this.list, [...nodes, ...[...this.pending.values()].map(({ node }) => node)]);
  }

  once(key, make) {
    if (!this.nodes.has(key)) this.nodes.set(key, make());
    return this.nodes.get(key);
  }

  // --- scrolling

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    // A height of 0: hidden, and nothing was scrolled.
    if (clientHeight === 0) return;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (this.stuck) this.unseen = 0;
    this.remember();
    this.watchTop();
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
    if (this.stuck) this.root.scrollTop = this.root.scrollHeight;
    else if (this.anchor?.node.isConnected) {
      const wanted = this.anchor.node.offsetTop - this.anchor.offset;
      if (Math.abs(wanted - this.root.scrollTop) > 1) this.root.scrollTop = wanted;
    }
    this.moved();
  }

  toBottom(behavior = "instant") {
    this.stuck = true;
    this.root.scrollTo({ top: this.root.scrollHeight, behavior });
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

  /** Brings a message to the middle and lets it light up for a moment. */
  reveal(id) {
    const node = this.nodes.get(id);
    if (!node) return;
    this.stuck = false;
    this.root.scrollTop = node.offsetTop - (this.root.clientHeight - node.offsetHeight) / 2;
    node.classList.add("cw-lit");
    node.addEventListener("animationend", () => node.classList.remove("cw-lit"), { once: true });
    this.scrolled();
  }

  watchTop() {
    const oldest = this.sorted()[0]?.id;
    if (this.complete || this.asking || !oldest || this.root.scrollTop > NEAR_TOP) return;
    this.asking = true;
    this.older(oldest).finally(() => (this.asking = false));
  }

  showJump() {
    this.jump.hidden = this.stuck;
    fill(this.jump, icon("down"), this.unseen > 0 ? plural(this.unseen, "new message") : "Latest");
  }

  /** The highest message id shown, as reading counts by log order; 0 for none. */
  highest() {
    return highest([...this.messages.keys()]);
  }

  /** The highest id among the messages that are in sight or above; 0 while none is. */
  highestInSight() {
    const bottom = this.root.scrollTop + this.root.clientHeight;
    return highest([...this.messages.keys()].filter((id) => this.nodes.get(id).offsetTop < bottom));
  }
}

function highest(ids) {
  return ids.map(BigInt).reduce((a, b) => (a > b ? a : b), 0n);
}

function byTime(a, b) {
  // Dates in JavaScript end at milliseconds: the id decides between what the server's stamps do not.
  const apart = Date.parse(a.occurred_at) - Date.parse(b.occurred_at);
  return apart || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
}

function together(before, message) {
  return Boolean(before?.direction && message.direction)
    && sideOf(before) === sideOf(message)
    && before.author.kind === message.author.kind
    && before.author.name === message.author.name
    && Date.parse(message.occurred_at) - Date.parse(before.occurred_at) < TOGETHER;
}

function firstUnread(messages, unread) {
  const inbound = messages.filter(({ direction }) => direction === "inbound");
  return unread > 0 ? (inbound.at(-unread) ?? inbound[0])?.id ?? null : null;
}
