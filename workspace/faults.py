"""Points at which a test may have this process killed.

"Nothing is lost by kill -9" can only be shown by dying between two particular statements. Code
that ships may not import `workspace.testing`, so the points live here; without CONVO_FAULT they do
nothing. Names in use: after_fetch, after_append, before_perform, after_perform, after_portion,
demo_wave.
"""

import os
import signal


def reach(point: str) -> None:
    """Kill this process, as kill -9 does, if CONVO_FAULT names this point."""
    if os.environ.get("CONVO_FAULT") == point:
        os.kill(os.getpid(), signal.SIGKILL)
