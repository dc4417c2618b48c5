// Writing: a reply or a note, with files, recorded sound and emoji.

import { attachButton, takeDrops, takePastes } from "./attach.js";
import { Canned } from "./canned.js";
import { debounce, fill, h, token } from "../shared/dom.js";
import { Drafts } from "./drafts.js";
import { EmojiPicker } from "./emoji_picker.js";
import { Field } from "./field.js";
import { Gate } from "./gate.js";
import { icon } from "../shared/icons.js";
import { onCommands, withKey } from "../shared/keys.js";
import { size } from "./measure.js";
import { onForetold } from "../shared/opening.js";
import { page } from "../shared/page.js";
import { every, onTrait, panel } from "../shared/panel.js";
import { Recorder } from "./recorder.js";
import { Sending } from "./sending.js";
import { TemplatePane } from "./template_pane.js";
import { plain } from "../shared/text.js";
import { Attached, Tray } from "./tray.js";
import { uploaded } from "./uploads.js";

// From this share of the limit on, what is left is counted.
const NEAR = 0.85;
// Milliseconds within which the kernel says what the list has chosen.
const SETTLED = 1500;

class Composer {
  constructor({ model, el, link, signal }) {
    Object.assign(this, { model, el, link, state: null });
    this.drafts = new Drafts({ link, signal, told: () => this.tick(), changed: (entry) => this.moved(entry) });
    this.field = new Field({ typed: () => this.typed(), key: (event) => this.key(event) });
    this.sending = new Sending({ el, link, signal, drafts: this.drafts, scope: () => this.state?.scope, shown: (entry) => entry === this.entry && this.show(), back: (entry) => this.goBack(entry) });
    this.gate = new Gate({ template: () => this.chooseTemplate(), note: () => this.setNote(true), moved: () => this.show(), signal });
    this.tray = new Tray((item) => this.remove(item));
    this.recorder = new Recorder({ send: (file) => this.sendVoice(file), ended: () => this.recorded(), say: (words) => this.say(words) });
    this.emoji = new EmojiPicker({
      load: async () => (await link.read("emoji")).value,
      choose: (char) => this.field.insert(char),
      leave: () => this.field.focus(),
    });
    this.canned = new Canned({ el, field: this.field, id: `cw-canned-${token()}`, load: () => this.cannedReplies(), actions: this.cannedActions() });
    this.templates = new TemplatePane({
      link,
      upload: (file) => uploaded(link, file),
      send: (choice) => this.sending.template(this.entry, this.state, choice, () => this.chooseTemplate(false)),
      closed: () => this.templateClosed(),
    });
    const take = (files) => (this.attaching = this.attach(files));
    this.plan = debounce(250, () => this.askPlan());
    this.build(take);
    for (const name of ["focus", "blur"]) this.field.node.addEventListener(name, () => this.tick());
    takePastes(this.field.node, take);
    takeDrops(el, signal, { ready: () => this.id && !this.entry.note && (this.writable || !this.state), take });
    onCommands(el, signal, { reply: () => this.reply(false), note: () => this.reply(true) });
    link.on("state", (value) => this.take(value));
    onForetold(el, signal, (id) => this.foretold(id));
    onTrait(model, "conversation_id", signal, (id) => this.open(id));
    every(20_000, signal, () => this.tick());
    signal.addEventListener("abort", () => {
      clearTimeout(this.settling);
      this.recorder.discard();
    });
    this.open(model.get("conversation_id"));
  }

