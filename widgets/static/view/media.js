// Attachments: pictures and sound inline where their type is harmless, everything else to download.

import { PICTURES } from "../shared/attached.js";
import { fill, h } from "../shared/dom.js";
import { fileSize } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { photoViewer } from "./photos.js";
import { player } from "./player.js";
import { plain } from "../shared/text.js";

// Never svg, html, xml or pdf: those can carry scripts. Everything else is bytes to save.
const SOUNDS = new Set([
  "audio/aac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/wave", "audio/webm", "audio/x-wav",
]);
const OPAQUE = "application/octet-stream";

/** Whether an attachment is shown as a picture: not while its bytes are elsewhere. */
export function isPicture({ mime, awaited, missing }) {
  return PICTURES.has(mime) && !awaited && !missing;
}

function stateOf({ awaited, missing }) {
  return JSON.stringify([awaited, missing]);
}

/** Fetches attachments and remembers them as blob URLs, which end with the view. */
export class Media {
  /** `photos()` gives the pictures of the conversation, oldest first: [{attachment, said}]. */
  constructor({ el, link, photos, signal }) {
    this.el = el;
    this.link = link;
    this.photos = photos;
    this.shown = new AbortController();
    this.urls = new Map();
    this.seen = new IntersectionObserver((entries) => this.appeared(entries), { rootMargin: "400px" });
    signal.addEventListener("abort", () => this.clear());
  }

  /** Another conversation is shown: what plays ends. */
  clear() {
    this.shown.abort();
    this.shown = new AbortController();
    this.seen.disconnect();
    for (const url of this.urls.values()) url.then(URL.revokeObjectURL, () => {});
    this.urls.clear();
  }

  /** A blob URL of an attachment's bytes, fetched once. */
  url({ id, mime }) {
    if (!this.urls.has(id)) {
      const type = PICTURES.has(mime) || SOUNDS.has(mime) ? mime : OPAQUE;
      const fetched = this.link
        .read("file", { attachment_id: id })
        .then(({ parts }) => URL.createObjectURL(new Blob(parts, { type })));
      fetched.catch(() => this.urls.delete(id));
      this.urls.set(id, fetched);
    }
    return this.urls.get(id);
  }

  /** What shows `attachment` in a bubble. */
  node(attachment) {
    if (attachment.awaited || attachment.missing) return this.absent(attachment);
    if (PICTURES.has(attachment.mime)) return this.picture(attachment);
    if (SOUNDS.has(attachment.mime)) return this.sound(attachment);
    return this.chip(attachment);
  }

  picture(attachment) {
    const frame = h("button", {
      class: "cw-photo",
      "aria-label": `Photo ${plain(attachment.name)}`,
      onclick: () => this.enlarge(attachment),
    });
    this.whenSeen(frame, async () => {
      const image = h("img", { src: await this.url(attachment), alt: plain(attachment.name) });
      image.addEventListener("error", () => frame.replaceWith(this.chip(attachment)));
      fill(frame, image);
    });
    return frame;
  }

  enlarge(attachment) {
    const photos = this.photos();
    const at = photos.findIndex((photo) => photo.attachment.id === attachment.id);
    photoViewer(this.el, { photos, at, url: (each) => this.url(each), save: (each, button) => this.save(each, button) });
  }

  sound(attachment) {
    return player({
      name: plain(attachment.name),
      size: attachment.size,
      load: () => this.url(attachment),
      instead: () => this.chip(attachment),
      signal: this.shown.signal,
    });
  }

  chip(attachment) {
    const { size, kind } = attachment;
    const name = plain(attachment.name);
    const chip = h(
      "button",
      { class: "cw-file", title: `Download ${name}`, "aria-label": `Download ${name}`, onclick: () => this.save(attachment, chip) },
      h("span", { class: "cw-file-picture" }, icon(kind)),
      h("span", { class: "cw-file-text" }, h("span", { class: "cw-file-name" }, name), h("span", { class: "cw-file-size" }, fileSize(size))),
      icon("download"),
    );
    return chip;
  }

  /** One whose bytes are still with the provider, or could not be fetched from there. */
  absent(attachment) {
    const { id, kind, awaited, missing } = attachment;
    const words = h("span", { class: "cw-file-size", role: "status" }, awaited ? "On its way…" : missing);
    const again = h("button", { class: "cw-link-button", onclick: () => this.again(id, again, words) }, "Try again");
    return h(
      "div",
      { class: "cw-file cw-file-absent", dataset: { file: id, awaited: String(awaited), state: stateOf(attachment) } },
      h("span", { class: "cw-file-picture" }, icon(awaited ? kind : "alert")),
      h("span", { class: "cw-file-text" }, h("span", { class: "cw-file-name" }, plain(attachment.name)), words, missing && again),
    );
  }

  /** What has come, or was given up, since `node` was made of a message. */
  renew(node, attachments) {
    for (const absent of node.querySelectorAll(".cw-file-absent")) {
      const attachment = attachments.find(({ id }) => id === absent.dataset.file);
      if (attachment && stateOf(attachment) !== absent.dataset.state) this.put(absent, this.node(attachment));
    }
  }

  /** In the place of what was absent; whoever pressed its button goes on from there. */
  put(absent, node) {
    const focused = absent.contains(document.activeElement);
    absent.replaceWith(node);
    if (focused) (node.matches("button") ? node : node.querySelector("button") ?? node.closest("[tabindex]"))?.focus();
  }

  async again(id, button, words) {
    button.setAttribute("aria-busy", "true");
    try {
      await this.link.ask("fetch", { attachment_id: id });
    } catch (trouble) {
      words.textContent = trouble.message;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  async save(attachment, chip) {
    chip.setAttribute("aria-busy", "true");
    const size = chip.querySelector(".cw-file-size");
    try {
      h("a", { href: await this.url(attachment), download: plain(attachment.name) }).click();
    } catch (trouble) {
      if (size) size.textContent = trouble.message;
      else chip.title = trouble.message;
    } finally {
      chip.removeAttribute("aria-busy");
    }
  }

  whenSeen(node, load) {
    node.cwLoad = load;
    this.seen.observe(node);
  }

  appeared(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      this.seen.unobserve(target);
      target.cwLoad().catch((trouble) => fill(target, h("span", { class: "cw-media-trouble" }, trouble.message)));
    }
  }
}
