"""When a customer hears that an operator types. Pure."""

from datetime import datetime, timedelta

_SHARE = 0.8
"""Told again a little before it ends, so that it does not flicker while somebody goes on."""


def typing_due(told_at: datetime | None, now: datetime, lasts: timedelta) -> bool:
    """Whether the provider is to be told now. `told_at`: when it was last; None: never."""
    return told_at is None or not told_at <= now < told_at + lasts * _SHARE
