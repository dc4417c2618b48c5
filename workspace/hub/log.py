"""hub.log: what the hub did, never what customers said.

An exception's message may quote a value (DuckDB names the key it found twice), so only its type and
the places it passed are written.
"""

import logging
import os
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from workspace.settings import Paths

SIZE = 5_000_000
KEPT = 3


class Discreet(logging.Formatter):
    """Formats exceptions without their messages, with the places in this package and the last."""

    def formatException(self, ei: object) -> str:  # noqa: N802
        assert isinstance(ei, tuple)
        return "".join(_told(ei[1])).rstrip()

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return stack_info


def _told(error: BaseException | None) -> list[str]:
    if error is None:
        return []
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = traceback.extract_tb(error.__traceback__)
    shown = [frame for frame in frames if frame.filename.startswith(_OURS)]
    if frames and frames[-1] not in shown:
        shown.append(frames[-1])
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return [*_told(cause), f"  {kind}, raised through\n", *traceback.format_list(shown)]


_OURS = str(Path(__file__).parents[1])


def configure(paths: Paths, *, foreground: bool) -> None:
    """Send all logging to hub.log, in the foreground to stderr as well."""
    handlers: list[logging.Handler] = [_file(paths)]
    if foreground:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # Libraries tell more than they should: httpx logs addresses, and some hold a token.
    logging.basicConfig(level=logging.WARNING, handlers=handlers, force=True)
    logging.getLogger("workspace").setLevel(logging.INFO)
    logging.captureWarnings(True)
    threading.excepthook = _thread_died
    sys.excepthook = _died


def _file(paths: Paths) -> RotatingFileHandler:
    os.close(os.open(paths.log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    return RotatingFileHandler(paths.log, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")


def _thread_died(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread else "a thread"
    _died(args.exc_type, args.exc_value, args.exc_traceback, f"{name} died")


def _died(
    kind: type[BaseException],
    error: BaseException | None,
    at: TracebackType | None,
    what: str = "the hub died",
) -> None:
    found = error if error is not None else kind()
    logging.getLogger("workspace.hub").critical(what, exc_info=(kind, found, at))
