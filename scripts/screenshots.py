"""Takes the pictures of the documentation anew: the inbox over fresh demo data, light and dark."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.lab import CHROMIUM, THEME, Inbox, Lab, server  # noqa: E402
from workspace.client import Workspace  # noqa: E402
from workspace.models import Conversation  # noqa: E402
from workspace.testing.hub import running_hub  # noqa: E402

IMAGES = ROOT / "docs" / "images"
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ON_TOP = "() => document.querySelector('.jp-Cell:has(.cw-inbox)').scrollIntoView()"
SETTLED = "() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))"


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_hub(Path(folder) / "demo") as ws:
        ws.load_demo()
        take(ws, Path(folder))


def take(ws: Workspace, folder: Path) -> None:
    root = folder / "notebooks"
    root.mkdir()
    chromium = next(path for path in BROWSERS if Path(path).exists())
    with server(root, folder / "jupyter", Path(ws.info().folder)) as url, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=chromium, args=CHROMIUM)
        lab = Lab(url, root, browser)
        with lab.run(lab.notebook("inbox"), height=900, device_scale_factor=2) as inbox:
            pose(inbox, worth_seeing(ws))
            for theme in ("Light", "Dark"):
                inbox.page.evaluate(THEME, f"JupyterLab {theme}")
                expect(inbox.view).to_have_attribute("data-cw-theme", theme.lower())
                inbox.page.evaluate(SETTLED)
                path = IMAGES / f"inbox-{theme.lower()}.png"
                inbox.page.evaluate(ON_TOP)
                inbox.page.screenshot(path=path)
                print(path.relative_to(ROOT))
        browser.close()


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
