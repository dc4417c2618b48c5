"""Settings for tests that send: nothing is held back for Undo."""

from pathlib import Path
from typing import Any

from workspace import process
from workspace.settings import Paths, Settings

_TOML = "undo_seconds = 0\n"


def settings(**more: Any) -> Settings:
    """Settings of a workspace in which a send leaves at once."""
    return Settings(**{"undo_seconds": 0.0, **more})


def folder(path: Path, *, demo: bool = True) -> Paths:
    """A workspace folder with these settings, made if it is new."""
    return process.make(path, f"demo = true\n{_TOML}" if demo else _TOML)
