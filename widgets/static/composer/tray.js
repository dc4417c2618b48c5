// The files of a message being written, each as a tile with its progress.

import { fill, h } from "../shared/dom.js";
import { fileSize } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { plain } from "../shared/text.js";
import { Upload } from "./uploads.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** One attachment: on its way (`upload`), or known to the hub (`stored`). */
export class Attached {
  static of(link, file, name, changed) {
    const item = new Attached({ name, size: file.size, mime: file.type.split(";")[0] }, changed);
    if (PICTURES.has(item.mime)) item.url = URL.createObjectURL(file);
    item.upload = new Upload({ link, file, name, moved: () => item.progress() });
    return item;
  }

  /** What the hub has already: of a draft, or of a message taken back. */
  static kept(stored, changed) {
    const item = new Attached(stored, changed);
    item.kept = stored;
    return item;
  }

  constructor({ name, size, mime }, changed) {
    Object.assign(this, { name, size, mime, changed, upload: null, kept: null, url: null });
  }

  /** What the hub calls it; null while it is on its way. */
  get stored() {
    return this.kept ?? this.upload?.stored ?? null;
  }

  get id() {
    return this.stored?.id ?? null;
  }

  get facts() {
    return { name: this.name, size: this.size, mime: (this.stored ?? this).mime };
  }

  /** Resolves to whether the hub has it. */
  get done() {
    return this.kept ? Promise.resolve(true) : this.upload.done;
  }

  progress() {
    if (this.tile) this.refresh();
    this.changed();
  }

  /** Ends what is on its way, and forgets the picture. */
  drop() {
    this.upload?.cancel();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  node(remove) {
    if (this.tile) return this.tile;
    const name = plain(this.name);
    this.state = h("span", { class: "cw-tile-state" });
    this.bar = h("span", { class: "cw-tile-bar", role: "progressbar", "aria-label": `Upload of ${name}`, "aria-valuemin": "0", "aria-valuemax": "100" });
    this.retry = h("button", { class: "cw-link-button", onclick: () => this.upload.start() }, "Try again");
    const kind = this.mime.startsWith("audio/") ? "audio" : this.mime.startsWith("video/") ? "video" : "document";
    this.tile = h(
      "li",
      { class: "cw-tile" },
      h("span", { class: "cw-tile-picture" }, this.url ? h("img", { src: this.url, alt: "" }) : icon(kind)),
      h("span", { class: "cw-tile-text" }, h("span", { class: "cw-tile-name", title: name }, name), this.state),
      this.retry,
      h("button", { class: "cw-icon-button", "aria-label": `Remove ${name}`, title: "Remove", onclick: remove }, icon("close")),
      this.bar,
    );
    this.refresh();
    return this.tile;
  }

  refresh() {
    const { upload } = this;
    const going = Boolean(upload && !upload.stored && !upload.trouble);
    const percent = going ? Math.round(upload.share * 100) : 100;
    this.bar.hidden = !going;
    this.bar.style.setProperty("--cw-share", `${percent}%`);
    this.bar.setAttribute("aria-valuenow", String(percent));
    this.retry.hidden = !upload?.trouble;
    this.tile.dataset.failed = String(Boolean(upload?.trouble));
    this.state.title = upload?.trouble?.message ?? "";
    this.state.textContent = upload?.trouble?.message || (going ? `${fileSize(upload.sent)} of ${fileSize(this.size)}` : fileSize(this.size));
  }
}

/** The row of tiles; `remove(item)` is asked for by its button. */
export class Tray {
  constructor(remove) {
    this.remove = remove;
    this.list = h("ul", { class: "cw-tray-list", "aria-label": "Attachments" });
    this.note = h("p", { class: "cw-tray-note", role: "status" });
    this.node = h("div", { class: "cw-tray", hidden: true }, this.list, this.note);
  }

  show(items) {
    this.node.hidden = items.length === 0;
    fill(this.list, items.map((item) => item.node(() => this.remove(item))));
  }

  /** What is to be known before it is sent, such as that the files go as several messages. */
  say(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }
}
