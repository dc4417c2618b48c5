// Writing to somebody first: the button New, and its dialog.

import { debounce, fill, h, token } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { onCommands, withKey } from "../shared/keys.js";
import { channelCards, field, foundCard, previewOf } from "./new_parts.js";
import { openConversation } from "../shared/opening.js";
import { confirm } from "../shared/overlay.js";
import { page } from "../shared/page.js";
import { blank, panel } from "../shared/panel.js";
import { TemplateForm } from "./template_form.js";
import { plain } from "../shared/text.js";

const PAUSE = 350;
const region = new Intl.Locale(Intl.NumberFormat().resolvedOptions().locale).maximize().region ?? "";

const ASKS = {
  email: { label: "Email", missing: "Enter an email address.", type: "email", placeholder: "name@example.com" },
  phone: { label: "Phone number", missing: "Enter a phone number.", type: "tel", placeholder: "+49 151 23456789" },
  address: { label: "Address", missing: "Enter an address.", type: "text", placeholder: "" },
};

class NewConversation {
  constructor({ model, el, link, signal }) {
    Object.assign(this, { model, el, link });
    this.channels = [];
    this.button = h("button", { class: "cw-button cw-primary cw-new-button", title: withKey("New conversation", "new"), onclick: () => this.open() }, icon("plus"), "New");
    this.said = h("span", { class: "cw-new-said", role: "status" });
    this.build();
    fill(el, this.button, this.said);
    onCommands(el, signal, { new: () => this.open() });
    signal.addEventListener("abort", () => this.form.clear());
    link.on("channels", (value) => this.take(value));
    this.loading = this.load();
  }

  async load() {
    this.trouble = "";
    try {
      this.take((await this.link.read("ready", { view: this.link.view })).value);
    } catch (trouble) {
      this.trouble = trouble.message;
      this.show();
    }
  }

  take(channels) {
    this.channels = channels;
    const kept = channels.find(({ id }) => id === this.channel?.id);
    this.pick(kept ?? channels.find((each) => each.can_start) ?? channels[0] ?? null);
  }

  // --- the dialog

  build() {
    this.check = debounce(PAUSE, () => this.askAddress());
    this.checkText = debounce(PAUSE, () => this.askText());
    this.form = new TemplateForm({ link: this.link, changed: () => this.show() });
    this.fields = {
      name: field("Customer name", { autocomplete: "off", oninput: () => this.show() }),
      address: field("Phone number", { autocomplete: "off", spellcheck: "false", oninput: () => this.typedAddress() }),
      subject: field("Subject", { autocomplete: "off", oninput: () => this.show() }),
      text: field("Message", { rows: "5", onkeydown: (event) => this.enter(event), oninput: () => this.typedText() }, "textarea"),
    };
    this.cards = h("div", { class: "cw-new-channels", role: "radiogroup", "aria-label": "Channel" });
    this.found = h("div", { class: "cw-new-found" });
    this.why = h("div", { class: "cw-new-why", role: "status" });
    this.asked = h("div", { class: "cw-label" }, h("span", { class: "cw-label-line" }, "Template"), this.form.node);
    this.turn = h("button", { type: "button", class: "cw-link-button cw-new-turn", onclick: () => this.turnTo(!this.templated) });
    this.preview = h("section", { class: "cw-new-preview", "aria-label": "Preview" });
    this.problem = h("p", { class: "cw-new-problem", role: "status" });
    this.submit = h("button", { type: "submit", class: "cw-button cw-primary" }, "Send");
    this.inputs = h("div", { class: "cw-new-fields" }, this.cards, this.why, this.fields.name.node, this.fields.address.node, this.found, this.fields.subject.node, this.asked, this.fields.text.node, this.turn);
    this.close = h("button", { type: "button", class: "cw-icon-button", "aria-label": "Close", onclick: () => this.leave() }, icon("close"));
    this.cancel = h("button", { type: "button", class: "cw-button", onclick: () => this.leave() }, "Cancel");
    this.columns = h("div", { class: "cw-new-columns" });
    this.dialog = h(
      "dialog",
      { class: "cw-dialog cw-new-dialog", tabindex: "-1", "aria-label": "New conversation", onkeydown: (event) => this.key(event) },
      h("form", { novalidate: true, onsubmit: (event) => this.submitted(event) }, h("div", { class: "cw-new-head" }, h("h3", {}, "New conversation"), this.close), this.columns, h("div", { class: "cw-new-foot" }, this.problem, this.cancel, this.submit)),
    );
    this.dialog.addEventListener("close", () => this.closed());
    this.reset();
  }

  open() {
    if (this.dialog.open) return;
    if (this.trouble) this.loading = this.load();
    else this.loadTemplates();
    fill(this.said);
    this.before = document.activeElement;
    this.el.append(this.dialog);
    this.dialog.showModal();
    this.show();
    (this.channel?.can_start ? this.fields.name.input : this.cards.querySelector("input"))?.focus();
  }

