// What is done to conversations and contacts, whichever panel does it: asked for, told in a toast with a
// way back, and copied as code.

import { copyText } from "./clipboard.js";
import { around, h } from "./dom.js";
import { plural } from "./format.js";
import { underWay } from "./offers.js";
import { confirm, toast } from "./overlay.js";
import { page } from "./page.js";
import { plain } from "./text.js";

const NAMED = 5;
const UNDO_TIME = 10_000;

/**
 * What each verb is called, its picture, and how what it did is told, where that is not of the
 * conversation but `of` something in it. `key`: the command of its key.
 */
export const VERBS = {
  mark_read: { label: "Mark as read", icon: "read", done: "marked as read", already: "read" },
  mark_unread: { label: "Mark as unread", icon: "unread", key: "unread", done: "marked as unread", already: "unread" },
  resolve: { label: "Resolve", icon: "resolve", key: "resolve", done: "resolved", already: "resolved" },
  reopen: { label: "Reopen", icon: "reopen", key: "resolve", done: "reopened", already: "open" },
  archive: { label: "Archive", icon: "archive", key: "archive", done: "archived", already: "archived" },
  unarchive: { label: "Unarchive", icon: "unarchive", key: "archive", done: "unarchived", already: "active" },
  delete: { label: "Delete", icon: "trash", done: "deleted", danger: true },
  agent_replies_on: { label: "Turn Agent replies on", of: "Agent replies", done: "turned on", already: "on" },
  agent_replies_off: { label: "Turn Agent replies off", of: "Agent replies", done: "turned off", already: "off" },
  merge: { of: "Contacts", done: "merged" },
  unmerge: { of: "Contacts", done: "unmerged" },
};

/** By the inbox around them: the newest deed of its panels. */
const newest = new WeakMap();

/** A panel `el` did something, whatever it was: its kernel says so with the answer. */
export function did(el, deed) {
  newest.set(around(el), deed);
}

export class Deeds {
  /** `scope()` is the workspace; `busy(words)` shows what goes on, "" that it is over. */
  constructor({ el, link, scope, busy = () => {} }) {
    Object.assign(this, { el, link, scope, busy });
    this.running = "";
    link.on("progress", ({ done, of }) => this.running && this.busy(`${this.running} ${done.toLocaleString()} of ${of.toLocaleString()}`));
  }

  /**
   * Does a verb to conversations: {ids, names}, or the {count} of all that match in the list number
   * {list}. Resolves to whether it was done; what went wrong has been told.
   */
  async run(verb, target) {
    try {
      if (verb === "delete" && !(await this.sure(target))) return false;
      if (verb === "mark_unread") page.dispatchEvent(new CustomEvent("left unread", { detail: { scope: this.scope(), ids: target.ids } }));
      const { value, unwanted } = await this.act(verb, target);
      if ("matches" in value) return this.again(verb, target, value.matches);
      this.tell(summary(verb, value.changed), value);
      if (unwanted && value.deed.undo) await this.undo(value.deed.id);
      return true;
    } catch (trouble) {
      toast(this.el, trouble.message);
      return false;
    }
  }

  async act(verb, target) {
    const unwanted = underWay(this.el);
    try {
      return { value: await this.ask("act", { verb, ...asked(target) }, `${VERBS[verb].label}…`), unwanted: unwanted() };
    } catch (trouble) {
      unwanted();
      throw trouble;
    }
  }

  async ask(name, args, words) {
    this.running = words;
    this.busy(words);
    try {
      return (await this.link.ask(name, args)).value;
    } finally {
      this.running = "";
      this.busy("");
    }
  }

  /** What matches is not what was chosen any more. */
  async again(verb, target, count) {
    const { label } = VERBS[verb];
    if (count === 0) {
      toast(this.el, "Nothing matches any more");
      return false;
    }
    if (verb === "delete") return this.run(verb, { ...target, count });
    const sure = await confirm(this.el, {
      title: `${plural(count, "conversation")} match now`,
      body: h("p", {}, `There were ${target.count.toLocaleString()} when you selected them. ${label} all ${count.toLocaleString()}?`),
      action: label,
      danger: false,
    });
    return sure && this.run(verb, { ...target, count });
  }

  /** Says in `words` what was done, with a way back and as code. */
  tell(words, { deed, trouble }) {
    const undo = deed.undo ? { run: () => this.undo(deed.id) } : null;
    const copy = { label: "Copy as Python", run: () => this.copy("python", deed.id) };
    toast(this.el, [words, trouble].filter(Boolean).join(". "), { undo, actions: [copy], wait: UNDO_TIME });
  }

  /** Of a menu: to copy what was done last, in whichever panel; none before anything was. */
  copies() {
    const deed = newest.get(around(this.el));
    const item = (label, form) => ({ label: `Copy last action as ${label}`, icon: "code", run: () => this.copy(form, deed) });
    return deed ? [item("Python", "python"), item("SQL", "sql")] : [];
  }

  /** As Python or SQL: the list, or what was done (`deed`). */
  async copy(form, deed = "") {
    try {
      const asked = deed ? this.link.ask("deed_code", { deed, form }) : this.link.ask("code", { form });
      await copyText(this.el, (await asked).value, form === "sql" ? "SQL" : "Python");
    } catch (trouble) {
      toast(this.el, trouble.message);
    }
  }

  async undo(deed) {
    try {
      const { verb, changed } = await this.ask("undo", { deed }, "Undo…");
      toast(this.el, summary(verb, changed));
    } catch (trouble) {
      toast(this.el, trouble.message);
    }
  }

  // --- deleting

  async sure(target) {
    const { value: lost } = await this.link.ask("contents", asked(target));
    const files = lost.files > 0 && plural(lost.files, "file");
    const what = [plural(lost.messages, "message"), files].filter(Boolean).join(" and ");
    const one = target.names?.length === 1;
    return confirm(this.el, {
      title: one ? `Delete the conversation with ${plain(target.names[0])}?` : `Delete ${plural(lost.conversations, "conversation")}?`,
      body: [
        !one && target.names && h("p", {}, listed(target.names)),
        h("p", {}, "This permanently deletes ", h("strong", {}, what), ". It cannot be undone."),
      ],
      action: "Delete",
    });
  }
}

function asked({ ids, count, list }) {
  return ids ? { ids } : { expected: count, listing: list };
}

function summary(verb, changed) {
  const { of, done, already } = VERBS[verb];
  if (changed === 0) return already ? `Nothing to do: already ${already}` : "Nothing to do";
  return `${of ?? (changed === 1 ? "Conversation" : plural(changed, "conversation"))} ${done}`;
}

/** Some names and how many more there are. */
function listed(names) {
  const shown = names.slice(0, NAMED).map(plain).join(", ");
  return names.length > NAMED ? `${shown} and ${(names.length - NAMED).toLocaleString()} more` : shown;
}
