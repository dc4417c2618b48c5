"""The filters' names are the product's own, whatever room there is."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.stage import Stage

LABELS = ["Status", "Date range", "Channel", "Unread only"]
CUT = "chip => chip.scrollWidth > chip.clientWidth"


@pytest.mark.slow
def test_the_filters_have_their_names(lab: Lab, hub: Stage, pictures: Path) -> None:
    hub.writes("Fay Filter", "Which of them?")
    for width in (1440, 760):
        with lab.run(lab.notebook(f"labels-{width}"), width=width) as inbox:
            chips = inbox.root.locator(".cw-chips .cw-chip")
            expect(chips).to_have_text(LABELS)
            for n in range(len(LABELS)):
                assert not chips.nth(n).evaluate(CUT)
            for theme in ("Light", "Dark"):
                inbox.theme(theme)
                inbox.page.screenshot(path=pictures / f"filters-{width}-{theme.lower()}.png")
