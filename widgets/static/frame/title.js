// How many conversations are unread, in the title of the browser's tab: "(3) inbox.ipynb".

import { onePerPage } from "../shared/page.js";

/** Puts the number before the page's own title, and again whenever the page (JupyterLab) sets it. */
class Title {
  constructor() {
    this.counts = new Map();
    this.prefix = "";
    this.watcher = new MutationObserver(() => this.apply());
  }

  /** `inbox` names one inbox of the page; inboxes of one workspace (`scope`) count once. */
  show(inbox, scope, unread) {
    this.counts.set(inbox, { scope, unread });
    this.watcher.observe(document.head, { childList: true, characterData: true, subtree: true });
    this.apply();
  }

  /** The inbox is gone. */
  forget(inbox) {
    this.counts.delete(inbox);
    this.apply();
    if (this.counts.size === 0) this.watcher.disconnect();
  }

  apply() {
    const own = document.title.startsWith(this.prefix) ? document.title.slice(this.prefix.length) : document.title;
    const unread = new Map([...this.counts.values()].map((count) => [count.scope, count.unread]));
    const total = [...unread.values()].reduce((sum, n) => sum + n, 0);
    this.prefix = total > 0 ? `(${total}) ` : "";
    if (document.title !== this.prefix + own) document.title = this.prefix + own;
  }
}

export const title = onePerPage("title", () => new Title());
