// A voice message: recorded, listened to, sent. What the browser can record is found out here.

import { fill, h } from "../shared/dom.js";
import { playTime } from "../shared/format.js";
import { icon } from "../shared/icons.js";

const FORMS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4", "audio/webm"];
const ENDINGS = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" };
const BARS = 28;
const LONGEST = 15 * 60_000;

const REFUSALS = {
  NotAllowedError: "The browser may not use the microphone; allow it beside the address, then record again.",
  SecurityError: "The browser may not use the microphone; allow it beside the address, then record again.",
  NotFoundError: "No microphone was found; connect one, then record again.",
  NotReadableError: "The microphone is used by another program; close that, then record again.",
};

/** The first form that the browser can record and the channel takes, or "". */
function formFor(types) {
  const can = FORMS.filter((form) => MediaRecorder.isTypeSupported(form));
  return can.find((form) => types.length === 0 || types.includes(form.split(";")[0])) ?? "";
}

/** Why nothing can be recorded here; empty where it can. */
function obstacle(types) {
  if (!navigator.mediaDevices?.getUserMedia) {
    return "Recording needs a secure page; open JupyterLab over https or on localhost.";
  }
  if (!globalThis.MediaRecorder) return "This browser can't record sound; attach a sound file instead.";
  return formFor(types) ? "" : "This browser records no sound that the channel takes; attach a file instead.";
}

export class Recorder {
  /**
   * `send(file)` resolves to whether what was recorded is on its way; `ended()` follows whatever became
   * of it.
   */
  constructor({ send, ended, say }) {
    Object.assign(this, { send, ended, say });
    this.node = h("div", { class: "cw-recorder", role: "group", "aria-label": "Voice message", onkeydown: (event) => this.key(event) });
    this.time = h("span", { class: "cw-recorder-time", role: "timer" });
    this.level = h("span", { class: "cw-level", "aria-hidden": "true" }, Array.from({ length: BARS }, () => h("i")));
  }

  /** Starts to record a form among `types` (none: any). Resolves to whether it does. */
  async start(types) {
    const trouble = obstacle(types);
    if (trouble) return this.refuse(trouble);
    if (this.asked) return false;
    const asked = (this.asked = navigator.mediaDevices.getUserMedia({ audio: true }));
    const stream = await asked.catch((error) => error);
    const wanted = this.asked === asked;
    if (wanted) this.asked = null;
    if (stream instanceof Error) return wanted && this.refuse(REFUSALS[stream.name] ?? `The microphone can't be used (${stream.name}).`);
    if (!wanted) return silence(stream);
    this.record(stream, formFor(types));
    return true;
  }

  record(stream, form) {
    this.stream = stream;
    this.mime = form.split(";")[0];
    this.pieces = [];
    this.recorder = new MediaRecorder(stream, { mimeType: form, audioBitsPerSecond: 32_000 });
    this.recorder.addEventListener("dataavailable", ({ data }) => data.size && this.pieces.push(data));
    this.recorder.start(1000);
    this.since = performance.now();
    this.watchLevel();
    this.showRecording();
  }

  refuse(words) {
    this.say(words);
    return false;
  }

  showRecording() {
    const stop = h("button", { class: "cw-send", "aria-label": "Stop recording", title: "Stop recording", onclick: () => this.stop() }, icon("stop"));
    fill(this.node, this.discardButton("Cancel recording"), h("span", { class: "cw-recorder-dot" }), this.time, this.level, stop);
  }

  /** To what comes next: stopping, or sending. */
  focus() {
    this.node.querySelector(".cw-send").focus();
  }

  discardButton(label) {
    return h("button", { class: "cw-icon-button", "aria-label": label, title: label, onclick: () => this.discard() }, icon("trash"));
  }

  watchLevel() {
    const context = new AudioContext();
    const meter = context.createAnalyser();
    meter.fftSize = 512;
    context.createMediaStreamSource(this.stream).connect(meter);
    this.context = context;
    const wave = new Uint8Array(meter.fftSize);
    const heights = new Array(BARS).fill(0);
    const bars = [...this.level.children];
    let count = 0;
    const step = () => {
      if (this.context !== context) return;
      requestAnimationFrame(step);
      const passed = performance.now() - this.since;
      this.time.textContent = playTime(passed / 1000);
      if (passed > LONGEST) this.stop();
      count += 1;
      if (count % 4) return;
      meter.getByteTimeDomainData(wave);
      heights.push(Math.max(...wave.map((value) => Math.abs(value - 128))) / 128);
      heights.shift();
      bars.forEach((bar, n) => bar.style.setProperty("--cw-level", String(Math.min(1, 0.08 + 1.6 * heights[n]))));
    };
    step();
  }

  /** Ends the recording, to be listened to. */
  stop() {
    if (this.recorder?.state !== "recording") return;
    const lasted = performance.now() - this.since;
    this.recorder.addEventListener("stop", () => this.recorder && this.review(lasted), { once: true });
    this.recorder.stop();
    this.release();
  }

  review(lasted) {
    const name = `voice message ${new Date().toISOString().slice(0, 16).replace("T", " ").replace(":", ".")}.${ENDINGS[this.mime]}`;
    const file = new File(this.pieces, name, { type: this.mime });
    this.url = URL.createObjectURL(file);
    const player = h("audio", { src: this.url });
    // Sent or discarded before it began to sound, it is given up, which is no error.
    const play = () => player.play().catch(() => {});
    const listen = h("button", { class: "cw-icon-button cw-listen", onclick: () => (player.paused ? play() : player.pause()) });
    const show = () => {
      const label = player.paused ? "Listen" : "Pause";
      fill(listen, icon(player.paused ? "play" : "pause"));
      listen.setAttribute("aria-label", label);
      listen.title = label;
    };
    const played = h("progress", { class: "cw-played", max: "1", value: "0", "aria-label": "Played" });
    for (const name of ["play", "pause", "ended"]) player.addEventListener(name, show);
    player.addEventListener("timeupdate", () => (played.value = Math.min(1, (player.currentTime * 1000) / lasted)));
    show();
    this.time.textContent = playTime(lasted / 1000);
    const save = h("a", { class: "cw-button cw-recorder-save", href: this.url, download: name, hidden: true }, "Save recording");
    const send = h("button", { class: "cw-send", "aria-label": "Send voice message", title: "Send", onclick: () => this.finish(file, save) }, icon("send"));
    fill(this.node, this.discardButton("Discard recording"), listen, played, this.time, player, save, send);
    this.focus();
  }

  /** What is refused stays: to be sent later, or saved as a file. */
  async finish(file, save) {
    const { recorder } = this;
    const buttons = [...this.node.querySelectorAll("button")];
    const wait = (on) => buttons.forEach((button) => (button.disabled = on));
    wait(true);
    const sent = await this.send(file);
    if (this.recorder !== recorder) return;
    if (sent) return this.end();
    wait(false);
    save.hidden = false;
    this.focus();
  }

  discard() {
    if (this.recorder?.state === "recording") this.recorder.stop();
    this.end();
  }

  end() {
    this.asked = null;
    this.recorder = null;
    this.release();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    fill(this.node);
    this.ended();
  }

  release() {
    if (this.stream) silence(this.stream);
    this.context?.close();
    this.stream = null;
    this.context = null;
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.discard();
  }
}

/** Lets go of the microphone. */
function silence(stream) {
  stream.getTracks().forEach((track) => track.stop());
  return false;
}