  /** What was typed stays, should the browser close the dialog by itself. */
  closed() {
    if (this.dialog.open) return; // again, before it was told that it had closed
    this.dialog.remove();
    if (this.before?.isConnected) this.before.focus();
  }

  async leave() {
    if (this.sending) return;
    const discard = { title: "Discard this message?", body: "What you have written here will be lost.", action: "Discard" };
    if (this.touched && !(await confirm(this.el, discard))) return;
    this.reset();
    this.dialog.close();
  }

  get touched() {
    return this.form.touched || Object.values(this.fields).some(({ input }) => input.value.trim());
  }

  /** Whether it is a template that is sent: where the channel asks for one, and where one is wanted. */
  get templated() {
    return Boolean(this.channel?.template || this.wanted);
  }

  /** Those of the channel's provider, or the business's own. */
  loadTemplates() {
    if (this.channel?.can_start) this.form.load(this.channel.id);
  }

  turnTo(templated) {
    this.wanted = templated;
    this.show();
    if (templated) this.form.focus();
    else this.fields.text.input.focus();
  }

  reset() {
    this.wanted = false;
    for (const { input } of Object.values(this.fields)) input.value = "";
    this.check.cancel();
    this.checkText.cancel();
    this.form.clear();
    this.attempt = null;
    this.address = { state: "empty" };
    this.refusal = "";
    this.failure = "";
  }

  key(event) {
    if (event.key !== "Escape") return;
    // The browser would close it at once, the second time even against our will.
    event.preventDefault();
    this.leave();
  }

  enter(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.dialog.querySelector("form").requestSubmit();
  }

  // --- what is written

  pick(channel) {
    const other = channel?.id !== this.channel?.id;
    this.channel = channel;
    const focused = this.cards.contains(document.activeElement);
    fill(this.cards, channelCards(this.channels, channel, this.link.view, (chosen) => this.pick(chosen)));
    if (this.dialog.isConnected) this.loadTemplates();
    if (other) {
      this.wanted = false;
      this.typedAddress();
      this.typedText();
    }
    if (focused) this.cards.querySelector("input:checked")?.focus();
    this.show();
  }

  typedAddress() {
    const written = this.fields.address.input.value.trim();
    this.address = { state: written ? "checking" : "empty" };
    this.check.cancel();
    if (written) this.check();
    this.show();
  }

  async askAddress() {
    const address = this.fields.address.input.value.trim();
    const { channel } = this;
    if (!address || !channel?.can_start) return;
    let answer;
    try {
      answer = { state: "good", ...(await this.link.ask("address", { channel: channel.id, address, region })).value };
    } catch (trouble) {
      answer = { state: "bad", words: trouble.message };
    }
    if (this.channel?.id !== channel.id || this.fields.address.input.value.trim() !== address) return;
    this.address = answer;
    this.show();
  }

  typedText() {
    this.refusal = "";
    this.checkText();
    this.show();
  }

  async askText() {
    const { channel } = this;
    const { text } = this.content();
    if (!text || !channel?.can_start || this.templated) return;
    const { value } = await this.link.ask("check_text", { channel: channel.id, text }).catch((trouble) => ({ value: trouble.message }));
    if (this.channel?.id !== channel.id || this.content().text !== text) return;
    this.refusal = value;
    this.show();
  }

  content() {
    const { name, subject, text } = this.fields;
    const { channel } = this;
    return {
      channel: channel.id,
      address: this.address.value,
      name: name.input.value.trim(),
      subject: channel.threads ? subject.input.value.trim() : "",
      text: this.templated ? "" : text.input.value.trim(),
      template: this.templated ? this.form.choice : null,
    };
  }

  /** Why it can't be sent yet; empty when it can. */
  reason() {
    const { channel } = this;
    if (!channel) return "Connect a channel first.";
    if (!channel.can_start) return `${channel.name} can't start a conversation.`;
    const asks = ASKS[channel.asks];
    if (this.address.state === "empty") return asks.missing;
    if (this.address.state === "checking") return "Checking the address…";
    if (this.address.state === "bad") return `Check the ${asks.label.toLowerCase()}.`;
    if (this.address.found) return "";
    if (channel.threads && !this.fields.subject.input.value.trim()) return "Enter a subject.";
    if (this.templated) return this.form.problem;
    return this.fields.text.input.value.trim() ? this.refusal : "Write a message.";
  }

  // --- what is shown

