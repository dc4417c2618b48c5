// Who the open conversation is with: name, addresses, Block, Opted out, and their other conversations.

import { copyText } from "../shared/clipboard.js";
import { Deeds } from "../shared/deeds.js";
import { fill, h } from "../shared/dom.js";
import { moment, relative } from "../shared/format.js";
import { channelIcon, icon } from "../shared/icons.js";
import { onCommands } from "../shared/keys.js";
import { openConversation } from "../shared/opening.js";
import { mergeContacts, shown } from "./merge_contacts.js";
import { confirm } from "../shared/overlay.js";
import { onTrait, panel } from "../shared/panel.js";
import { onRemembered, remember, remembered } from "../shared/remembered.js";
import { avatar, statusPill, time } from "../list/row.js";
import { plain } from "../shared/text.js";

/** Narrower than this, an inbox shows the card over the conversation, which would have too little room. */
const BESIDE = 1250;

const KINDS = {
  phone: ["phone", "Phone number"],
  email: ["mail", "Email"],
  bsuid: ["user", "WhatsApp user id"],
  igsid: ["user", "Instagram id"],
  telegram_chat: ["user", "Telegram chat id"],
  local: ["user", "Address"],
};

class ContactCard {
  constructor({ model, el, link, signal }) {
    Object.assign(this, { model, el, link });
    this.deeds = new Deeds({ el, link });
    this.body = h("div", { class: "cw-card-body" });
    this.problem = h("p", { class: "cw-note", role: "alert", hidden: true });
    this.title = h(
      "header",
      { class: "cw-card-title" },
      h("h3", {}, "Contact"),
      h("button", { class: "cw-icon-button", "aria-label": "Close the contact", title: "Close", onclick: () => this.toggle() }, icon("close")),
    );
    fill(el, this.title, this.problem);
    el.setAttribute("role", "complementary");
    el.setAttribute("aria-label", "Contact");
    link.on("card", (value) => this.take(value));
    link.on("trouble", (trouble) => this.say(trouble.message));
    onTrait(model, "conversation_id", signal, () => this.load());
    onCommands(el, signal, { contact: () => this.toggle(), back: () => this.back() });
    onRemembered("card", signal, () => this.place());
    this.sized = new ResizeObserver(() => this.place());
    signal.addEventListener("abort", () => this.sized.disconnect());
    this.over = false;
    this.load();
  }

  // --- open or closed

  /** Beside the conversation as this browser remembers it; over it only when asked for. */
  isOpen() {
    return this.isBeside() ? remembered("card", true) : this.over;
  }

  isBeside() {
    const inbox = this.el.closest(".cw-inbox");
    return !inbox || inbox.clientWidth >= BESIDE;
  }

  toggle() {
    const open = !this.isOpen();
    if (this.isBeside()) remember("card", open);
    else this.over = open;
    this.place();
    const button = this.el.closest(".cw-inbox")?.querySelector(".cw-head-card");
    if (open) this.title.querySelector("button").focus();
    else button?.focus();
  }

  place() {
    const inbox = this.el.closest(".cw-inbox");
    const open = !inbox || this.isOpen();
    if (inbox && inbox !== this.around) this.sized.observe(inbox); // not there yet while this is made
    this.around = inbox;
    this.el.hidden = !this.id || !open;
    this.el.dataset.over = String(!this.isBeside());
    inbox?.querySelector(".cw-head-card")?.setAttribute("aria-expanded", String(open));
  }

  /** Escape closes the card where it lies over the conversation. */
  back() {
    if (this.isBeside() || !this.isOpen()) return false;
    this.toggle();
    return true;
  }

  // --- content

  async load() {
    this.id = this.model.get("conversation_id");
    this.body.remove(); // a name that is being typed is still its contact's
    this.card = null;
    this.over = false;
    this.place();
    this.say("");
    if (!this.id) return;
    const id = this.id;
    try {
      const { value } = await this.link.read("ready", { view: this.link.view, conversation_id: id });
      if (this.id === id) this.take(value);
    } catch (trouble) {
      if (this.id === id) this.say(trouble.message);
    }
  }

  take(value) {
    if (value && value.id !== this.id) return undefined;
    this.card = value;
    this.say("");
    if (!value) return this.body.remove();
    if (this.editing?.isConnected) return undefined; // what is being typed stays
    const focused = this.body.contains(document.activeElement) && document.activeElement.dataset.part;
    fill(this.body, this.who(), this.identities(), this.merges(), this.facts(), this.switches(), this.others());
    if (!this.body.isConnected) this.el.append(this.body);
    if (focused) this.focus(focused);
    return this.place();
  }

