// What every panel shares: talking to its kernel side, keys, theme, and life cycle.

import { did } from "./deeds.js";
import { fill, h, token } from "./dom.js";
import { icon } from "./icons.js";
import { onCommands, runKey, undoes } from "./keys.js";
import { takeBack } from "./offers.js";

const FIRST_RETRIES = [700, 2000, 5000];
// Longer than a call to the hub may take, a restart and a delete that waits for a send included:
// an answer that is on its way must not be called missing.
const PATIENCE = 180_000;
const SUPPRESS = "data-lm-suppress-shortcuts";
// With Ctrl, Meta or Alt, these act on cells in JupyterLab, or on the text in them.
const CELL_KEYS = new Set(["enter", "backspace", "arrowup", "arrowdown", "arrowleft", "arrowright", "a", "m", "z", "-", "_"]);

/** An error in words, as the kernel or the panel itself found it. */
export class Trouble extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * Requests to the panel's Python side and what it pushes. Nothing but these custom messages carries
 * customers' data: they are never saved with the notebook.
 */
class Link {
  constructor(model, el, signal) {
    Object.assign(this, { model, el });
    this.view = token();
    this.waiting = new Map();
    this.pushed = new Map();
    this.answered = false;
    const receive = (message, buffers) => this.receive(message, buffers);
    model.on("msg:custom", receive);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", receive);
      for (const { done } of this.waiting.values()) done();
    });
  }

  /** Calls `run(value)` for every push of this name, too. */
  on(name, run) {
    this.pushed.set(name, [...(this.pushed.get(name) ?? []), run]);
  }

  /** Says something that needs no answer, to a kernel that may be gone. */
  tell(name, args = {}) {
    this.post(null, name, args);
  }

  /** Asks once: for what changes something. `bytes`: an ArrayBuffer of its own, at most a few MB. */
  ask(name, args = {}, bytes = null) {
    return this.request(name, args, [], bytes);
  }

  /**
   * Asks for something without side effects. Until the kernel has answered this panel once, it asks
   * again: the first message after a Run All may wait behind the cells that still run.
   */
  read(name, args = {}) {
    return this.request(name, args, this.answered ? [] : FIRST_RETRIES);
  }

  /** Resolves to {value, parts, deed}: what was answered, the bytes that came with it, and what was done. */
  request(name, args, retries, bytes = null) {
    const call = token();
    return new Promise((resolve, reject) => {
      const timers = retries.map((wait) => setTimeout(() => this.post(call, name, args), wait));
      timers.push(setTimeout(() => this.fail(call, "The kernel does not answer; run the cell again."), PATIENCE));
      const done = () => {
        timers.forEach(clearTimeout);
        this.waiting.delete(call);
      };
      this.waiting.set(call, { resolve, reject, done, parts: [] });
      this.post(call, name, args, bytes);
    });
  }

  post(call, name, args, bytes = null) {
    try {
      this.model.send({ ask: name, args, call }, undefined, bytes ? [new DataView(bytes)] : []);
    } catch {
      this.fail(call, "The kernel was restarted; run the cell again.");
    }
  }

  fail(call, words) {
    const waiting = this.waiting.get(call);
    waiting?.done();
    waiting?.reject(new Trouble("kernel", words));
  }

  receive(message, buffers) {
    if ("push" in message) this.pushed.get(message.push)?.forEach((run) => run(message.value));
    const waiting = this.waiting.get(message.call);
    if (!waiting) return;
    this.answered = true;
    if (buffers?.length) waiting.parts.push(...buffers);
    if ("part" in message) return;
    waiting.done();
    if (message.deed) did(this.el, message.deed);
    if (message.error) waiting.reject(new Trouble(message.error.code, message.error.message));
    else waiting.resolve({ value: message.value, parts: waiting.parts, deed: message.deed });
  }
}

/** What a screen reader calls the panels. */
const LABELS = {
  composer: "Write a message",
  filters: "Search and filters",
  list: "Conversation list",
  view: "Conversation",
};

/** An anywidget module: `build({model, el, link, signal})` fills `el`; `signal` ends with the view. */
export function panel(name, build) {
  return {
    render({ model, el }) {
      const life = new AbortController();
      const link = new Link(model, el, life.signal);
      el.classList.add("cw-panel", `cw-${name}`);
      if (name in LABELS) label(el, LABELS[name]);
      guardKeys(el, life.signal);
      onCommands(el, life.signal, { undo: () => takeBack(el) });
      followTheme(el, life.signal);
      followHub(el, link);
      build({ model, el, link, signal: life.signal });
      const bye = () => link.tell("bye", { view: link.view });
      // A page that is closed, or loaded anew, does not end its views.
      addEventListener("pagehide", bye, { signal: life.signal });
      return () => {
        bye();
        life.abort();
      };
    },
  };
}

function label(el, words) {
  el.setAttribute("role", "region");
  el.setAttribute("aria-label", words);
}

/** Shows in a panel that stands alone that the hub is lost, and loads what failed once it is back. */
function followHub(el, link) {
  link.on("live", (live) => {
    el.dataset.live = String(live);
    if (live) el.querySelector(".cw-retry")?.click();
  });
}

/** Calls `run` with the model's value of `trait` whenever it changes. */
export function onTrait(model, trait, signal, run) {
  const changed = () => run(model.get(trait));
  model.on(`change:${trait}`, changed);
  signal.addEventListener("abort", () => model.off(`change:${trait}`, changed));
}

/**
 * Turns keys into commands, and keeps them from the notebook, whose shortcuts cut and add cells.
 * Combinations with Ctrl, Meta and Alt still reach it (Ctrl+S saves), but for those that would run,
 * merge or move cells.
 */
export function guardKeys(el, signal) {
  el.addEventListener("keydown", (event) => {
    if (!modified(event) || undoes(event)) runKey(el, event);
    if (keeps(event)) event.stopPropagation();
  });
  // JupyterLab hears keys after us, Notebook 7 before: it looks for this mark on what has the focus.
  const mark = (event) => el.contains(event.target) && event.target.toggleAttribute(SUPPRESS, keeps(event));
  addEventListener("keydown", mark, { capture: true, signal });
}

function keeps(event) {
  return !modified(event) || CELL_KEYS.has(event.key.toLowerCase());
}

function modified(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** Marks the panel dark or light as its host is, also where the host is not JupyterLab. */
function followTheme(el, signal) {
  const apply = () => {
    el.dataset.cwTheme = isDark() ? "dark" : "light";
  };
  const watcher = new MutationObserver(apply);
  watcher.observe(document.body, {
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"],
  });
  signal.addEventListener("abort", () => watcher.disconnect());
  apply();
}

function isDark() {
  const said = document.body.dataset.jpThemeLight;
  if (said) return said === "false";
  if (document.body.classList.contains("vscode-dark")) return true;
  return matchMedia("(prefers-color-scheme: dark)").matches && !said;
}

/** Runs `run` every `wait` milliseconds while the view lives. */
export function every(wait, signal, run) {
  const timer = setInterval(run, wait);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** A calm full-panel message: a picture, a heading, a sentence and more. */
export function blank(picture, heading, ...more) {
  return h(
    "div",
    { class: "cw-blank" },
    h("div", { class: "cw-blank-picture" }, icon(picture)),
    h("h3", {}, heading),
    more,
  );
}

/** Shows trouble in place, with a way to try again. */
export function showTrouble(el, trouble, retry) {
  fill(
    el,
    blank(
      "alert",
      "This could not be loaded",
      h("p", { role: "alert" }, trouble.message),
      h("button", { class: "cw-button cw-retry", onclick: retry }, "Try again"),
    ),
  );
}