  build(take) {
    const tool = (label, name, onclick, title = label) =>
      h("button", { class: "cw-icon-button", "aria-label": label, title, onclick }, icon(name));
    this.attachTool = attachButton({
      files: take,
      template: { offered: () => this.state?.templates, choose: () => this.chooseTemplate() },
      photos: () => this.state?.photos || "image/*",
    });
    this.recordTool = tool("Record a voice message", "audio", () => this.record());
    this.noteTool = h("button", { class: "cw-note-switch", role: "switch", title: withKey("Internal note", "note"), onclick: () => this.setNote(!this.entry.note) }, icon("note"), "Note");
    this.counter = h("span", { class: "cw-counter", hidden: true });
    this.button = h("button", { class: "cw-send", onclick: () => this.send() });
    this.tools = h("div", { class: "cw-composer-tools" }, this.attachTool, this.emoji.button, this.recordTool, this.canned.button(), h("span", { class: "cw-gap" }), this.counter, this.noteTool, this.button);
    this.problem = h("p", { class: "cw-composer-problem", role: "alert", hidden: true });
    this.warning = h("div", { class: "cw-composer-warning", role: "alert", hidden: true });
    this.hint = h("div", { class: "cw-composer-hint" });
    this.box = h("div", { class: "cw-composer-box", onclick: ({ target }) => target === this.box && this.field.focus() }, this.tray.node, this.field.node, this.tools);
    this.around = h("div", { class: "cw-composer-around" }, this.canned.node, this.box);
  }

  // --- opening

  /** As the kernel says; what it says right after a choice of the list may be about an earlier one. */
  open(id) {
    if (!this.settling) this.go(id);
  }

