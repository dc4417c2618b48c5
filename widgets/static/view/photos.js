// A photo as large as the window, and the other photos of its conversation.

import { fill, h } from "../shared/dom.js";
import { fileSize, moment } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { show } from "../shared/overlay.js";
import { plain } from "../shared/text.js";

const STEP = 1.4;
const LARGEST = 8;
/** How far arrows move a zoomed photo, in pixels. */
const NUDGE = 80;

/** `photos`: [{attachment, said}], shown from number `at`; `url(attachment)` gives a blob URL. */
export function photoViewer(parent, { photos, at, url, save }) {
  const viewer = new PhotoViewer({ photos, url, save });
  show(parent, viewer.dialog, () => {});
  viewer.show(at);
}

class PhotoViewer {
  constructor({ photos, url, save }) {
    this.photos = photos;
    this.url = url;
    this.name = h("strong", { class: "cw-viewer-name", dir: "auto" });
    this.about = h("span", { class: "cw-viewer-about" });
    this.image = h("img", { class: "cw-viewer-image", draggable: "false" });
    this.words = h("p", { class: "cw-viewer-words", role: "status" });
    this.stage = h("div", { class: "cw-viewer-stage" }, this.image, this.words);
    const button = (name, glyph, label, run) =>
      h("button", { class: `cw-icon-button cw-viewer-${name}`, "aria-label": label, title: label, onclick: run }, icon(glyph));
    this.back = button("back", "back", "Previous photo", () => this.show(this.at - 1));
    this.next = button("next", "back", "Next photo", () => this.show(this.at + 1));
    const download = button("save", "download", "Download", () => save(this.photos[this.at].attachment, download));
    this.dialog = h(
      "dialog",
      { class: "cw-viewer", "aria-label": "Photo", onkeydown: (event) => this.key(event) },
      h(
        "header",
        { class: "cw-viewer-bar" },
        h("div", { class: "cw-viewer-text" }, this.name, this.about),
        button("out", "minus", "Zoom out (-)", () => this.zoomBy(1 / STEP)),
        button("in", "plus", "Zoom in (+)", () => this.zoomBy(STEP)),
        download,
        h("button", { class: "cw-icon-button", autofocus: true, "aria-label": "Close", title: "Close (Esc)", onclick: () => this.dialog.close() }, icon("close")),
      ),
      this.stage,
      this.back,
      this.next,
    );
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
    this.stage.addEventListener("dblclick", (event) => this.zoomBy(this.scale > 1 ? 1 / this.scale : 2.5, event));
  }

  async show(at) {
    const photo = this.photos[at];
    if (!photo) return;
    this.at = at;
    const { attachment, said } = photo;
    const name = plain(attachment.name) || "Photo";
    fill(this.name, name);
    const place = this.photos.length > 1 && `${at + 1} of ${this.photos.length}`;
    fill(this.about, [place, fileSize(attachment.size), said.who, moment(said.at)].filter(Boolean).join(" · "));
    this.back.disabled = at === 0;
    this.next.disabled = at === this.photos.length - 1;
    this.image.removeAttribute("src");
    this.image.alt = name;
    fill(this.words, "Loading…");
    this.fit();
    try {
      const src = await this.url(attachment);
      if (this.at !== at) return;
      this.image.src = src;
      fill(this.words);
    } catch (trouble) {
      if (this.at === at) fill(this.words, trouble.message);
    }
  }

  // --- looking closer

  fit() {
    Object.assign(this, { scale: 1, x: 0, y: 0 });
    this.place();
  }

  place() {
    const room = (scale, size) => Math.max(0, (scale * size - size) / 2 + size / 4);
    const { clientWidth, clientHeight } = this.stage;
    if (this.scale === 1) Object.assign(this, { x: 0, y: 0 });
    this.x = clamp(this.x, room(this.scale, clientWidth));
    this.y = clamp(this.y, room(this.scale, clientHeight));
    this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.stage.dataset.zoomed = String(this.scale > 1);
  }

  /** Zooms by a factor, keeping what is under the pointer in its place. */
  zoomBy(factor, pointer = null) {
    const before = this.scale;
    this.scale = Math.min(LARGEST, Math.max(1, before * factor));
    const box = this.stage.getBoundingClientRect();
    const px = pointer ? pointer.clientX - box.left - box.width / 2 : 0;
    const py = pointer ? pointer.clientY - box.top - box.height / 2 : 0;
    const by = this.scale / before;
    this.x = px - (px - this.x) * by;
    this.y = py - (py - this.y) * by;
    this.place();
  }

  wheel(event) {
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY / 300), event);
  }

  grab(event) {
    if (event.button !== 0 || this.scale === 1) return;
    const from = { x: this.x - event.clientX, y: this.y - event.clientY };
    const letGo = new AbortController();
    this.stage.setPointerCapture(event.pointerId);
    const move = ({ clientX, clientY }) => {
      Object.assign(this, { x: from.x + clientX, y: from.y + clientY });
      this.place();
    };
    this.stage.addEventListener("pointermove", move, { signal: letGo.signal });
    for (const end of ["pointerup", "pointercancel"]) {
      this.stage.addEventListener(end, () => letGo.abort(), { signal: letGo.signal });
    }
  }

  key(event) {
    const zoomed = this.scale > 1;
    const nudge = (x, y) => () => {
      Object.assign(this, { x: this.x + x, y: this.y + y });
      this.place();
    };
    const run = {
      ArrowLeft: zoomed ? nudge(NUDGE, 0) : () => this.show(this.at - 1),
      ArrowRight: zoomed ? nudge(-NUDGE, 0) : () => this.show(this.at + 1),
      ArrowUp: nudge(0, NUDGE),
      ArrowDown: nudge(0, -NUDGE),
      "+": () => this.zoomBy(STEP),
      "=": () => this.zoomBy(STEP),
      "-": () => this.zoomBy(1 / STEP),
      0: () => this.fit(),
    }[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  }
}

function clamp(value, most) {
  return Math.min(most, Math.max(-most, value));
}
