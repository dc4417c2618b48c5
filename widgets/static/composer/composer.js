// Writing: a reply or a note, with files, recorded sound and emoji.

import { attached, attachedAlone, planned } from "./asking.js";
import { takeDrops, takePastes } from "./attach.js";
import { Attached } from "../shared/attached.js";
import { debounce, fill } from "../shared/dom.js";
import { Drafts } from "./drafts.js";
import { onCommands } from "../shared/keys.js";
import { Opening, openConversation } from "../shared/opening.js";
import { toast } from "../shared/overlay.js";
import { page } from "../shared/page.js";
import { every, onTrait, panel } from "../shared/panel.js";
import { partsOf } from "./parts.js";
import { onQuote } from "./quote.js";
import { Sending } from "./sending.js";
import { plain } from "../shared/text.js";

// Milliseconds that it is said what was not sent, to somebody who is busy with something else.
const LONG = 30_000;

class Composer {
  constructor({ model, el, link, signal }) {
    Object.assign(this, { model, el, link, state: null });
    const lost = () => this.lost;
    this.drafts = new Drafts({ link, signal, told: (entry) => entry === this.entry && this.tick() });
    this.sending = new Sending({ el, link, signal, drafts: this.drafts, lost, shown: (entry) => entry === this.entry && this.show(), back: (entry) => this.goBack(entry) });
    this.plan = debounce(250, () => this.askPlan());
    Object.assign(this, partsOf(this, signal));
    this.listen(link, signal);
    this.go(model.get("conversation_id"));
    this.findUnsaved();
  }

  listen(link, signal) {
    for (const name of ["focus", "blur"]) this.field.node.addEventListener(name, () => this.tick());
    const take = (files) => this.attach(files);
    takePastes(this.field.node, take);
    takeDrops(this.el, signal, { ready: () => this.id && !this.entry.noting && (this.writable || !this.state), take });
    onCommands(this.el, signal, { reply: () => this.reply(false), note: () => this.reply(true), template: () => this.id !== "" && void this.chooseTemplate() });
    link.on("state", (value) => this.take(value));
    link.on("live", (live) => this.followHub(live));
    onQuote(this, signal, (message) => this.quoteOf(message));
    page.addEventListener("drafted", ({ detail }) => this.drafted(detail), { signal });
    const opening = new Opening(this.el, signal, (id) => this.go(id));
    onTrait(this.model, "conversation_id", signal, (id) => opening.told(id));
    every(20_000, signal, () => this.tick());
    signal.addEventListener("abort", () => this.recorder.discard());
  }

  // --- opening

  go(id) {
    if (id !== this.id) this.loading = this.load(id);
  }

  load(id) {
    this.drafts.keepAll();
    this.recorder.discard();
    this.templates.leave();
    this.id = id;
    this.entry = this.drafts.of(id);
    this.state = null;
    this.write();
    return this.read();
  }

  /** What there is to know before one writes here; while it can't be had, nothing is sent. */
  async read() {
    const { id } = this;
    this.showTrouble("");
    if (!id) return;
    try {
      const { value } = await this.link.read("ready", { view: this.link.view, conversation_id: id });
      if (this.id !== id) return;
      this.drafts.take(this.entry, value.draft);
      this.take(value);
      this.write();
    } catch (trouble) {
      if (this.id === id) this.showTrouble(trouble.message);
    }
  }

  /** By a button, or by Enter. */
  readAgain() {
    this.loading = this.read();
    return this.loading;
  }

  /** A page that is loaded anew while the hub is away finds what was written in the kernel. */
  async findUnsaved() {
    try {
      const { value } = await this.link.read("unsaved");
      this.drafts.takeUnsaved(value.drafts);
      if (!value.live) this.followHub(false);
      this.write();
    } catch (trouble) {
      this.showTrouble(trouble.message);
    }
  }

  take(state) {
    if (!state || state.conversation_id !== this.id) return;
    this.state = state;
    this.gate.setClock(state.now);
    this.entry.name = plain(state.name);
    this.sending.read(this.entry, state);
    this.show();
  }

