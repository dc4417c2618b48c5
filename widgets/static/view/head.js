// The head of an open conversation: who, where, status, Agent replies, and the options menu.

import { VERBS } from "../shared/deeds.js";
import { fill, h } from "../shared/dom.js";
import { channelIcon, icon } from "../shared/icons.js";
import { command, withKey } from "../shared/keys.js";
import { menu } from "../shared/overlay.js";
import { avatar, statusPill } from "../list/row.js";
import { plain } from "../shared/text.js";

export class Head {
  /** `run(verb, conversation)` does one; `copies()` are menu items that copy what was done last; `leave()` goes back to the list. */
  constructor({ el, run, copies, leave }) {
    Object.assign(this, { el, run, copies });
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
    this.run(on ? "agent_replies_on" : "agent_replies_off", this.conversation);
  }

  items() {
    const { conversation } = this; // another one may be opened while the menu is
    const { unread, status, archived } = conversation;
    const run = (verb) => () => this.run(verb, conversation);
    const item = (verb) => ({ ...VERBS[verb], title: withKey(VERBS[verb].label, VERBS[verb].key), run: run(verb) });
    const copies = this.copies();
    return [
      item(unread > 0 ? "mark_read" : "mark_unread"),
      item(status === "resolved" ? "reopen" : "resolve"),
      item(archived ? "unarchive" : "archive"),
      null,
      ...(copies.length > 0 ? [...copies, null] : []),
      item("delete"),
    ];
  }
}