  focus(part) {
    [...this.body.querySelectorAll("button")].find(({ dataset }) => dataset.part === part)?.focus();
  }

  name() {
    const { contact, conversation } = this.card;
    return plain(contact.name || conversation.contact_name);
  }

  who() {
    const { conversation } = this.card;
    const rename = h("button", { class: "cw-icon-button", "aria-label": "Rename", title: "Rename", dataset: { part: "rename" }, onclick: () => this.rename() }, icon("pencil"));
    const line = h("div", { class: "cw-card-name" }, h("h4", { title: this.name() }, h("bdi", {}, this.name())), rename);
    return h("section", { class: "cw-card-who" }, avatar(conversation), line);
  }

  identities() {
    const { el } = this;
    const rows = this.card.contact.identities.map((identity) => {
      const { value } = identity.address;
      const [, label] = KINDS[identity.address.kind] ?? KINDS.local;
      const copy = h("button", { class: "cw-icon-button", "aria-label": `Copy ${plain(value)}`, title: "Copy", dataset: { part: `copy ${value}` }, onclick: () => copyText(el, value, label) }, icon("copy"));
      return h("li", {}, this.identity(identity), copy);
    });
    return h("ul", { class: "cw-card-identities", "aria-label": "Addresses" }, rows);
  }

  /** An address with the channels it is used on. */
  identity({ address: { kind, value }, channel_ids: ids }) {
    const [glyph, label] = KINDS[kind] ?? KINDS.local;
    const channels = this.card.channels.filter(({ id }) => ids.includes(id));
    const picture = channels.length > 0 ? channelIcon(channels[0].look, label) : glyph === "mail" ? channelIcon("mail", label) : icon(glyph, label);
    const names = channels.map(({ name }) => plain(name)).join(", ");
    return [picture, h("span", { class: "cw-card-identity" }, h("bdi", { title: plain(value) }, plain(value)), names && h("small", {}, h("bdi", {}, names)))];
  }

  merges() {
    const { merged } = this.card.contact;
    const rows = merged.map((part) => {
      const by = part.actor.name === this.card.me ? "you" : plain(part.actor.name);
      const unmerge = h("button", { class: "cw-link-button", "aria-label": `Unmerge ${shown(part)}`, dataset: { part: `unmerge ${part.id}` }, onclick: () => this.unmerge(part) }, "Unmerge");
      return h("li", {}, h("span", {}, h("bdi", { title: shown(part) }, shown(part)), h("small", {}, `Merged by ${by}, `, relative(part.merged_at))), unmerge);
    });
    const merge = h("button", { class: "cw-link-button cw-card-merge", dataset: { part: "merge" }, onclick: () => this.merge() }, "Merge with another contact…");
    return h("section", { class: "cw-card-merges", "aria-label": "Merged contacts" }, merged.length > 0 && h("ul", {}, rows), merge);
  }

  facts() {
    const { contact, conversation } = this.card;
    const { channel_kind: kind, channel_name: channel } = conversation;
    const at = (iso) => h("time", { datetime: iso, title: moment(iso) }, relative(iso));
    const fact = (label, value) => [h("dt", {}, label), h("dd", {}, value)];
    return h(
      "dl",
      { class: "cw-card-facts" },
      fact("Channel", [channelIcon(kind), h("bdi", {}, plain(channel))]),
      fact("First contact", at(contact.first_contact_at)),
      fact("Last contact", at(contact.last_contact_at)),
      contact.marketing.map((choice) => fact("Marketing", this.marketing(choice, at))),
    );
  }

  /** What they told the provider, when, and on which channel. */
  marketing({ channel_id: id, stopped, chosen_at: since }, at) {
    const channel = this.card.channels.find((each) => each.id === id);
    const about = stopped ? "They want no marketing templates; other templates and replies can be sent." : "They want marketing templates again.";
    return h(
      "span",
      { class: "cw-card-marketing", title: about },
      h("span", {}, stopped ? "Stopped" : "Resumed", " ", at(since)),
      h("small", {}, channel ? h("bdi", {}, plain(channel.name)) : "A channel that was removed"),
    );
  }

