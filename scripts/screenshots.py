"""Takes the pictures of the documentation anew, over fresh demo data."""

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.axe import SETTLED  # noqa: E402
from tests.browser.lab import CHROMIUM, Inbox, Lab, server  # noqa: E402
from workspace.client import Workspace  # noqa: E402
from workspace.models import Conversation  # noqa: E402
from workspace.testing.browser import chromium  # noqa: E402
from workspace.testing.hub import running_hub  # noqa: E402

IMAGES = ROOT / "docs" / "images"
ON_TOP = "() => document.querySelector('.jp-Cell:has(.cw-inbox)').scrollIntoView()"
SHARP = 1.5
"""Pixels of a picture for one of the page."""


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_hub(Path(folder) / "demo") as ws:
        ws.load_demo()
        with jupyterlab(ws, Path(folder)) as lab:
            take(lab, worth_seeing(ws))


@contextmanager
def jupyterlab(ws: Workspace, folder: Path) -> Iterator[Lab]:
    root = folder / "notebooks"
    root.mkdir()
    with server(root, folder / "jupyter", Path(ws.info().folder)) as url, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        yield Lab(url, root, browser)
        browser.close()


def take(lab: Lab, name: str) -> None:
    """Pictures of the conversation with the customer of this `name`."""
    with lab.run(lab.notebook("inbox"), height=900, device_scale_factor=SHARP) as inbox:
        pose(inbox, name)
        for theme in ("Dark", "Light"):
            inbox.theme(theme)
            keep(inbox, f"inbox-{theme.lower()}")
        inbox.log.focus()
        inbox.page.keyboard.press("?")
        expect(inbox.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        keep(inbox, "keys")
        inbox.page.keyboard.press("Escape")
        inbox.page.keyboard.press("n")
        fill_in(inbox.page.get_by_role("dialog", name="New conversation"))
        keep(inbox, "new")
    with lab.run(lab.notebook("narrow"), width=760, height=900, device_scale_factor=SHARP) as inbox:
        pose(inbox, name)
        keep(inbox, "inbox-narrow")


def fill_in(new: Locator) -> None:
    new.get_by_label("Customer name").fill("Ada Brandt")
    new.get_by_label("Phone number").fill("+49 151 23456789")
    new.get_by_label("Search templates").fill("order_update English")
    new.locator(".cw-template-option").click()
    for label, value in (
        ("Header variable 1", "A-2077"),
        ("Variable 1", "Ada"),
        ("Variable 2", "A-2077"),
        ("Variable 3", "on Thursday"),
    ):
        new.get_by_label(re.compile(f"^{label}")).fill(value)
    expect(new.get_by_label("Preview")).to_contain_text("on Thursday")


def keep(inbox: Inbox, name: str) -> None:
    """The page as it is now, as a small file: in 256 colours no eye misses the others."""
    inbox.page.evaluate(SETTLED)
    inbox.page.evaluate(ON_TOP)
    picture = Image.open(io.BytesIO(inbox.page.screenshot())).convert("RGB").quantize(256)
    path = IMAGES / f"{name}.png"
    picture.save(path, optimize=True)
    print(path.relative_to(ROOT), f"{path.stat().st_size / 1000:.0f} kB")


def worth_seeing(ws: Workspace) -> str:
    """A recent conversation with a photo near its end; some of the others get done on the way."""
    rows = [row for row in ws.conversations(limit=50) if row.contact_name.isascii()]
    chosen = next((row for row in rows if _pictured(ws, row)), rows[0])
    others = [row for row in rows if row.id != chosen.id]
    for row in others[1:6:4]:
        ws.send(row.id, "Thank you for waiting: it is on its way, and should arrive tomorrow.")
    ws.resolve([row.id for row in others[2:8:3]])
    ws.set_agent_replies(others[4].id, True)
    return chosen.contact_name


def _pictured(ws: Workspace, row: Conversation) -> bool:
    last = ws.messages(row.id, limit=6)
    files = [file for message in last for file in message.attachments]
    well = all(m.delivery_status in (None, "delivered", "read") for m in last)
    both = {message.direction for message in last} == {"inbound", "outbound"}
    return well and both and any(file.mime.startswith("image/") for file in files)


def pose(inbox: Inbox, name: str) -> None:
    expect(inbox.rows.first).to_be_visible()
    inbox.open(name)
    expect(inbox.messages.last).to_be_visible()
    for image in inbox.messages.locator("img").all():
        expect(image).to_be_visible()


if __name__ == "__main__":
    main()
