// What a person waits for, measured where it is waited: from the event to the frame that shows it.
() => {
  const frame = () => new Promise((shown) => requestAnimationFrame(() => shown(performance.now())));

  /** The time of the frame after `check()` has become true. */
  const until = (check) =>
    new Promise((found, failed) => {
      setTimeout(() => failed(new Error("What was waited for did not show.")), 30_000);
      const look = () => {
        if (!check()) return;
        watcher.disconnect();
        found(frame());
      };
      const watcher = new MutationObserver(look);
      watcher.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
      look();
    });

  const event = (name) =>
    new Promise((seen) => addEventListener(name, ({ timeStamp }) => seen(timeStamp), { capture: true, once: true }));

  const rows = () => [...document.querySelectorAll(".cw-inbox:not([data-earlier]) .cw-list [role=option]")];
  const heading = () => document.querySelector(".cw-inbox:not([data-earlier]) .cw-view h2")?.textContent;
  const said = () => [...document.querySelectorAll(".cw-inbox:not([data-earlier]) .cw-view article")];

  /** Runs the cell at `index`, and tells how long after its start the list shows its first page. */
  const firstRows = async (index) => {
    document.querySelectorAll(".cw-inbox").forEach((old) => (old.dataset.earlier = ""));
    const { content, context } = jupyterapp.shell.currentWidget;
    const kernel = context.sessionContext.session.kernel;
    const started = new Promise((seen) => {
      const heard = (_, message) => {
        if (message.header.msg_type !== "execute_input") return;
        kernel.iopubMessage.disconnect(heard);
        seen(performance.now());
      };
      kernel.iopubMessage.connect(heard);
    });
    const shown = until(() => rows().length > 0);
    content.activeCellIndex = index;
    jupyterapp.commands.execute("notebook:run-cell");
    return (await shown) - (await started);
  };

  let armed = null;
  const arm = (name, check) => {
    armed = Promise.all([event(name), until(check)]).then(([from, to]) => to - from);
  };
  globalThis.bench = {
    firstRows,
    /** The next click opens the conversation with `name`. */
    armOpen: (name) => arm("pointerdown", () => heading() === name && said().length > 0),
    /** The next letter completes a search for `words`; all rows then show them. */
    armSearch: (words) =>
      arm("input", () => {
        const shown = rows();
        return shown.length > 0 && shown.every((row) => row.querySelector("mark")?.textContent.toLowerCase() === words);
      }),
    /** A row and the open conversation will show `words`; tells when, in milliseconds of the machine's clock. */
    armNews: (words) => {
      const shown = (nodes) => nodes.some((node) => node.textContent.includes(words));
      armed = until(() => shown(rows()) && shown(said())).then((at) => performance.timeOrigin + at);
    },
    taken: () => armed,
    nodes: () => document.querySelector(".cw-inbox:not([data-earlier])").querySelectorAll("*").length,
  };
}
