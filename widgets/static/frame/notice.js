// The inbox's own part, always there: the line above it, what it says aloud, the number in the tab's
// title, desktop notifications, and the keys that are of no one panel.

import { fill, h } from "../shared/dom.js";
import { Focus } from "../shared/focus.js";
import { showHelp } from "./help.js";
import { icon } from "../shared/icons.js";
import { onCommands } from "../shared/keys.js";
import { notifications } from "./notifications.js";
import { openConversation } from "../shared/opening.js";
import { MESSAGES, onPage, pageOf, showPage } from "../shared/pages.js";
import { guardKeys, onTrait, panel } from "../shared/panel.js";
import { plain } from "../shared/text.js";
import { title } from "./title.js";

class Notice {
  constructor({ model, el, link, signal }) {
    this.model = model;
    this.el = el;
    this.link = link;
    this.line = h("p", { class: "cw-notice-line", hidden: true });
    this.spoken = h("div", { class: "cw-spoken", role: "status", "aria-live": "polite" });
    fill(el, h("h2", { class: "cw-spoken" }, "Inbox"), this.line, this.spoken);
    link.on("state", (state) => this.show(state));
    link.on("arrived", (arrived) => this.arrived(arrived));
    onTrait(model, "conversation_id", signal, () => this.read());
    document.addEventListener("visibilitychange", () => this.read(), { signal });
    onPage(el, signal, () => this.read());
    signal.addEventListener("abort", () => title.forget(link.view));
    inPlace(el, signal, (inbox) => this.settle(el, inbox, signal));
    this.load();
  }

  async load() {
    try {
      for (const asked of ["ready", "unread"]) this.show((await this.link.read(asked, { view: this.link.view })).value);
    } catch (trouble) {
      this.unable(trouble);
    }
  }

  settle(el, inbox, signal) {
    inbox.setAttribute("role", "region");
    inbox.setAttribute("aria-label", "Inbox");
    guardKeys(inbox, signal); // of what is in no panel: the toasts
    const focus = new Focus(inbox, signal);
    onCommands(el, signal, {
      back: () => focus.toList(),
      help: () => showHelp(el),
      read: () => focus.toMessages(),
      region: () => focus.move(1),
      "region-before": () => focus.move(-1),
    });
  }

  show({ demo, live, unread, scope }) {
    this.scope = scope;
    fill(
      this.line,
      demo && h("span", {}, h("b", {}, "Demo data"), " Invented people; nothing leaves this machine."),
      !live && h("span", { class: "cw-offline", role: "status" }, icon("clock"), "Reconnecting…"),
    );
    this.line.hidden = !demo && live;
    title.show(this.link.view, scope, unread);
  }

  /** A state that was told by itself already says more: that the hub is lost, and when it is back. */
  unable(trouble) {
    if (this.scope !== undefined) return;
    fill(this.line, h("span", { class: "cw-offline", role: "alert" }, icon("alert"), trouble.message));
    this.line.hidden = false;
  }

  /** Customers wrote: said aloud, and on the desktop unless their conversation is being looked at. */
  arrived({ messages, more }) {
    // A node of its own: the same words twice are said twice.
    fill(this.spoken, h("p", {}, announcement(messages, more)));
    const unseen = messages.filter(({ id }) => !this.looksAt(id));
    if (unseen.length > 0) notifications.tell(this.scope, { messages: unseen, more }, (id) => this.open(id));
  }

  looksAt(id) {
    return !document.hidden && pageOf(this.el) === MESSAGES && this.model.get("conversation_id") === id;
  }

  /** Of a notification; "": of a crowd. */
  open(id) {
    if (id) openConversation(this.el, this.model, id);
    else showPage(this.el, MESSAGES);
  }

  read() {
    const id = this.model.get("conversation_id");
    if (id && this.looksAt(id)) notifications.seen(this.scope, id);
  }
}

function announcement(messages, more) {
  const names = messages.map(({ name }) => plain(name));
  const others = more > 0 ? [`${more} others`] : [];
  const who = new Intl.ListFormat("en").format([...names, ...others]);
  return names.length + more === 1 ? `New message from ${who}` : `New messages from ${who}`;
}

/** Calls `run` with the inbox around `el` once `el` is on the page. */
function inPlace(el, signal, run) {
  if (signal.aborted) return;
  const inbox = el.isConnected && el.closest(".cw-inbox");
  if (inbox) run(inbox);
  else requestAnimationFrame(() => inPlace(el, signal, run));
}

export default panel("notice", (parts) => new Notice(parts));
