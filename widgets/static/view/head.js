// The head of an open conversation: who, where, status, Agent replies, and the options menu.

import { fill, h } from "../shared/dom.js";
import { plural } from "../shared/format.js";
import { channelIcon, icon } from "../shared/icons.js";
import { command, withKey } from "../shared/keys.js";
import { underWay } from "../shared/offers.js";
import { confirm, menu, toast } from "../shared/overlay.js";
import { avatar, statusPill } from "../list/row.js";
import { plain } from "../shared/text.js";

/** The options of the menu: label, picture, what the toast says, and the verb that takes it back. */
const OPTIONS = {
  mark_read: { label: "Mark as read", icon: "read", done: "Marked as read", undo: "mark_unread" },
  mark_unread: { label: "Mark as unread", icon: "unread", key: "unread" },
  resolve: { label: "Resolve", icon: "resolve", key: "resolve", done: "Resolved", undo: "reopen" },
  reopen: { label: "Reopen", icon: "reopen", key: "resolve" },
  archive: { label: "Archive", icon: "archive", key: "archive", done: "Archived", undo: "unarchive" },
  unarchive: { label: "Unarchive", icon: "unarchive", key: "archive" },
};

export class Head {
  /** `act(verb, args)` does a verb and resolves to whether it was done; `say(words)` shows trouble. */
  constructor({ el, link, act, say, leave }) {
    this.el = el;
    this.link = link;
    this.act = act;
    this.say = say;
    this.who = h("div", { class: "cw-head-who" });
    this.toggle = h("button", {
      class: "cw-switch",
      role: "switch",
      "aria-label": "Agent replies",
      onclick: () => this.switchAgent(),
    });
    this.note = h("span", { class: "cw-head-note" });
    this.options = h("button", { class: "cw-icon-button", "aria-label": "Conversation options", title: "Options" }, icon("more"));
    this.card = h("button", { class: "cw-icon-button cw-head-card", "aria-label": "Contact", title: "Contact", onclick: () => command(el, "contact") }, icon("panel"));
    this.root = h(
      "header",
      { class: "cw-head" },
      h("button", { class: "cw-icon-button cw-back", "aria-label": "Back to the list", title: withKey("Back to the list", "back"), onclick: leave }, icon("back")),
      this.who,
      h(
        "label",
        { class: "cw-head-agent" },
        h("span", { class: "cw-head-agent-text" }, h("span", {}, "Agent replies"), this.note),
        this.toggle,
      ),
      this.options,
      this.card,
    );
    menu(this.options, "Conversation options", () => this.items());
  }

  /** `agent`: whether one is set up; `writers`: who wrote, where that may be several people. */
  show(conversation, agent, writers = []) {
    this.conversation = conversation;
    const { channel_kind: kind, channel_name: channel, subject, address } = conversation;
    const name = plain(conversation.contact_name);
    const others = writers.filter((writer) => writer !== name);
    const where = [plain(subject), channel, address.value !== name && address.value, others.length > 0 && `with ${others.join(", ")}`]
      .filter(Boolean)
      .join(" · ");
    fill(
      this.who,
      avatar(conversation),
      h(
        "div",
        { class: "cw-head-text" },
        h("div", { class: "cw-head-line" }, h("h2", { title: name, dir: "auto" }, name), statusPill(conversation.status), this.archived()),
        h("div", { class: "cw-head-where", title: where }, channelIcon(kind), h("span", {}, h("bdi", {}, where))),
      ),
    );
    Object.assign(this.root.dataset, {
      status: conversation.status,
      unread: String(conversation.unread),
      archived: String(conversation.archived),
    });
    this.toggle.setAttribute("aria-checked", String(conversation.agent_replies));
    this.note.textContent = agent ? "" : "No agent set up";
    const card = this.el.closest(".cw-inbox")?.querySelector(".cw-card");
    this.card.setAttribute("aria-expanded", String(Boolean(card && !card.hidden)));
  }

  archived() {
    return this.conversation.archived && h("span", { class: "cw-pill", dataset: { status: "archived" } }, "Archived");
  }

  switchAgent() {
    const on = this.toggle.getAttribute("aria-checked") !== "true";
    this.toggle.setAttribute("aria-checked", String(on));
    this.act("agent_replies", { on });
  }

  items() {
    const { unread, status, archived } = this.conversation;
    const item = (verb) => ({ ...OPTIONS[verb], title: withKey(OPTIONS[verb].label, OPTIONS[verb].key), run: () => this.choose(verb) });
    return [
      item(unread > 0 ? "mark_read" : "mark_unread"),
      item(status === "resolved" ? "reopen" : "resolve"),
      item(archived ? "unarchive" : "archive"),
      null,
      { label: "Delete", icon: "trash", danger: true, run: () => this.remove() },
    ];
  }

  /** Does an option, and offers to take it back. */
  async choose(verb) {
    const { id } = this.conversation;
    const { done, undo } = OPTIONS[verb];
    const unwanted = underWay(this.el);
    const ok = await this.act(verb);
    const back = () => this.act(undo, { conversation_id: id });
    if (unwanted() && ok && undo) back();
    else if (ok && undo) toast(this.el, done, { undo: { run: back } });
  }

  async remove() {
    const { id } = this.conversation;
    const name = plain(this.conversation.contact_name);
    const lost = await this.contents(id);
    if (!lost) return;
    const sure = await confirm(this.el, {
      title: `Delete the conversation with ${name}?`,
      body: h(
        "p",
        {},
        "This permanently deletes ",
        h("strong", {}, lost),
        ". It cannot be undone.",
      ),
      action: "Delete",
    });
    if (sure) this.act("delete", { conversation_id: id });
  }

  /** In words, what deleting would lose; empty if that can't be told. */
  async contents(id) {
    try {
      const { value } = await this.link.read("contents", { conversation_id: id });
      const files = value.files > 0 && plural(value.files, "file");
      return [plural(value.messages, "message"), files].filter(Boolean).join(" and ");
    } catch (trouble) {
      this.say(trouble.message);
      return "";
    }
  }
}
