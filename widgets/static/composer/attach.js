// Ways for a file to get in: the menu, dropping it onto the conversation, pasting a picture.

import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { menu } from "../shared/overlay.js";

/** The button with the menu; `template` is left out where the channel has none. */
export function attachButton({ files, template, photos }) {
  // One for good: to a Chromium that a program drives the choice counts as cancelled until the files
  // come, and an input that was removed by then may be gone.
  const input = h("input", { type: "file", multiple: true, hidden: true });
  input.addEventListener("change", () => {
    files([...input.files]);
    input.value = ""; // the same file may be chosen again
  });
  const pick = (accept) => {
    input.accept = accept;
    button.after(input); // in the page, so that a person's browser and a test's find it alike
    input.click();
  };
  const button = h("button", { class: "cw-icon-button", "aria-label": "Attach", title: "Attach" }, icon("clip"));
  menu(button, "Attach", () => [
    ...(template.offered() ? [{ label: "Template", icon: "template", run: template.choose }] : []),
    { label: "File", icon: "document", run: () => pick("") },
    { label: "Photo", icon: "image", run: () => pick(photos()) },
  ], "start");
  return button;
}

/** Files dropped anywhere on the conversation and its composer. */
export function takeDrops(el, signal, { ready, take }) {
  const words = h("p", {}, "Drop files to attach them");
  const zone = h("div", { class: "cw-panel cw-drop" }, h("div", { class: "cw-drop-box" }, icon("clip"), words));
  const here = () => el.closest(".cw-right") ?? el;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const over = (event) => hasFiles(event) && ready() && event.target instanceof Node && here().contains(event.target);
  const leave = () => zone.remove();
  const listen = (name, run) => document.addEventListener(name, run, { signal, capture: true });
  listen("dragover", (event) => {
    if (!over(event)) return leave();
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = "copy";
    zone.dataset.cwTheme = el.dataset.cwTheme;
    if (!zone.isConnected) here().append(zone);
    return undefined;
  });
  listen("dragleave", (event) => !event.relatedTarget && leave());
  listen("drop", (event) => {
    if (!over(event)) return leave();
    event.preventDefault();
    event.stopPropagation();
    take([...event.dataTransfer.files]);
    return leave();
  });
  signal.addEventListener("abort", leave);
}

/** Files pasted into the field; where there is text as well, as from a spreadsheet, it is the text. */
export function takePastes(field, take) {
  field.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    take([...files]);
  });
}
