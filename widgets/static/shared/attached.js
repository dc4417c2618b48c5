// A file of a message being written, as a tile with its picture and its progress.

import { fill, h } from "./dom.js";
import { fileSize } from "./format.js";
import { icon } from "./icons.js";
import { plain } from "./text.js";
import { Upload } from "./uploads.js";

/** Pictures that are shown: never svg, which can carry scripts. */
export const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
// Larger ones are not fetched for a picture of a thumb's size; the kernel has the same limit.
const MOST = 10_000_000;

/** One attachment: on its way (`upload`), or known to the hub (`stored`). */
export class Attached {
  /** A file of the browser, which begins its way at once; `changed()` follows each step of it. */
  static of(link, file, changed) {
    const { name, size, type } = file;
    const item = new Attached({ name, size, mime: type.split(";")[0] }, changed);
    if (PICTURES.has(item.mime)) item.url = URL.createObjectURL(file);
    item.upload = new Upload({ link, file, name, moved: () => item.progress() });
    return item;
  }

  /** What the hub has already: of a draft, or of a message taken back. */
  static kept(link, stored) {
    const item = new Attached(stored, () => {});
    item.kept = stored;
    if (PICTURES.has(item.mime) && item.size <= MOST) item.fetch(link);
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

  /** Its picture from the hub; without it there is a sign in its place. */
  async fetch(link) {
    try {
      const { parts } = await link.read("picture", { attachment_id: this.id });
      if (this.gone) return;
      this.url = URL.createObjectURL(new Blob(parts, { type: this.mime }));
      if (this.tile) fill(this.picture, this.look());
    } catch {
      // It is attached all the same.
    }
  }

  progress() {
    if (this.tile) this.refresh();
    this.changed();
  }

  /** Ends what is on its way, and forgets the picture. */
  drop() {
    this.gone = true;
    this.upload?.cancel();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  get trouble() {
    return this.upload?.trouble ?? null;
  }

  /** Its tile, made once; `tag`: "li" in a list of them. */
  node(remove, tag = "li") {
    if (this.tile) return this.tile;
    const name = plain(this.name);
    this.state = h("span", { class: "cw-tile-state" });
    this.bar = h("span", { class: "cw-tile-bar", role: "progressbar", "aria-label": `Upload of ${name}`, "aria-valuemin": "0", "aria-valuemax": "100" });
    this.retry = h("button", { type: "button", class: "cw-link-button", onclick: () => this.upload.start() }, "Try again");
    this.picture = h("span", { class: "cw-tile-picture" }, this.look());
    this.tile = h(
      tag,
      { class: "cw-tile" },
      this.picture,
      h("span", { class: "cw-tile-text" }, h("span", { class: "cw-tile-name", title: name }, name), this.state),
      this.retry,
      h("button", { type: "button", class: "cw-icon-button", "aria-label": `Remove ${name}`, title: "Remove", onclick: remove }, icon("close")),
      this.bar,
    );
    this.refresh();
    return this.tile;
  }

  look() {
    if (this.url) return h("img", { src: this.url, alt: "" });
    const kind = this.mime.split("/")[0];
    return icon(["image", "audio", "video"].includes(kind) ? kind : "document");
  }

  refresh() {
    const { upload } = this;
    const going = Boolean(upload && !upload.stored && !upload.trouble);
    const percent = going ? Math.round(upload.share * 100) : 100;
    this.bar.hidden = !going;
    this.bar.style.setProperty("--cw-share", `${percent}%`);
    this.bar.setAttribute("aria-valuenow", String(percent));
    const trouble = this.trouble?.message ?? "";
    this.retry.hidden = !trouble;
    this.tile.dataset.failed = String(Boolean(trouble));
    this.state.title = trouble;
    this.state.textContent = trouble || (going ? `${fileSize(upload.sent)} of ${fileSize(this.size)}` : fileSize(this.size));
  }
}
