"""Instants, messaging windows and date filters. `now` is always given: there is no clock here."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workspace.errors import InvalidRequest


def clamp(occurred_at: datetime, received_at: datetime) -> datetime:
    """A provider's stamp, never later than when the message was received."""
    return min(occurred_at, received_at)


def window_closes_at(window: timedelta | None, last_inbound_at: datetime | None) -> datetime | None:
    """When free text stops being allowed. None: no window, or the customer has not written yet."""
    if window is None or last_inbound_at is None:
        return None
    return last_inbound_at + window


def window_open(window: timedelta | None, last_inbound_at: datetime | None, now: datetime) -> bool:
    """Whether free text may be sent at `now` (the channel's clock); closed at the very end."""
    if window is None:
        return True
    closes = window_closes_at(window, last_inbound_at)
    return closes is not None and now < closes


def zone(name: str) -> ZoneInfo:
    """The IANA time zone `name`. Raises InvalidRequest."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidRequest(
            f"{name!r} is not a time zone; use an IANA name such as 'Europe/Berlin'."
        ) from error


def interval(
    since: str | date | None, until: str | date | None, tz: str
) -> tuple[datetime | None, datetime | None]:
    """A date filter as a half-open interval of instants, [since, until).

    A bare date means the whole day in `tz`, so that `until` includes that day; a datetime is an
    instant (in `tz` where it names no zone). None leaves the end open. Raises InvalidRequest.
    """
    at = zone(tz)
    first = _instant(since, at, "since", end=False)
    last = _instant(until, at, "until", end=True)
    if first is not None and last is not None and first >= last:
        raise InvalidRequest(f"The date range is empty: {since} is not before {until}.")
    return first, last


def _instant(value: str | date | None, tz: ZoneInfo, name: str, *, end: bool) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        parsed = _parse(value)
        if isinstance(parsed, datetime):
            return parsed if parsed.tzinfo else parsed.replace(tzinfo=tz)
        day = parsed + timedelta(days=1) if end else parsed
        return datetime.combine(day, time(), tz)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"{name}={value!r} is not a date; write 2026-03-31, or 2026-03-31T18:00 for an instant."
        ) from error


def _parse(value: str | date) -> date:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return datetime.fromisoformat(value)
