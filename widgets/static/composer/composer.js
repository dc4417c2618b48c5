// Writing: a reply or a note, with files, recorded sound and emoji.

import { attached, attachedAlone, planned } from "./asking.js";
import { takeDrops, takePastes } from "./attach.js";
import { Attached } from "../shared/attached.js";
import { Canned } from "./canned.js";
import { debounce, fill, h, token } from "../shared/dom.js";
import { Drafts } from "./drafts.js";
import { EmojiPicker } from "./emoji_picker.js";
import { Field } from "./field.js";
import { Gate } from "./gate.js";
import { Hint } from "./hint.js";
import { icon } from "../shared/icons.js";
import { onCommands } from "../shared/keys.js";
import { onForetold } from "../shared/opening.js";
import { page } from "../shared/page.js";
import { every, onTrait, panel } from "../shared/panel.js";
import { Recorder } from "./recorder.js";
import { Sending } from "./sending.js";
import { TemplatePane } from "./template_pane.js";
import { plain } from "../shared/text.js";
import { Toolbar } from "./toolbar.js";
import { Tray } from "./tray.js";
import { Warning } from "./warning.js";

// Milliseconds within which the kernel says what the list has chosen.
const SETTLED = 1500;

class Composer {
  constructor({ model, el, link, signal }) {
    Object.assign(this, { model, el, link, state: null });
    const lost = () => this.lost;
    this.drafts = new Drafts({ link, signal, told: (entry) => entry === this.entry && this.tick() });
    this.sending = new Sending({ el, link, signal, drafts: this.drafts, lost, scope: () => this.state?.scope, shown: (entry) => entry === this.entry && this.show(), back: (entry) => this.goBack(entry) });
    this.plan = debounce(250, () => this.askPlan());
    this.makeParts(link, signal);
    this.build();
    this.listen(link, signal);
    this.open(model.get("conversation_id"));
    this.findUnsaved();
  }

  makeParts(link, signal) {
    this.field = new Field({ typed: () => this.typed(), key: (event) => this.key(event) });
    this.gate = new Gate({ template: () => this.chooseTemplate(), note: () => this.setNote(true), moved: () => this.show(), signal });
    this.tray = new Tray((item) => this.remove(item));
    this.recorder = new Recorder({ send: (file) => this.sendVoice(file), ended: () => this.recorded(), say: (words) => this.say(words) });
    this.emoji = new EmojiPicker({ load: async () => (await link.read("emoji")).value, choose: (char) => this.field.insert(char), leave: () => this.field.focus() });
    this.canned = new Canned({ el: this.el, field: this.field, id: `cw-canned-${token()}`, link, conversation: () => this.id });
    this.templates = new TemplatePane({
      link,
      send: (choice) => this.sending.template(this.entry, this.state, choice, () => this.chooseTemplate(false)),
      closed: () => this.templateClosed(),
    });
    this.hint = new Hint(() => this.stopWaiting());
    this.warning = new Warning({ review: (message) => this.review(message), anyway: () => this.sendAnyway() });
    this.toolbar = new Toolbar({
      attach: {
        files: (files) => this.attach(files),
        template: { offered: () => this.state?.templates, choose: () => this.chooseTemplate() },
        photos: () => this.state?.photos || "image/*",
      },
      emoji: this.emoji.button,
      canned: this.canned.button(),
      record: () => this.record(),
      note: () => this.setNote(!this.entry.note),
      send: () => this.send(),
    });
  }

  build() {
    this.problem = h("p", { class: "cw-composer-problem", role: "alert", hidden: true });
    this.box = h("div", { class: "cw-composer-box", onclick: ({ target }) => target === this.box && this.field.focus() }, this.tray.node, this.field.node, this.toolbar.node);
    this.around = h("div", { class: "cw-composer-around" }, this.canned.node, this.box);
  }