  foretold(id) {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.settling = null;
      this.open(this.model.get("conversation_id"));
    }, SETTLED);
    this.go(id);
  }

  go(id) {
    if (id !== this.id) this.loading = this.load(id);
  }

  async load(id) {
    this.drafts.saveAll();
    this.recorder.discard();
    this.templates.open = false;
    this.id = id;
    this.entry = this.drafts.of(id);
    this.state = null;
    this.say("");
    this.write();
    if (!id) return;
    try {
      const { value } = await this.link.read("ready", { view: this.link.view, conversation_id: id });
      if (this.id !== id) return;
      this.drafts.take(this.entry, value.draft);
      this.take(value);
      this.write();
    } catch (trouble) {
      if (this.id === id) this.say(trouble.message);
    }
  }

  take(state) {
    if (!state || state.conversation_id !== this.id) return;
    this.state = state;
    this.sending.read(this.entry, state);
    this.show();
  }

  /** Puts what the entry holds into the field. */
  write() {
    this.canned.hide();
    this.field.text = this.entry.text;
    this.show();
  }

  // --- showing

  get writable() {
    return Boolean(this.state) && !this.entry.waiting && (this.entry.note || !this.gate.refusal(this.state));
  }

  show() {
    const { entry, state } = this;
    this.el.hidden = !this.id;
    this.el.dataset.note = String(entry.note);
    if (this.field.text !== entry.text) this.field.text = entry.text;
    const open = !state || entry.note || !this.gate.refusal(state);
    if (state && !open) this.gate.show(state);
    const parts = this.recording ? [this.recorder.node] : this.templates.open ? [this.templates.node] : [open ? this.around : this.gate.node];
    const wanted = [this.warning, ...parts, this.problem, this.hint];
    // What is in place stays: a field that is put in anew loses the focus.
    if (wanted.some((node, n) => this.el.children[n] !== node)) fill(this.el, wanted);
    this.showTools();
    this.showWarning();
    this.tray.show(entry.note ? [] : entry.items);
    this.tick();
    this.field.fit();
    this.count();
    if (state) this.gate.watch(state);
  }

  showTools() {
    const { entry, state } = this;
    const name = state ? plain(state.name) : "";
    this.field.node.placeholder = entry.note ? "Write a note that only your team sees" : `Reply to ${name}`;
    this.field.node.setAttribute("aria-label", entry.note ? "Note text" : "Reply");
    this.field.node.readOnly = entry.waiting;
    this.noteTool.setAttribute("aria-checked", String(entry.note));
    for (const tool of [this.attachTool, this.recordTool]) tool.hidden = entry.note;
    this.recordTool.hidden ||= state?.sounds === null;
    this.button.dataset.words = String(entry.note);
    const label = entry.note ? "Add note" : "Send";
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
    fill(this.button, entry.note ? label : icon("send"));
    this.button.disabled = entry.waiting || (entry.note ? !entry.text.trim() : entry.empty);
    this.box.setAttribute("aria-busy", String(entry.waiting));
  }

  showWarning() {
    const { warning } = this.entry;
    this.warning.hidden = !warning;
    if (!warning) return fill(this.warning);
    const { scope, newest } = this.state;
    const review = () => {
      this.sending.reviewed(this.entry, this.state);
      page.dispatchEvent(new CustomEvent("reveal", { detail: { scope, id: this.id, message: warning.message || newest } }));
      this.show();
      this.field.focus();
    };
    return fill(
      this.warning,
      icon("alert"),
      h("span", {}, warning.words),
      h(
        "span",
        { class: "cw-closed-actions" },
        h("button", { class: "cw-button", onclick: review }, "Review"),
        h("button", { class: "cw-button", onclick: () => this.sendAnyway() }, "Send anyway"),
      ),
    );
  }

  tick() {
    const { state } = this;
    if (!state) return fill(this.hint);
    const left = this.gate.left(state);
    return fill(this.hint, this.advice(), left && h("span", { class: "cw-window" }, icon("clock"), `Messaging window open for ${left}`));
  }

  advice() {
    const { entry } = this;
    if (entry.waiting) {
      const stop = () => {
        entry.waiting = false;
        this.show();
      };
      return h("span", { role: "status" }, "Sends as soon as the files have arrived. ", h("button", { class: "cw-link-button", onclick: stop }, "Wait, don't send"));
    }
    if (!this.box.isConnected) return h("span");
    const does = entry.note ? " adds the note, " : " sends, ";
    const draft = !entry.empty && !entry.dirty && !this.field.focused && h("span", { class: "cw-pill" }, "Draft");
    return h("span", {}, draft, draft && " ", h("kbd", {}, "Enter"), does, h("kbd", {}, "Shift"), " ", h("kbd", {}, "Enter"), " new line");
  }

  /** What is left of the limit, once it comes near. */
  count() {
    const { entry, state } = this;
    const limit = entry.note ? null : state?.limit;
    const left = limit ? limit.n - size(entry.text, limit.unit) : 0;
    this.counter.hidden = !limit || left > limit.n * (1 - NEAR);
    this.counter.textContent = left.toLocaleString();
    this.counter.dataset.over = String(left < 0);
    this.counter.setAttribute("aria-label", left < 0 ? `${-left} over the limit` : `${left} left`);
  }

  say(words) {
    fill(this.problem, words && icon("alert"), words);
    this.problem.hidden = !words;
  }

  // --- writing

  typed() {
    const { entry } = this;
    entry.text = this.field.text;
    this.changed(entry);
    this.canned.typed();
  }

  /** The entry is another one than was tried to be sent, and to be kept. */
  changed(entry) {
    this.drafts.touch(entry);
    if (entry !== this.entry) return;
    if (!this.sending.same(entry)) entry.attempt = null;
    this.say("");
    this.showTools();
    this.count();
    this.plan();
  }

  key(event) {
    if (this.canned.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  /** The keys r and m; false where there is nothing to write in. */
  reply(note) {
    if (!this.id || !this.el.isConnected || this.recording) return false;
    if (this.entry.note !== note) this.setNote(note);
    if (this.box.isConnected) this.field.focus();
    else this.gate.node.querySelector("button")?.focus();
    return true;
  }

  setNote(on) {
    this.entry.note = on;
    this.changed(this.entry);
    this.show();
    if (this.box.isConnected) this.field.focus();
  }

  /** What the channel says to the whole of it, and how many messages it becomes. */
  async askPlan() {
    const { entry, state, id } = this;
    if (!state || entry.note || (!entry.items.length && this.counter.hidden)) return this.tray.say("");
    const files = entry.items.map(({ facts }) => facts);
    try {
      const { value } = await this.link.ask("plan", { conversation_id: id, text: entry.text, files });
      if (entry !== this.entry) return undefined;
      if (value.refusal) this.say(value.refusal);
      return this.tray.say(value.note);
    } catch (trouble) {
      return entry === this.entry ? this.say(trouble.message) : undefined;
    }
  }

  // --- files

  /** Asks the channel first: nothing is uploaded that it would not take. */
  async attach(files) {
    const { entry, id } = this;
    await this.loading;
    if (!files.length || this.id !== id || !this.writable) return;
    const facts = files.map((file) => ({ name: file.name, size: file.size, mime: file.type }));
    const present = entry.items.map((item) => item.facts);
    try {
      const { value } = await this.link.ask("attach", { conversation_id: id, present, files: facts });
      const taken = value.taken.map((n) => Attached.of(this.link, files[n], files[n].name, () => this.moved(entry)));
      entry.items.push(...taken);
      this.changed(entry);
      this.show();
      this.say(value.refusals.join(" "));
      if (!this.recording) this.field.focus();
    } catch (trouble) {
      this.say(trouble.message);
    }
  }

  remove(item) {
    const { entry } = this;
    item.drop();
    entry.items = entry.items.filter((each) => each !== item);
    this.changed(entry);
    this.show();
    this.field.focus();
  }

  /** A file has come further. */
  moved(entry) {
    if (entry.items.every(({ id }) => id)) this.drafts.touch(entry);
  }

  // --- templates

  /** `anew`: from the list; else as it was filled in last. */
  async chooseTemplate(anew = true) {
    await this.loading;
    if (!this.state?.templates) return;
    this.templates.show(this.state.channel, anew);
    this.show();
    this.templates.form.focus();
  }

  templateClosed() {
    this.show();
    this.reply(this.entry.note);
  }

  // --- sound

  async record() {
    const { id } = this;
    this.say("");
    this.recording = await this.recorder.start(this.state?.sounds ?? []);
    if (this.id !== id) this.recorder.discard();
    else if (this.recording) {
      this.show();
      this.recorder.focus();
    }
  }

  recorded() {
    if (!this.recording) return;
    this.recording = false;
    this.show();
    if (this.box.isConnected) this.field.focus();
  }

  /** A message of its own: what is written beside it stays. */
  async sendVoice(file) {
    const { entry, state } = this;
    const facts = { name: file.name, size: file.size, mime: file.type };
    try {
      const { value } = await this.link.ask("attach", { conversation_id: entry.id, present: [], files: [facts] });
      if (!value.taken.length) return this.say(value.refusals.join(" "));
      const item = Attached.of(this.link, file, file.name, () => {});
      return await this.sending.voice(entry, state, item);
    } catch (trouble) {
      return this.say(trouble.message);
    }
  }

  // --- canned replies

  async cannedReplies() {
    return (await this.link.read("canned", { conversation_id: this.id })).value;
  }

  cannedActions() {
    return {
      load: () => this.cannedReplies(),
      save: (shortcut, text) => this.link.ask("save_canned", { shortcut, text }),
      remove: (shortcut) => this.link.ask("delete_canned", { shortcut }),
    };
  }

  // --- sending

  async send() {
    const { entry } = this;
    await this.loading;
    await this.attaching;
    if (!this.state || entry !== this.entry || !this.writable) return;
    this.say("");
    const words = await this.sending.send(entry, this.state);
    if (words && entry === this.entry) this.say(words);
  }

  /** To what was taken back: one wants to write on. */
  goBack({ id }) {
    this.go(id);
    this.model.set("conversation_id", id);
    this.model.save_changes();
    this.reply(false);
  }

  sendAnyway() {
    this.sending.reviewed(this.entry, null);
    this.field.focus();
    this.send();
  }
}

export default panel("composer", (parts) => new Composer(parts));
