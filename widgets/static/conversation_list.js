// The conversation list: rows as the kernel holds them, newest activity first, more as one scrolls.

import { arrange, debounce, fill, h } from "./dom.js";
import { relative } from "./format.js";
import { blank, every, onTrait, page, panel, showTrouble } from "./panel.js";
import { row } from "./row.js";

const OPEN_PAUSE = 180;
const NEAR_END = 600;

class ConversationList {
  constructor({ model, el, link, signal }) {
    this.model = model;
    this.el = el;
    this.link = link;
    this.nodes = new Map();
    this.hits = new Map();
    this.order = [];
    this.context = { search: "", me: "" };
    this.active = model.get("selected");
    this.box = h("div", {
      class: "cw-rows",
      role: "listbox",
      tabindex: "0",
      "aria-label": "Conversations",
      onpointerdown: (event) => this.press(event),
      onpointerup: () => this.release(),
      onpointercancel: () => (this.pressed = ""),
      onclick: (event) => event.detail === 0 && this.choose(idAt(event)),
      onkeydown: (event) => this.key(event),
      onscroll: () => this.more(),
    });
    this.openSoon = debounce(OPEN_PAUSE, () => this.select(this.active));
    link.on("rows", (value) => this.take(value));
    link.on("trouble", (value) => this.trouble(value));
    onTrait(model, "selected", signal, (id) => this.activate(id));
    every(30_000, signal, () => this.retime());
    this.load();
  }

  load() {
    fill(this.el, skeleton());
    this.link.read("ready", { view: this.link.view }).then(
      ({ value }) => this.take(value),
      (trouble) => this.trouble(trouble),
    );
  }

  trouble(trouble) {
    if (this.order.length === 0) showTrouble(this.el, trouble, () => this.load());
  }

  /** A whole list (`fresh`) or what changed in it: `order` is all ids, `rows` only the new or changed. */
  take({ fresh, order, rows, end, context, channels }) {
    if (fresh) this.forget();
    this.context = { ...context, view: this.link.view };
    for (const conversation of rows) {
      this.nodes.set(conversation.id, row(conversation, this.context));
      this.hits.set(conversation.id, conversation.match_message_id);
    }
    this.order = order;
    for (const id of this.nodes.keys()) if (!order.includes(id)) this.nodes.delete(id);
    this.end = end;
    this.waiting = false;
    if (order.length === 0) return this.empty(channels);
    if (!this.box.isConnected) fill(this.el, this.box);
    arrange(this.box, order.map((id) => this.nodes.get(id)));
    if (fresh) this.box.scrollTop = 0;
    this.activate(this.active || this.model.get("selected"));
    this.more();
    return undefined;
  }

  forget() {
    this.nodes.clear();
    this.hits.clear();
  }

  empty(channels) {
    const { filtered, tab } = this.context;
    if (channels === 0) return fill(this.el, connectFirst());
    if (filtered) return fill(this.el, blank("search", "Nothing found", h("p", {}, "Try other words or fewer filters.")));
    if (tab === "archived") {
      return fill(this.el, blank("archive", "Nothing archived", h("p", {}, "Archived conversations rest here.")));
    }
    return fill(this.el, blank("chat", "No conversations yet", h("p", {}, "They appear here as customers write.")));
  }

  more() {
    const { scrollHeight, scrollTop, clientHeight } = this.box;
    // A height of 0: hidden, where the end only seems near.
    if (clientHeight === 0) return;
    if (this.end || this.waiting || scrollHeight - scrollTop - clientHeight > NEAR_END) return;
    this.waiting = true;
    this.link.read("more").catch((trouble) => {
      this.waiting = false;
      this.trouble(trouble);
    });
  }

  retime() {
    for (const time of this.box.querySelectorAll("time")) {
      const words = relative(time.dateTime);
      if (time.textContent !== words) time.textContent = words;
    }
  }

  // --- selecting

  // What was pressed is opened, even if rows move or change before the button is let go; a click
  // alone would get lost then. Clicks without a pointer come from assistive technology.

  press(event) {
    this.pressed = event.button === 0 ? idAt(event) : "";
  }

  release() {
    this.choose(this.pressed);
    this.pressed = "";
  }

  choose(id) {
    if (!id) return;
    this.activate(id);
    this.select(id);
  }

  select(id) {
    this.openSoon.cancel();
    if (!id) return;
    this.pointOut(id);
    if (id === this.model.get("selected")) return;
    this.model.set("selected", id);
    this.model.save_changes();
  }

  /** A hit of the search inside a conversation: its view goes there. */
  pointOut(id) {
    const message = this.hits.get(id) ?? "";
    const detail = { scope: this.context.scope, id, message, search: this.context.search };
    page.dispatchEvent(new CustomEvent("reveal", { detail }));
  }

  activate(id) {
    this.active = id;
    for (const option of this.box.querySelectorAll("[aria-selected=true]")) {
      if (option.dataset.id !== id) option.setAttribute("aria-selected", "false");
    }
    const node = this.nodes.get(id);
    node?.setAttribute("aria-selected", "true");
    if (node) this.box.setAttribute("aria-activedescendant", node.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const at = this.order.indexOf(this.active);
    const last = this.order.length - 1;
    const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: last }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (to !== undefined) this.moveTo(Math.max(0, Math.min(to, last)));
    else if (event.key === "Enter") this.select(this.active);
    else if (event.key === "/") focusSearch(this.el);
    else return;
    event.preventDefault();
  }

  moveTo(at) {
    this.activate(this.order[at]);
    this.nodes.get(this.active).scrollIntoView({ block: "nearest" });
    this.openSoon();
  }
}

function idAt(event) {
  return event.target.closest("[role=option]")?.dataset.id ?? "";
}

function focusSearch(el) {
  el.closest(".cw-inbox")?.querySelector(".cw-search-input")?.focus();
}

function skeleton() {
  const line = (width) => h("span", { class: "cw-bone", style: { width } });
  const bone = () =>
    h("div", { class: "cw-row" }, h("span", { class: "cw-bone cw-bone-round" }), h("div", { class: "cw-row-text" }, line("45%"), line("80%")));
  return h("div", { class: "cw-rows", "aria-busy": "true", "aria-label": "Loading" }, Array.from({ length: 7 }, bone));
}

function connectFirst() {
  const command = [
    "convo channel add mail \\",
    "  --set address=you@example.org \\",
    "  --set password=env:MAIL_PASSWORD \\",
    "  --set imap_host=… --set smtp_host=…",
  ];
  return blank(
    "plug",
    "Connect a channel to send and receive messages",
    h("p", {}, "In a terminal; docs/mail.md has all of it:"),
    h("code", { class: "cw-code" }, command.join("\n")),
    h("p", {}, "To look around first: ", h("code", {}, "convo demo")),
  );
}

export default panel("list", (parts) => new ConversationList(parts));
