"""A real JupyterLab, and what a person does in it."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.conftest import ROOT

NOTEBOOK = ROOT / "notebooks" / "inbox.ipynb"
TOKEN = "browser-tests"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that beeps, and may be used without asking.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
SETTINGS: dict[str, dict[str, Any]] = {
    # The news pop-up would cover the panels, and asks the internet.
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    # Two pages with the same notebook would ask each other's changes away, with a dialog over all.
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    # Saving a notebook saves all that its panels sync: none of it may name a customer.
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}
READY = """() => {
  const session = window.jupyterapp?.shell.currentWidget?.context?.sessionContext;
  const kernel = session?.session?.kernel;
  return session?.isReady && kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
RUN_ALL = "() => { jupyterapp.commands.execute('notebook:run-all-cells') }"
FORGET = "() => document.querySelectorAll('.cw-inbox').forEach(old => old.dataset.earlier = '')"
THEME = "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })"
SCROLL = "(list, to) => { list.scrollTop = to === 'top' ? 0 : list.scrollHeight }"
RESTART = """() =>
  jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart()
"""
SAVE = "() => jupyterapp.commands.execute('docmanager:save')"
BUSY = """import time
until = time.monotonic() + 60
while time.monotonic() < until:
    pass  # computing: it gives up the interpreter only when it must
"""
CELLS = """() => jupyterapp.shell.currentWidget.content.model.toJSON().cells
  .map(cell => [cell.cell_type, cell.source])"""
HERE = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|about:")


def inbox_of(folder: str) -> str:
    """A cell that shows the inbox of a workspace."""
    return f"""import workspace
from widgets import Inbox
ws = workspace.connect({folder!r})
inbox = Inbox(ws)
inbox"""


def asked(context: BrowserContext) -> list[str]:
    """Addresses of other hosts that any page or worker of `context` asks, from now on."""
    found: list[str] = []

    def note(url: str) -> None:
        if not HERE.match(url):
            found.append(url)

    context.on("request", lambda request: note(request.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: note(socket.url)))
    return found


KERNEL = """async ([expression, wanted]) => {
  const { kernel } = jupyterapp.shell.currentWidget.context.sessionContext.session;
  const asked = { code: "", store_history: false, user_expressions: { expression } };
  const last = performance.now() + 20_000;
  for (;;) {
    const { content } = await kernel.requestExecute(asked).done;
    const said = content.user_expressions.expression;
    const value = said.data?.["text/plain"] ?? said.evalue;
    if (value === wanted || performance.now() > last) return value;
  }
}"""


@dataclass
class Lab:
    url: str
    root: Path
    browser: Browser
    _others: dict[Page, list[str]] = field(default_factory=dict)
    """What each open page asked of other hosts."""
    _failures: dict[Page, list[str]] = field(default_factory=dict)

    def notebook(self, name: str, *cells: str) -> Path:
        """A copy of the inbox notebook, with `cells` right behind the cell of the inbox."""
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        at = 1 + next(i for i, cell in enumerate(notebook.cells) if cell.id == "inbox")
        notebook.cells[at:at] = [nbformat.v4.new_code_cell(source) for source in cells]
        return self.keep(name, notebook)

    def blank(self, name: str, *cells: str) -> Path:
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]
        return self.keep(name, notebook)

    def keep(self, name: str, notebook: Any) -> Path:
        path = self.root / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    @contextmanager
    def open(
        self,
        path: Path,
        *,
        width: int = 1440,
        height: int = 900,
        theme: str = "Light",
        init_script: str = "",
        **more: Any,
    ) -> Iterator[Page]:
        """The notebook in a page of its own, with a kernel; both end with the block.

        `init_script` runs in the page before any other.
        """
        context = self.browser.new_context(viewport={"width": width, "height": height}, **more)
        context.add_init_script(init_script)
        others = asked(context)
        page = context.new_page()
        self._others[page], self._failures[page] = others, []
        page.on("pageerror", lambda error: self._failures[page].append(str(error)))
        try:
            page.goto(f"{self.url}/doc/tree/{path.name}?token={TOKEN}&reset")
            page.wait_for_function(READY, timeout=60_000)
            page.evaluate(THEME, f"JupyterLab {theme}")
            yield page
            self.check(page)
        finally:
            del self._others[page], self._failures[page]
            context.close()
            self.end_kernel(path)

    def asked(self, page: Page) -> list[str]:
        """What the page asked of other hosts; who expects something takes it away by looking."""
        found, self._others[page][:] = list(self._others[page]), []
        return found

    def check(self, *pages: Page) -> None:
        """No script failed, and no other host was asked: on these pages, or on all open ones."""
        for page in pages or [*self._others]:
            page.evaluate("() => {}")  # all that happened until now is heard
            failures, self._failures[page] = self._failures[page], []
            trouble = [*failures, *self.asked(page)]
            assert not trouble, trouble

    @contextmanager
    def run(self, path: Path, **how: Any) -> Iterator["Inbox"]:
        """The notebook, all cells run, its inbox in sight."""
        with self.open(path, **how) as page:
            yield Inbox.run(page)

    def end_kernel(self, path: Path) -> None:
        for session in self.api("GET", "sessions"):
            if session["path"] == path.name:
                self.api("DELETE", f"sessions/{session['id']}")

    def api(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"token {TOKEN}"}
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method, headers=headers)
        with urllib.request.urlopen(request) as response:
            return json.loads(response.read() or b"null")


