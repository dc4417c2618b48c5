"""Where a workspace lives and how it is set up.

A workspace is one folder. `settings.toml` in it holds what a person may change; secrets lie apart,
in the environment or in `secrets.toml`, which must be readable by its owner alone.
"""

import os
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from math import inf
from pathlib import Path
from typing import Any

from workspace.errors import ConfigError

API_VERSION = 1
"""Version of the HTTP API; hub and client must agree."""

MAX_TEXT = 1_000_000
"""Characters of one message text the hub takes at all; channels allow far less."""

MAX_UPLOAD = 100_000_000
"""Bytes of one uploaded file the hub takes at all; channels may allow less."""

MAX_UNDO = 3_600
"""Seconds a send can be held back; beyond, it would look lost."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of a workspace folder.

    DuckDB may touch `database_folder` only: token, journal and attachments lie outside it, so that
    no SQL can reach them.
    """

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets.toml"

    @property
    def lock(self) -> Path:
        return self.folder / "hub.lock"

    @property
    def token(self) -> Path:
        return self.folder / "token"

    @property
    def log(self) -> Path:
        return self.folder / "hub.log"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.sqlite"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def simulator(self) -> Path:
        return self.folder / "simulator"

    @property
    def database_folder(self) -> Path:
        return self.folder / "db"

    @property
    def database(self) -> Path:
        return self.database_folder / "workspace.duckdb"

    def attachment(self, id: int) -> Path:
        return self.files / str(id // 1000) / str(id)


@dataclass(frozen=True, slots=True)
class Settings:
    """What `settings.toml` may say; every value has a default."""

    demo: bool = False
    """The folder holds demo data; only simulated channels may be added."""
    sql_seconds: float = 60.0
    """Time limit of one SQL query."""
    sql_megabytes: int = 2_000
    """Size limit of one SQL result."""
    memory_megabytes: int = 1_024
    """Memory DuckDB may use, for everything together."""
    lease_seconds: float = 60.0
    """How long one attempt to send may take before it counts as not confirmed, were there no files
    to upload; and how long a hub that is closed waits for what is in flight.
    """
    max_attempts: int = 6
    """Attempts to send before a passing failure counts as final. What the provider turned away
    because it wants less for a while, of all or of what goes to one customer, is no attempt.
    """
    undo_seconds: float = 5.0
    """How long an operator's single send is held back for Undo; 0: it leaves at once."""
    webhooks: str = ""
    """Where providers may call, such as 127.0.0.1:8443; empty: nowhere."""

    @classmethod
    def load(cls, paths: Paths) -> "Settings":
        """Settings of a folder; defaults where there is no file. Raises ConfigError."""
        if not paths.settings.exists():
            return cls()
        return cls(**_checked(cls, _toml(paths.settings)))


@dataclass(frozen=True, slots=True)
class Secrets:
    """Secrets by reference: ``env:NAME`` or ``secret:name`` (a key of `secrets.toml`).

    Channel options hold the reference; the value is read when it is needed and never stored.
    """

    paths: Paths
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)

    def get(self, reference: str) -> str:
        """The value. Raises ConfigError saying where it was looked for, never the value."""
        source, _, name = reference.partition(":")
        if source == "env" and name:
            return self._from_environment(name)
        if source == "secret" and name:
            return self._from_file(name)
        raise ConfigError(
            "A secret is named as env:NAME (an environment variable) or secret:NAME "
            f"(a line of {self.paths.secrets.name}); a value itself is never stored."
        )

    def _from_environment(self, name: str) -> str:
        try:
            return self.environ[name]
        except KeyError:
            raise ConfigError(
                f"The environment variable {name} is not set; set it and start the hub again."
            ) from None

    def _from_file(self, name: str) -> str:
        path = self.paths.secrets
        if not path.exists():
            raise ConfigError(f"{path} does not exist; create it with mode 0600 and a line {name}.")
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError(f"{path} can be read by others; run: chmod 600 {path}")
        value = _toml(path).get(name)
        if not isinstance(value, str):
            raise ConfigError(f'{path} has no line {name} = "..."; add it.')
        return value


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # A parser's message may quote the line, and the line may be a secret: name the place only.
        place = f" ({error})" if path.name == "settings.toml" else ""
        raise ConfigError(f"{path} is not valid TOML{place}; correct it.") from None


def _checked(cls: type[Settings], values: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, type] = {f.name: type(f.default) for f in fields(cls)}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(
                f"settings.toml: unknown setting {name!r}; known are {', '.join(sorted(known))}."
            )
        good, wanted = _RANGES.get(name) or _FORMS[known[name]]
        if not good(value):
            raise ConfigError(f"settings.toml: {name} must be {wanted}.")
    return values


_FORMS: dict[type, tuple[Callable[[Any], bool], str]] = {
    bool: (lambda v: isinstance(v, bool), "true or false"),
    str: (lambda v: isinstance(v, str), "text"),
    int: (lambda v: type(v) is int and v > 0, "a whole number above 0"),
    float: (lambda v: type(v) in (int, float) and 0 < v < inf, "a number above 0"),
}

_RANGES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "undo_seconds": (
        lambda v: type(v) in (int, float) and 0 <= v <= MAX_UNDO,
        f"a number from 0 to {MAX_UNDO:,}",
    ),
}
"""Settings that allow other values than the rest of their type."""