  /** Puts what the entry holds into the field. */
  write() {
    this.canned.hide();
    this.field.text = this.entry.shown.text;
    this.show();
  }

  /** Whether the hub is away. */
  get lost() {
    return this.el.dataset.live === "false";
  }

  followHub(live) {
    this.el.dataset.live = String(live);
    if (live) this.say("");
    if (live && !this.state) this.readAgain();
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
    return Boolean(this.state) && (this.entry.noting || !this.entry.waiting) && this.sendable;
  }

  /** Whether there is a text field: not where nothing may be sent. */
  get sendable() {
    return !this.state || this.entry.noting || !this.gate.refusal(this.state);
  }

  show() {
    const { entry, state, sendable: open } = this;
    this.el.hidden = !this.id;
    this.el.dataset.note = String(entry.noting);
    if (this.field.text !== entry.shown.text) this.field.text = entry.shown.text;
    if (state && !open) this.gate.show(state);
    const parts = this.recording ? this.recorder.node : this.templates.open ? this.templates.node : open ? this.around : this.gate.node;
    const wanted = [this.warning.node, parts, this.problem.node, this.hint.node];
    // What is in place stays: a field that is put in anew loses the focus.
    if (wanted.some((node, n) => this.el.children[n] !== node)) fill(this.el, wanted);
    this.field.show(entry, entry.name);
    this.box.setAttribute("aria-busy", String(entry.waiting && !entry.noting));
    this.toolbar.show(entry, state);
    this.warning.show(state && !entry.noting && entry.warning);
    this.quoted.show(entry.noting ? null : entry.reply.quote, state?.me);
    this.tray.show(entry.noting ? [] : entry.reply.items);
    this.showProblem();
    this.tick();
    if (state) this.gate.watch(state);
  }

  tick() {
    const { state, lost } = this;
    this.hint.show(this.entry, { lost, focused: this.field.focused, open: this.box.isConnected, left: state ? this.gate.left(state) : "" });
  }

  /** What is wrong with this entry, until it changes. */
  say(words) {
    this.entry.problem = words;
    this.showProblem();
  }

  /** Why nothing is known of the conversation. */
  showTrouble(words) {
    this.trouble = words;
    this.showProblem();
  }

  showProblem() {
    this.problem.show(this.trouble || this.entry.problem, Boolean(this.trouble));
  }

  /**
   * Runs `work`, which resolves to words where something is wrong with this entry. `undone` says what was not done,
   * to who has gone on to something else; "": that need not be known then.
   */
  async attempt(work, undone = "", entry = this.entry) {
    const { noting } = entry;
    const words = await work(entry).catch((trouble) => trouble.message);
    if (words && (undone || entry === this.entry)) this.fail(entry, noting, undone, words);
  }

  fail(entry, noting, undone, words) {
    if (words !== entry.warning) entry.problem = entry.noting === noting || !undone ? words : `${undone}: ${words}`;
    this.showProblem();
    if (entry === this.entry) return;
    const open = { label: "Open", run: () => openConversation(this.el, this.model, entry.id) };
    toast(this.el, `${undone} to ${entry.name}: ${words}`, { actions: [open], wait: LONG });
  }

  // --- writing

  typed() {
    const { entry } = this;
    entry.shown.text = this.field.text;
    this.changed(entry);
    this.sending.typing(entry, this.state);
    this.canned.typed();
  }

  /** The entry is another one than was tried to be kept. */
  changed(entry) {
    this.drafts.touch(entry);
    if (entry !== this.entry) return;
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
    if (this.entry.noting !== note) this.setNote(note);
    if (this.box.isConnected) this.field.focus();
    else this.gate.node.querySelector("button")?.focus();
    return true;
  }

  setNote(on) {
    this.entry.noting = on;
    this.changed(this.entry);
    this.write();
    if (this.box.isConnected) this.field.focus();
  }

