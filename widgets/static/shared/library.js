// The whole script of a panel by itself: it has the panel shown by the code that all panels share, which
// comes in a model of its own and is loaded once by the page.

const versions = (globalThis[Symbol.for("conversation-workspace.library")] ??= new Map());

function load(library) {
  const version = library.get("version");
  if (!versions.has(version)) versions.set(version, start(library.get("script"), library.get("style")));
  return versions.get(version);
}

function start(script, style) {
  document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return import(url).finally(() => URL.revokeObjectURL(url));
}

/** An anywidget module that the module `name` of the library renders. */
export function shownBy(name) {
  return {
    async render({ model, el, host, signal }) {
      const modules = await load(await host.getModel(model.get("library")));
      if (signal.aborted) return undefined;
      return modules[name].default.render({ model, el });
    },
  };
}
