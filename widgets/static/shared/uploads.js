// One file on its way to the hub: in acknowledged pieces, which a lost answer can't spoil. The panel's
// Python side is an UploadPanel (widgets/uploads.py).

import { Trouble } from "./panel.js";

// The connection drops a message above 10 MiB without an error; larger pieces gain little.
const PIECE = 1_500_000;
const PATIENCE = 20_000;
const TRIES = 5;

export class Upload {
  /** `moved()` tells that there is more of it, or that it came to an end. */
  constructor({ link, file, name, moved }) {
    this.link = link;
    this.file = file;
    this.name = name;
    this.moved = moved;
    this.life = new AbortController();
    this.sent = 0;
    this.id = null;
    this.stored = null;
    this.trouble = null;
    this.start();
  }

  get share() {
    return this.file.size ? this.sent / this.file.size : 1;
  }

  /** Begins, or begins again; `done` resolves to whether the hub has the file. */
  start() {
    this.forget();
    this.trouble = null;
    this.done = this.run().then(
      (stored) => this.end(stored, null),
      (trouble) => this.end(null, trouble),
    );
    this.moved();
  }

  end(stored, trouble) {
    this.stored = stored;
    this.trouble = trouble;
    this.moved();
    return Boolean(stored);
  }

  async run() {
    this.sent = 0;
    const { value } = await this.link.ask("upload_start", { name: this.name, size: this.file.size, by: this.link.view });
    this.id = value.upload;
    if (this.life.signal.aborted) this.forget();
    while (this.sent < this.file.size) {
      this.sent = await this.piece();
      this.goOn();
      this.moved();
    }
    return (await this.link.ask("upload_end", { upload: this.id })).value;
  }

  /** Sends what comes next; how much has arrived after it. */
  async piece() {
    const offset = this.sent;
    // A buffer of its own: JupyterLab can't take a view into a larger one.
    const bytes = await this.file.slice(offset, offset + PIECE).arrayBuffer();
    for (let left = TRIES; left > 0; left -= 1) {
      this.goOn();
      const answer = await within(PATIENCE, this.link.ask("upload_piece", { upload: this.id, offset }, bytes));
      const arrived = answer ?? (await within(PATIENCE, this.link.ask("upload_received", { upload: this.id })));
      if (arrived?.value.received > offset) return arrived.value.received;
    }
    throw new Trouble("lost", "The connection to the kernel is lost; try again.");
  }

  goOn() {
    if (this.life.signal.aborted) throw new Trouble("cancelled", "");
  }

  cancel() {
    this.life.abort();
    this.forget();
  }

  /** The kernel need not keep what it has of the file. */
  forget() {
    if (this.id && !this.stored) this.link.tell("upload_cancel", { upload: this.id });
    this.id = null;
  }
}

/** What is answered within `wait` milliseconds, or null. */
function within(wait, answer) {
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, wait, null)));
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
