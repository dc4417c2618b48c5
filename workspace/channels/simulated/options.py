"""What one can set on a simulated channel. Numbers may be text, as a command line gives them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from workspace.channels.simulated import faults
from workspace.channels.simulated.faults import Faults
from workspace.channels.simulated.plays import PLAYS, TEMPLATES
from workspace.errors import ConfigError
from workspace.models import Capabilities, StartRule

CLOCKS = ("live", "anchored", "frozen")


@dataclass(frozen=True, slots=True)
class Options:
    plays: str = "simulator"
    """What it pretends to be: whatsapp, instagram, telegram, sms, mail, or a plain simulator."""
    seed: int = 1
    anchor: datetime | None = None
    """The present of this world: history lies before it. None: when it is first opened."""
    clock: str = "live"
    """live: the machine's. anchored: starts at the anchor and runs. frozen: stands there until
    advanced."""
    customers: int = 0
    """How many customers have a history. Others write, too."""
    pace: float = 0.0
    """Seconds from one customer's message to the next; 0: nobody writes by themselves."""
    messages: int | None = None
    """How many messages customers write by themselves at most; None: no end."""
    answer_after: float = 6.0
    """Seconds, about, until a customer answers; 0: nobody answers."""
    latency: float = 0.0
    """Seconds from accepting a message to saying so."""
    window_hours: float | None = None
    """Replaces the messaging window of what it plays; 0: none."""
    start: StartRule | None = None
    """Replaces whether the business may write first: free, template_only (it then has the
    templates, too) or never."""
    read_receipts: bool = True
    """Whether customers see what was read, and that somebody is typing, where it plays one that
    shows it."""
    faults: Faults = field(default_factory=Faults)
    silent: tuple[int, ...] = ()
    """Customers of whom the provider never says what became of the first thing sent to them."""

    @property
    def capabilities(self) -> Capabilities:
        found = PLAYS[self.plays]
        if self.window_hours is not None:
            hours = self.window_hours
            found = replace(found, window=timedelta(hours=hours) if hours else None)
        if self.start is not None:
            reason = found.start_reason or "This simulator is set up so; let a customer write."
            reason = "" if self.start is StartRule.FREE else reason
            found = replace(found, can_start=self.start, start_reason=reason)
        if not self.read_receipts:
            found = replace(found, read_receipts=False, typing=None)
        if found.can_start is StartRule.TEMPLATE_ONLY:
            found = replace(found, templates=TEMPLATES)
        return found


def read(options: Mapping[str, Any]) -> Options:
    """Options as configured. Raises ConfigError naming the option that is wrong."""
    values: dict[str, Any] = {}
    for name, value in options.items():
        reader = _READERS.get(name)
        if reader is None:
            known = ", ".join(sorted(_READERS))
            raise ConfigError(f"The simulator has no option {name!r}; it has {known}.")
        try:
            values[name] = reader(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise ConfigError(f"Simulator option {name}: {error}.", option=name) from error
    return Options(**values)


def _flag(value: Any) -> bool:
    """True or false, also as text."""
    known = {"true": True, "yes": True, "false": False, "no": False}
    value = known.get(value.lower(), value) if isinstance(value, str) else value
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _one_of(*known: str) -> Any:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(f"{value!r} is not one of {', '.join(known)}")
        return str(value)

    return read


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} is not a whole number")
    return int(value)


def _count(value: Any) -> int:
    number = _whole(value)
    if number < 0:
        raise ValueError(f"{number} is negative")
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"{value!r} is not a number")
    number = float(value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{value!r} is not a number from 0 on")
    return number


def _numbers(value: Any) -> tuple[int, ...]:
    """A list, or text such as ``3,17``."""
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is not a list of numbers")
    return tuple(_count(number) for number in value)


def _instant(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _faults(value: Any) -> Faults:
    """A table, or text such as ``unreachable=0.1,timeout=0.05``."""
    if isinstance(value, str):
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        value = {name.strip(): share for name, _, share in pairs}
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is not a table of shares")
    return faults.from_options({name: _number(share) for name, share in value.items()})


_READERS: dict[str, Any] = {
    "plays": _one_of(*PLAYS),
    "seed": _whole,
    "anchor": _instant,
    "clock": _one_of(*CLOCKS),
    "customers": _count,
    "pace": _number,
    "messages": _count,
    "answer_after": _number,
    "latency": _number,
    "window_hours": _number,
    "start": lambda value: StartRule(_one_of(*StartRule)(value)),
    "read_receipts": _flag,
    "faults": _faults,
    "silent": _numbers,
}