class Inbox:
    """The inbox on a page, by what one sees."""

    @classmethod
    def run(cls, page: Page) -> "Inbox":
        """Runs all cells; the inbox that comes of it, not one of an earlier run."""
        page.evaluate(FORGET)
        page.evaluate(RUN_ALL)
        inbox = cls(page)
        inbox.root.wait_for()
        inbox.root.scroll_into_view_if_needed()
        return inbox

    def __init__(self, page: Page, root: Locator | None = None) -> None:
        """`root`: of one among several."""
        self.page = page
        self.root = root or page.locator(".cw-inbox:not([data-earlier])")
        self.rows = self.root.get_by_role("option")
        self.view = self.root.locator(".cw-view")
        self.head = self.view.locator("header")
        self.heading = self.view.get_by_role("heading", level=2)
        self.log = self.view.get_by_role("log")
        self.messages = self.log.get_by_role("article")
        self.search = self.root.get_by_label("Search conversations")
        self.field = self.root.get_by_label("Reply", exact=True)
        self.toast = self.root.locator(".cw-toast")
        self.agent = self.root.get_by_role("switch", name="Agent replies")

    def row(self, name: str) -> Locator:
        return self.rows.filter(has=self.page.locator(".cw-row-name", has_text=name))

    def scroll_list(self, to: str) -> None:
        """To its "top" or "bottom": the list itself, since its rows change while news arrive."""
        self.root.locator(".cw-rows").evaluate(SCROLL, to)

    def loaded(self) -> int:
        """Rows the list has, in sight or not; one more is the place of the next page."""
        height = "canvas => canvas.offsetHeight / 68 - (canvas.querySelector('.cw-tail') ? 1 : 0)"
        return int(self.root.locator(".cw-canvas").evaluate(height))

    def open(self, name: str) -> None:
        self.row(name).click()
        expect(self.heading).to_have_text(name)
        expect(self.messages.first).to_be_visible()

    def names(self) -> list[str]:
        return self.rows.locator(".cw-row-name").all_text_contents()

    def tab(self, name: str) -> Locator:
        return self.root.get_by_role("tab", name=name)

    def badge(self, tab: str) -> Locator:
        return self.tab(tab).locator(".cw-badge")

    def status(self, name: str) -> Locator:
        return self.row(name).locator(".cw-pill")

    def message(self, text: str) -> Locator:
        return self.messages.filter(has_text=text)

    def choose(self, option: str) -> None:
        """An option of the open conversation's menu."""
        self.view.get_by_role("button", name="Conversation options").click()
        self.view.get_by_role("menuitem", name=option, exact=True).click()

    def options(self) -> list[str]:
        self.view.get_by_role("button", name="Conversation options").click()
        found = self.view.get_by_role("menuitem").all_text_contents()
        self.page.keyboard.press("Escape")
        return found

    def send(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def theme(self, name: str) -> None:
        """JupyterLab's: "Light" or "Dark"."""
        self.page.evaluate(THEME, f"JupyterLab {name}")
        expect(self.view).to_have_attribute("data-cw-theme", name.lower())

    def filter(self, chip: str) -> Locator:
        return self.root.locator(f"[data-chip={chip}]")


def python(page: Page, source: str) -> None:
    """Runs `source` in the notebook's kernel."""
    run = """code => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel
      .requestExecute({ code }).done.then(reply => reply.content.status)"""
    assert page.evaluate(run, source) == "ok"


def expect_kernel(page: Page, expression: str, value: object) -> None:
    """Asks the notebook's kernel until an expression has this value there."""
    assert page.evaluate(KERNEL, [expression, repr(value)]) == repr(value)


def running(page: Page) -> Locator:
    """The prompt of a cell that still runs."""
    return page.locator(".jp-InputPrompt", has_text=re.compile(r"\[\*\]"))


@contextmanager
def replaced(page: Page, place: str, function: str) -> Iterator[None]:
    """Another method than the browser's, such as "navigator.clipboard.writeText", for a while."""
    page.evaluate(f"() => {{ {place} = {function} }}")
    try:
        yield
    finally:
        page.evaluate(f"() => {{ delete {place} }}")


@contextmanager
def server(root: Path, home: Path, data: Path, *, app: str = "jupyterlab") -> Iterator[str]:
    """JupyterLab, or Notebook 7, over `root`, with settings of its own; its address."""
    for name, values in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    places = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {
        **os.environ,
        **places,
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "CONVO_DATA": str(data),
    }
    command = [sys.executable, "-m", app, "--no-browser", "--allow-root"]
    command += ["--expose-app-in-browser", f"--IdentityProvider.token={TOKEN}"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={root}"]
    command += ["--LabApp.news_url=None"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield _address(process, home / "RUNTIME")
        finally:
            process.terminate()
            process.wait(20)


def _address(process: "subprocess.Popen[bytes]", runtime: Path) -> str:
    """Where the server answers: it writes that into a file of its runtime folder."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            if text := path.read_text():
                return str(json.loads(text)["url"]).rstrip("/")
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start; see {runtime.parent / 'server.log'}")
