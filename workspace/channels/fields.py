"""Reading JSON that strangers wrote: what is not as expected is one of `ODD`, nothing else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

ODD = (ValueError, TypeError, KeyError, OverflowError)
"""What these functions and plain indexing raise, where a field is missing or of another type."""

Fields = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def table(value: Any) -> Fields:
    """An object."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def tables(fields: Any, name: str) -> Sequence[Any]:
    """The items of a list, whatever they are; none where it is missing."""
    value = table(fields).get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise TypeError(f"{name} is not a list")
    return value


def text(fields: Any, name: str) -> str:
    """A text; empty where it is missing."""
    value = table(fields).get(name)
    return "" if value is None else string(value)


def string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def epoch(value: Any) -> datetime:
    """Seconds since 1970, as a number or a text of digits.

    Added up here: `fromtimestamp` raises OSError for one that is far too large.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError("not a time")
    return _EPOCH + timedelta(seconds=int(value))
