// What a composer is made of, and what each part asks of it.

import { Canned } from "./canned.js";
import { h, token } from "../shared/dom.js";
import { EmojiPicker } from "./emoji_picker.js";
import { Field } from "./field.js";
import { Gate } from "./gate.js";
import { Hint } from "./hint.js";
import { Quote } from "./quote.js";
import { Problem } from "./problem.js";
import { Recorder } from "./recorder.js";
import { TemplatePane } from "./template_pane.js";
import { Toolbar } from "./toolbar.js";
import { Tray } from "./tray.js";
import { Warning } from "./warning.js";

export function partsOf(composer, signal) {
  const { el, link } = composer;
  const field = new Field({ typed: () => composer.typed(), key: (event) => composer.key(event) });
  const gate = new Gate({ template: () => composer.chooseTemplate(), note: () => composer.setNote(true), moved: () => composer.show(), signal });
  const tray = new Tray((item) => composer.remove(item));
  const quote = new Quote({ drop: () => composer.quote(null), find: (id) => composer.reveal(id) });
  const recorder = new Recorder({ send: (file) => composer.sendVoice(file), ended: () => composer.recorded(), say: (words) => composer.say(words) });
  const emoji = new EmojiPicker({ load: async () => (await link.read("emoji")).value, choose: (char) => field.insert(char), leave: () => field.focus() });
  const canned = new Canned({ el, field, id: `cw-canned-${token()}`, link, conversation: () => composer.id });
  const templates = new TemplatePane({
    link,
    send: (entry, choice) => composer.sending.template(entry, choice, () => composer.chooseTemplate(false)),
    failed: (entry, words) => composer.fail(entry, entry.noting, "Not sent", words),
    closed: () => {
      composer.show();
      composer.reply(composer.entry.noting);
    },
  });
  const hint = new Hint(() => composer.stopWaiting());
  const warning = new Warning({ review: () => composer.review(), anyway: () => composer.sendAnyway() });
  const problem = new Problem(() => composer.readAgain());
  const toolbar = new Toolbar({
    attach: {
      files: (files) => composer.attach(files),
      // Until it is known: to choose one waits for that.
      template: { offered: () => composer.state?.templates ?? true, choose: () => composer.chooseTemplate() },
      photos: () => composer.state?.photos || "image/*",
    },
    emoji: emoji.button,
    canned: canned.button(),
    record: () => composer.record(),
    note: () => composer.setNote(!composer.entry.noting),
    send: () => composer.send(),
  });
  const box = h("div", { class: "cw-composer-box", onclick: ({ target }) => target === box && field.focus() }, quote.node, tray.node, field.node, toolbar.node);
  const around = h("div", { class: "cw-composer-around" }, canned.node, box);
  return { field, gate, tray, quoted: quote, recorder, canned, templates, hint, warning, problem, toolbar, box, around };
}