  show() {
    if (!this.columns || !this.dialog.isConnected) return;
    const { channel, fields } = this;
    if (!channel) return this.showNothing();
    const writes = channel.can_start;
    const found = writes ? this.address.found : null;
    if (!this.inputs.isConnected) fill(this.columns, this.inputs, this.preview);
    fill(this.why, !writes && blank("lock", `${plain(channel.name)} can't start a conversation`, h("p", {}, channel.start_reason)));
    this.why.hidden = writes;
    for (const { node } of [fields.name, fields.address]) node.hidden = !writes;
    this.showAddress(ASKS[channel.asks]);
    fill(this.found, found && foundCard(found));
    fields.subject.node.hidden = !writes || !channel.threads || Boolean(found);
    const writable = writes && !found;
    this.asked.hidden = !writable || !this.templated;
    fields.text.node.hidden = !writable || this.templated;
    fields.text.say(this.templated ? "" : this.refusal);
    this.turn.hidden = !writable || channel.template || !(this.form.offers || this.wanted);
    fill(this.turn, this.templated ? "Write a message instead" : "Use a template");
    this.preview.hidden = !writes;
    this.columns.dataset.single = String(this.preview.hidden);
    fill(this.preview, previewOf(channel, this.shown(found)));
    this.showSend(found);
    return undefined;
  }

  shown(found) {
    const { name, subject, text } = this.fields;
    if (found) return { to: plain(found.contact_name), last: found.preview };
    const to = name.input.value.trim() || this.address.shown || this.fields.address.input.value.trim();
    const own = this.templated ? { template: this.form.template && this.form.preview } : { text: text.input.value };
    return { to: plain(to), subject: subject.input.value, ...own };
  }

  showAddress({ label, type, placeholder }) {
    const { address } = this.fields;
    const { state, words, shown } = this.address;
    address.label(label);
    address.input.type = type === "tel" ? "tel" : "text";
    address.input.inputMode = type;
    address.input.placeholder = placeholder;
    address.say(state === "bad" ? words : "", state === "good" && shown !== address.input.value.trim() ? shown : "");
  }

  showSend(found) {
    // What a channel can't is said in the middle.
    const reason = this.sending || this.channel?.can_start === false ? "" : this.failure || this.reason();
    fill(this.problem, this.failure && icon("alert"), reason);
    this.problem.dataset.failed = String(Boolean(this.failure));
    this.submit.disabled = this.sending || Boolean(this.reason());
    fill(this.submit, found ? "Open conversation" : this.sending ? "Sending…" : "Send");
  }

  showNothing() {
    const words = this.trouble || "Connect a channel to send and receive messages.";
    const again = this.trouble && h("button", { type: "button", class: "cw-button", onclick: () => (this.loading = this.load()) }, "Try again");
    fill(this.columns, blank(this.trouble ? "alert" : "plug", this.trouble ? "This could not be loaded" : "No channel yet", h("p", {}, words), again));
    this.columns.dataset.single = "true";
    this.showSend(null);
  }

  // --- sending

  submitted(event) {
    event.preventDefault();
    if (this.sending || this.reason()) return;
    this.whileHeld(() => (this.address.found ? this.openFound(this.address.found) : this.send()));
  }

  /** Nothing is changed, and nobody leaves, while it is on its way. */
  async whileHeld(work) {
    const before = document.activeElement;
    this.failure = "";
    this.hold(true);
    // What the browser takes the focus from would leave Escape to the browser, which closes the dialog.
    this.dialog.focus();
    this.show();
    try {
      await work();
    } catch (trouble) {
      this.failure = trouble.message;
    }
    this.hold(false);
    this.show();
    if (this.dialog.open) before.focus();
  }

  hold(on) {
    this.sending = on;
    this.columns.inert = on;
    for (const button of [this.close, this.cancel]) button.disabled = on;
  }

  async send() {
    const content = this.content();
    const written = JSON.stringify(content);
    // The same message, sent again after an error, keeps its key, so that it can't arrive twice.
    if (this.attempt?.written !== written) this.attempt = { written, key: token() };
    const { value } = await this.link.ask("start", { ...content, key: this.attempt.key });
    this.finish(value, `Sent to ${this.shown(null).to}.`);
  }

  /** What was written before it was found becomes its draft, unless it has one. */
  async openFound({ id }) {
    const text = this.fields.text.input.value.trim();
    const handed = text && (await this.link.ask("hand_over", { conversation_id: id, text })).value;
    const lost = this.form.touched || (text && !handed);
    const body = `What you have written here will be lost.${text && !handed ? " The draft that is there already stays." : ""}`;
    if (lost && !(await confirm(this.el, { title: "Open without this message?", body, action: "Discard and open" }))) return;
    if (handed) page.dispatchEvent(new CustomEvent("drafted", { detail: { scope: handed.scope, id, text } }));
    this.finish(id, "");
  }

  finish(id, words) {
    this.reset();
    this.dialog.close();
    if (!this.el.closest(".cw-inbox")) fill(this.said, words);
    openConversation(this.el, this.model, id);
  }
}

export default panel("new", (parts) => new NewConversation(parts));