  /** A message of the open conversation is to be answered; what keeps one from it is said. */
  async quoteOf(message) {
    const { entry } = this;
    await this.loading;
    if (!this.state || entry !== this.entry) return;
    if (this.recording) return void toast(this.el, "Finish or cancel the recording first");
    entry.noting = false;
    this.templates.close();
    if (this.sendable) this.quote(message);
  }

  /** `message`: in short; null: none. */
  quote(message) {
    this.entry.reply.quote = message;
    this.setNote(false);
  }

  reveal(message) {
    page.dispatchEvent(new CustomEvent("reveal", { detail: { scope: this.state.scope, id: this.id, message } }));
  }

  /** What the channel says to the whole of it, and how many messages it becomes. */
  askPlan() {
    return this.attempt(async (entry) => {
      const asks = this.state && !entry.noting && (entry.reply.items.length || this.toolbar.counts);
      const { refusal, note } = asks ? await planned(this.link, entry) : { refusal: "", note: "" };
      if (entry === this.entry) this.tray.say(note);
      return refusal;
    });
  }

  // --- files

  attach(files) {
    this.attaching = this.attempt((entry) => this.attachTo(entry, files), "Not attached");
  }

  async attachTo(entry, files) {
    await this.loading;
    if (entry.noting) return "Files don't go with a note; switch to the reply to attach them.";
    if (!files.length || entry !== this.entry || !this.writable) return "";
    const { items, words } = await attached(this.link, entry, files, () => this.moved(entry));
    entry.reply.items.push(...items);
    this.changed(entry);
    this.show();
    if (!this.recording) this.field.focus();
    return words;
  }

  remove(item) {
    const { entry } = this;
    item.drop();
    entry.reply.items = entry.reply.items.filter((each) => each !== item);
    this.changed(entry);
    this.show();
    this.field.focus();
  }

  /** A file has come further: with all of them there, they are part of the draft. */
  moved(entry) {
    if (entry.reply.items.every(({ id }) => id)) this.drafts.touch(entry);
  }

  // --- templates

  /** `anew`: from the list; else as it was filled in last. */
  async chooseTemplate(anew = true) {
    await this.loading;
    if (!this.state) return undefined; // what keeps it away is shown
    if (!this.state.templates) return this.say("This channel has no templates; write a text.");
    this.templates.show(this.entry, this.state.channel, anew);
    this.show();
    return this.templates.form.focus();
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
    const { entry } = this;
    this.say("");
    const refused = ({ message: words }) => ({ words });
    const { item, words } = this.lost ? { words: this.sending.away() } : await attachedAlone(this.link, entry, file).catch(refused);
    if (!item && (entry !== this.entry || !this.recording)) {
      entry.reply.giveBack([{ text: "", items: [Attached.of(this.link, file, () => this.moved(entry))] }]);
      this.changed(entry);
    }
    this.attempt(async () => (item ? this.sending.voice(entry, item) : words), "Not sent", entry);
    return Boolean(item);
  }

  // --- sending

  send() {
    return this.attempt(async (entry) => {
      if (this.lost) return entry.ready ? this.sending.away() : "";
      await this.loading;
      await this.attaching;
      if (!this.state) await this.readAgain();
      if (!this.state || entry !== this.entry || !this.writable) return "";
      this.say("");
      return this.sending.send(entry);
    }, this.entry.noting ? "Note not added" : "Not sent");
  }

  stopWaiting() {
    this.entry.waiting = false;
    this.show();
  }

  /** Shows what came last; it counts as seen, also what the composer had not heard of yet. */
  async review() {
    await this.readAgain();
    if (!this.state) return;
    this.sending.reviewed(this.entry, this.state);
    this.reveal(this.state.other?.id ?? this.state.newest);
    this.show();
    this.field.focus();
  }

  /** To what was taken back: one wants to write on. */
  goBack(entry) {
    openConversation(this.el, this.model, entry.id);
    this.reply(entry.noting && !entry.note.empty);
  }

  sendAnyway() {
    this.sending.reviewed(this.entry, null);
    if (this.templates.open) return this.templates.submit();
    this.field.focus();
    return this.send();
  }
}

export default panel("composer", (parts) => new Composer(parts));
