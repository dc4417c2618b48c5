"""axe-core's judgement of what is ours on a page."""

from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

OURS = ".cw-inbox:not([data-earlier])"
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((animation) => animation.effect.getComputedTiming().iterations !== Infinity)
  .map((animation) => animation.finished.catch(() => {})))"""
"""Everything stands where it belongs; what waits for ever (a place for a picture) may go on."""
GRAVE = ("serious", "critical")


def violations(page: Page, include: str = OURS) -> list[str]:
    """Serious and critical ones inside `include`, in words. JupyterLab has some of its own."""
    page.evaluate(SETTLED)  # halfway through an animation nothing has its colours
    page.evaluate(_script())
    run = "include => axe.run({ include: [[include]] }, { resultTypes: ['violations'] })"
    found = page.evaluate(run, include)["violations"]
    return [_words(violation) for violation in found if violation["impact"] in GRAVE]


@cache
def _script() -> str:
    # A page with require.js (Voila's) must not take it for a module of its own.
    return f"() => {{ const define = undefined, module = undefined;\n{AXE_SCRIPT}\n}}"


def _words(violation: dict[str, Any]) -> str:
    places = "; ".join(
        f"{' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for node in violation["nodes"]
    )
    return f"{violation['id']} ({violation['impact']}): {violation['help']}. {places}"
