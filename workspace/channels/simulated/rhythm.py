"""When people write: customers while they are awake, operators in business hours.

Times are made backwards from the last message, so that a conversation ends where it should.
"""

from datetime import datetime, timedelta
from random import Random

from workspace.channels.simulated.words import HOURS_FROM_UTC

_OFFICE = timedelta(hours=1)
"""The shop's hours from UTC."""


def last_before(who: str, language: str, at: datetime, dice: Random) -> datetime:
    """A time up to `at` when this side writes; `at` itself where it can be."""
    if who == ">":
        return at if is_open(at) else _while_open(at, dice)
    return _while_awake(language, at, dice)


def next_after(at: datetime, dice: Random) -> datetime:
    """The first time from `at` on when an operator would do something."""
    while not is_open(at):
        at = (at + timedelta(hours=1)).replace(minute=dice.randrange(1, 50))
    return at


def is_open(at: datetime) -> bool:
    local = at + _OFFICE
    first, last = _hours(local)
    return first <= local.hour < last


def gap(who: str, plays: str, later: bool, dice: Random) -> timedelta:
    """How long this side takes to answer."""
    if later:
        return timedelta(minutes=round(dice.uniform(1000, 4000)))
    median = {"mail": 150.0, "sms": 25.0}.get(plays, 14.0) * (0.8 if who == "<" else 1.0)
    minutes = median * dice.lognormvariate(0, 0.9)
    return timedelta(seconds=round(min(max(minutes, 0.5), 60 * 20) * 60))


def _hours(local: datetime) -> tuple[int, int]:
    match local.weekday():
        case 6:
            return 0, 0
        case 5:
            return 10, 15
        case _:
            return 8, 18


def _while_open(at: datetime, dice: Random) -> datetime:
    """Some time in the last business hours before."""
    day = at + _OFFICE
    while True:
        first, last = _hours(day)
        # On Saturdays it's quiet: rather on Friday.
        if last and day.hour >= last and (last == 18 or dice.random() < 0.3):
            return (
                day.replace(hour=dice.randrange(first, last), minute=dice.randrange(60)) - _OFFICE
            )
        # What would fall on a weekend is spread over the days before.
        back = dice.randrange(1, 5) if day.weekday() >= 5 else 1
        day = (day - timedelta(days=back)).replace(hour=23)


def _while_awake(language: str, at: datetime, dice: Random) -> datetime:
    offset = timedelta(hours=HOURS_FROM_UTC[language])
    local = at + offset
    if not 7 <= local.hour < 23:
        evening = local - timedelta(days=1) if local.hour < 7 else local
        local = evening.replace(hour=dice.randrange(16, 23), minute=dice.randrange(60))
    return local - offset