  switches() {
    const { blocked, opted_out: out } = this.card.contact;
    return h(
      "div",
      { class: "cw-card-switches" },
      this.switch("block", "Block", "Messages are kept but change nothing, and nothing can be sent.", blocked, () => this.block(!blocked)),
      this.switch("out", "Opted out", "Wants no messages: nothing can be sent.", out, () => this.update(this.card.contact, { opted_out: !out }, out ? "opted in" : "opted out")),
    );
  }

  switch(part, label, about, on, run) {
    const toggle = h("button", { class: "cw-switch", role: "switch", "aria-checked": String(on), "aria-label": label, dataset: { part }, onclick: run });
    return h("label", {}, h("span", {}, label, h("small", {}, about)), toggle);
  }

  others() {
    const { others } = this.card;
    const rows = others.map((row) => h("li", {}, this.other(row)));
    return h(
      "section",
      { class: "cw-card-others" },
      h("h4", {}, "Other conversations", others.length > 0 && h("span", { class: "cw-badge cw-badge-plain" }, String(others.length))),
      others.length > 0 ? h("ul", {}, rows) : h("p", { class: "cw-card-none" }, "None"),
    );
  }

  other(row) {
    const { channel_kind: kind, channel_name: channel, subject, preview, archived } = row;
    const said = plain(subject || preview.text || "No messages");
    return h(
      "button",
      { class: "cw-card-other", dataset: { part: `go ${row.id}` }, onclick: () => this.go(row.id) },
      h("span", { class: "cw-card-line" }, channelIcon(kind), h("bdi", {}, plain(channel)), time(row.last_activity_at)),
      h("span", { class: "cw-card-line" }, h("bdi", { class: "cw-card-said" }, said.slice(0, 120)), archived && h("span", { class: "cw-pill" }, "Archived"), statusPill(row.status)),
    );
  }

  // --- acting

  go(id) {
    openConversation(this.el, this.model, id);
  }

  rename() {
    const { contact } = this.card;
    const before = contact.name;
    const field = h("input", { class: "cw-card-field", value: before, "aria-label": "Name", maxlength: "200", dir: "auto" });
    let over = false;
    const end = async (keep, keepFocus = true) => {
      if (over) return;
      over = true;
      this.editing = null;
      if (keep && field.value.trim() !== before) await this.update(contact, { name: field.value }, "renamed");
      this.take(this.card);
      if (keepFocus) this.focus("rename");
    };
    field.addEventListener("blur", () => end(true, false));
    field.addEventListener("keydown", (event) => {
      if (!["Enter", "Escape"].includes(event.key) || event.isComposing) return;
      event.preventDefault();
      end(event.key === "Enter");
    });
    this.editing = field;
    fill(this.el.querySelector(".cw-card-name"), field);
    field.focus();
    field.select();
  }

  async merge() {
    const { contact } = this.card;
    const find = async (search) => (await this.link.ask("contacts", { contact_id: contact.id, search })).value;
    const pair = await mergeContacts(this.el, { contact, find, identity: (each) => this.identity(each) });
    if (!pair) return;
    const { contact: kept, other } = pair;
    await this.act("merge", { contact_id: kept.id, other: other.id }, `${shown(other)} merged into ${shown(kept)}`);
  }

  async unmerge(part) {
    await this.act("unmerge", { contact_id: part.id }, `${shown(part)} is a contact of its own again`);
  }

  async block(on) {
    const { contact } = this.card;
    const sure = !on || (await confirm(this.el, {
      title: `Block ${this.name()}?`,
      body: h("p", {}, "What they write is kept, but it brings nothing back to the inbox and nobody is told; nothing can be sent to them. You can unblock them here."),
      action: "Block",
    }));
    if (sure) await this.update(contact, { blocked: on }, on ? "blocked" : "unblocked");
  }

  /** Of the contact it was asked for: another one may be shown by then. `done` tells it. */
  async update({ id, name }, change, done) {
    await this.act("update", { contact_id: id, ...change }, `${plain(name) || "Contact"} ${done}`);
  }

  async act(name, args, words) {
    try {
      const { value } = await this.link.ask(name, args);
      this.say("");
      this.deeds.tell(words, value);
    } catch (trouble) {
      this.say(trouble.message);
      this.take(this.card);
    }
  }

  say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }
}

export default panel("card", (parts) => new ContactCard(parts));
