// A player for voice messages and other sound: one plays at a time, and the speed is kept.

import { fill, h } from "../shared/dom.js";
import { fileSize, playTime } from "../shared/format.js";
import { icon } from "../shared/icons.js";
import { onRemembered, remember, remembered } from "../shared/remembered.js";

const SPEEDS = [1, 1.5, 2];
const BARS = 40;
/** Larger files are played without a picture of their sound: to decode them takes too long. */
const DRAWN = 4_000_000;
const SKIP = 5;

let playing = null;

/** `load()` resolves to a blob URL; `instead()` is shown where the browser can't play it. */
export function player({ name, size, load, instead, signal }) {
  return new Player({ name, size, load, instead, signal }).root;
}

class Player {
  constructor({ name, size, load, instead, signal }) {
    Object.assign(this, { size, load, instead, length: 0 });
    this.audio = new Audio();
    this.button = h("button", { class: "cw-player-button", onclick: () => this.toggle() });
    this.bars = h("div", { class: "cw-player-bars", "aria-hidden": "true" });
    this.seek = h("input", {
      type: "range",
      class: "cw-player-seek",
      min: "0",
      max: "1",
      step: "any",
      value: "0",
      "aria-label": `Position in ${name}`,
      oninput: () => this.seekTo(Number(this.seek.value) * this.duration()),
    });
    this.time = h("span", { class: "cw-player-time" }, fileSize(size));
    this.speed = h("button", { class: "cw-player-speed", onclick: () => this.faster() });
    this.root = h(
      "div",
      { class: "cw-player", role: "group", "aria-label": `Audio ${name}`, onkeydown: (event) => this.key(event) },
      this.button,
      h("div", { class: "cw-player-track" }, this.bars, this.seek),
      this.time,
      this.speed,
    );
    for (const event of ["play", "pause", "ended", "timeupdate", "durationchange"]) {
      this.audio.addEventListener(event, () => this.show());
    }
    this.audio.addEventListener("error", () => this.audio.src && this.root.replaceWith(instead()));
    onRemembered("speed", signal, (speed) => this.setSpeed(speed));
    signal.addEventListener("abort", () => this.audio.pause());
    this.setSpeed(remembered("speed", 1));
    this.show();
  }

  // --- playing

  async toggle() {
    if (!this.audio.paused) return this.audio.pause();
    if (playing !== this) playing?.audio.pause();
    playing = this;
    try {
      await this.ready();
      if (playing === this) await this.audio.play();
    } catch (trouble) {
      if (trouble.name !== "AbortError") fill(this.time, trouble.message);
    }
    return undefined;
  }

  /** The bytes are fetched when somebody wants to hear them. */
  async ready() {
    this.loading ??= this.fetch().catch((trouble) => {
      this.loading = null;
      throw trouble;
    });
    await this.loading;
  }

  async fetch() {
    this.root.setAttribute("aria-busy", "true");
    try {
      const url = await this.load();
      this.audio.src = url;
      this.audio.playbackRate = this.rate;
      if (this.size <= DRAWN) this.draw(url);
    } finally {
      this.root.removeAttribute("aria-busy");
    }
  }

  async seekTo(seconds) {
    await this.ready();
    this.audio.currentTime = Math.min(Math.max(seconds, 0), this.duration());
    this.show();
  }

  /** A recording that was streamed does not tell its length; what was decoded does. */
  duration() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : this.length;
  }

  faster() {
    remember("speed", SPEEDS[(SPEEDS.indexOf(this.rate) + 1) % SPEEDS.length]);
  }

  setSpeed(speed) {
    this.rate = SPEEDS.includes(speed) ? speed : 1;
    this.audio.playbackRate = this.rate;
    fill(this.speed, `${this.rate}×`);
    this.speed.setAttribute("aria-label", `Speed ${this.rate}×`);
    this.speed.title = "Speed";
  }

  key(event) {
    const run = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seekTo(this.audio.currentTime - SKIP),
      ArrowRight: () => this.seekTo(this.audio.currentTime + SKIP),
      Home: () => this.seekTo(0),
    }[event.key];
    const pressed = event.key === " " && event.target.tagName === "BUTTON";
    if (!run || pressed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  }

  // --- showing

  show() {
    const { paused, currentTime } = this.audio;
    const duration = this.duration();
    fill(this.button, icon(paused ? "play" : "pause"));
    this.button.setAttribute("aria-label", paused ? "Play" : "Pause");
    this.root.dataset.playing = String(!paused);
    if (!duration) return;
    const part = currentTime / duration;
    this.seek.value = String(part);
    this.seek.setAttribute("aria-valuetext", `${playTime(currentTime)} of ${playTime(duration)}`);
    this.root.style.setProperty("--cw-played", String(part));
    fill(this.time, paused && currentTime === 0 ? playTime(duration) : `${playTime(currentTime)} / ${playTime(duration)}`);
    [...this.bars.children].forEach((bar, i) => (bar.dataset.played = String(i / BARS < part)));
  }

  /** Draws how loud it is from beginning to end, as decoded; without a picture it plays as well. */
  async draw(url) {
    try {
      const bytes = await (await fetch(url)).arrayBuffer();
      const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes);
      this.length = sound.duration;
      const bars = loudness(sound.getChannelData(0)).map((part) => h("i", { style: { "--cw-loud": part } }));
      fill(this.bars, bars);
      this.root.dataset.drawn = "true";
      this.show();
    } catch {
      // A form the player knows and the decoder does not.
    }
  }
}

/** `BARS` numbers up to 1. */
function loudness(samples) {
  const width = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, bar) => {
    let sum = 0;
    for (let i = bar * width; i < Math.min((bar + 1) * width, samples.length); i += 1) sum += samples[i] ** 2;
    return Math.sqrt(sum / width);
  });
  const most = Math.max(...peaks, 0.001);
  return peaks.map((peak) => (peak / most).toFixed(3));
}