  listen(link, signal) {
    for (const name of ["focus", "blur"]) this.field.node.addEventListener(name, () => this.tick());
    const take = (files) => this.attach(files);
    takePastes(this.field.node, take);
    takeDrops(this.el, signal, { ready: () => this.id && !this.entry.note && (this.writable || !this.state), take });
    onCommands(this.el, signal, { reply: () => this.reply(false), note: () => this.reply(true) });
    link.on("state", (value) => this.take(value));
    link.on("live", (live) => this.followHub(live));
    onForetold(this.el, signal, (id) => this.foretold(id));
    page.addEventListener("drafted", ({ detail }) => this.drafted(detail), { signal });
    onTrait(this.model, "conversation_id", signal, (id) => this.open(id));
    every(20_000, signal, () => this.tick());
    signal.addEventListener("abort", () => {
      clearTimeout(this.settling);
      this.recorder.discard();
    });
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
    this.drafts.keepAll();
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

  /** A page that is loaded anew while the hub is away finds what was written in the kernel. */
  async findUnsaved() {
    try {
      const { value } = await this.link.read("unsaved");
      this.drafts.takeUnsaved(value.drafts);
      if (!value.live) this.followHub(false);
      this.write();
    } catch (trouble) {
      this.say(trouble.message);
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

  /** Whether the hub is away. */
  get lost() {
    return this.el.dataset.live === "false";
  }

  followHub(live) {
    this.el.dataset.live = String(live);
    if (live) this.say("");
    if (live && !this.state) this.loading = this.load(this.id);
    this.tick();
  }

  /** New made a draft for a conversation; one that is opened later finds it by itself. */
  drafted({ scope, id, text }) {
    if (scope !== this.state?.scope || id !== this.id) return;
    this.drafts.take(this.entry, { text, note: false, uploads: [] });
    this.write();
  }

  // --- showing

  get writable() {
    return Boolean(this.state) && !this.entry.waiting && this.sendable;
  }

  /** Whether there is a text field: not where nothing may be sent. */
  get sendable() {
    return !this.state || this.entry.note || !this.gate.refusal(this.state);
  }

  show() {
    const { entry, state, sendable: open } = this;
    this.el.hidden = !this.id;
    this.el.dataset.note = String(entry.note);
    if (this.field.text !== entry.text) this.field.text = entry.text;
    if (state && !open) this.gate.show(state);
    const parts = this.recording ? this.recorder.node : this.templates.open ? this.templates.node : open ? this.around : this.gate.node;
    const wanted = [this.warning.node, parts, this.problem, this.hint.node];
    // What is in place stays: a field that is put in anew loses the focus.
    if (wanted.some((node, n) => this.el.children[n] !== node)) fill(this.el, wanted);
    this.field.show(entry, state ? plain(state.name) : "");
    this.box.setAttribute("aria-busy", String(entry.waiting));
    this.toolbar.show(entry, state);
    this.warning.show(state && entry.warning);
    this.tray.show(entry.note ? [] : entry.items);
    this.tick();
    if (state) this.gate.watch(state);
  }

  tick() {
    const { state, lost } = this;
    this.hint.show(this.entry, { lost, focused: this.field.focused, open: this.box.isConnected, left: state ? this.gate.left(state) : "" });
  }

  say(words) {
    fill(this.problem, words && icon("alert"), words);
    this.problem.hidden = !words;
  }

  /** Runs `work`, which resolves to words where something is wrong with this entry. */
  async attempt(work, entry = this.entry) {
    const words = await work(entry).catch((trouble) => trouble.message);
    if (words && entry === this.entry) this.say(words);
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
    this.toolbar.show(entry, this.state);
    this.tick();
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
  askPlan() {
    return this.attempt(async (entry) => {
      const asks = this.state && !entry.note && (entry.items.length || this.toolbar.counts);
      const { refusal, note } = asks ? await planned(this.link, entry) : { refusal: "", note: "" };
      if (entry === this.entry) this.tray.say(note);
      return refusal;
    });
  }

  // --- files

  attach(files) {
    this.attaching = this.attempt((entry) => this.attachTo(entry, files));
  }

  async attachTo(entry, files) {
    await this.loading;
    if (!files.length || entry !== this.entry || !this.writable) return "";
    const { items, words } = await attached(this.link, entry, files, () => this.moved(entry));
    entry.items.push(...items);
    this.changed(entry);
    this.show();
    if (!this.recording) this.field.focus();
    return words;
  }

  remove(item) {
    const { entry } = this;
    item.drop();
    entry.items = entry.items.filter((each) => each !== item);
    this.changed(entry);
    this.show();
    this.field.focus();
  }

  /** A file has come further: with all of them there, they are part of the draft. */
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
    this.say("");
    if (!(await this.recorder.start(this.state?.sounds ?? []))) return;
    this.recording = true;
    this.show();
    this.recorder.focus();
  }

  recorded() {
    if (!this.recording) return;
    this.recording = false;
    this.show();
    if (this.box.isConnected) this.field.focus();
  }

  /** A message of its own: what is written beside it stays. Resolves to whether it is on its way. */
  async sendVoice(file) {
    const { entry, state } = this;
    this.say("");
    const refused = ({ message: words }) => ({ words });
    const { item, words } = this.lost ? { words: this.sending.away() } : await attachedAlone(this.link, entry, file).catch(refused);
    const left = entry !== this.entry || !this.recording;
    if (!item && left) this.sending.restore(entry, "", [Attached.of(this.link, file, () => this.moved(entry))]);
    this.attempt(async () => (item ? this.sending.voice(entry, state, item) : words), entry);
    return Boolean(item);
  }

  // --- sending

  send() {
    return this.attempt(async (entry) => {
      if (this.lost) return entry.ready ? this.sending.away() : "";
      await this.loading;
      await this.attaching;
      if (!this.state || entry !== this.entry || !this.writable) return "";
      this.say("");
      return this.sending.send(entry, this.state);
    });
  }

  stopWaiting() {
    this.entry.waiting = false;
    this.show();
  }

  review(message) {
    const { scope, newest } = this.state;
    this.sending.reviewed(this.entry, this.state);
    page.dispatchEvent(new CustomEvent("reveal", { detail: { scope, id: this.id, message: message || newest } }));
    this.show();
    this.field.focus();
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
