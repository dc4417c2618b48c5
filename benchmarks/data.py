"""A business of any size, the same every time: made-up words in made-up mouths.

Words are drawn as in a real language, a few of them very often and most of them seldom, so that a
search for a common word meets many messages and one for a rare word meets hardly any.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from workspace.channels.base import Meta, Payload
from workspace.channels.simulated import payloads
from workspace.journal import Record
from workspace.models import Address, AddressKind
from workspace.services.payloads import record

SEED = 20260331
MESSAGES_EACH = 10
DAYS = 365
SYLLABLES = [
    first + vowel + last for first in "bdfgklmnprstvz" for vowel in "aeiou" for last in ("", "n")
]


def word(rank: int) -> str:
    """The word of this rank, 0 being the commonest; no word is part of another."""
    text = ""
    for _ in range(3):
        rank, digit = divmod(rank, len(SYLLABLES))
        text += SYLLABLES[digit]
    return f"{text}x"


VOCABULARY = [word(rank) for rank in range(30_000)]
WEIGHTS = list(accumulate(1 / (rank + 3) for rank in range(len(VOCABULARY))))
COMMON, MIDDLE, RARE, ABSENT = VOCABULARY[0], VOCABULARY[800], VOCABULARY[29_000], "qqqqqq"


class Business:
    """`size` customers of one channel who exchange ten messages each with it, over a year."""

    def __init__(self, size: int, channel_id: int, now: datetime) -> None:
        self.size = size
        self._channel_id = channel_id
        self._now = now
        self._dice = Random(SEED)
        self._serial = 0

    def name(self, customer: int) -> str:
        return f"{word(7 * customer + 11).title()} {word(customer + 5).title()}"

    def history(self) -> Iterator[Record]:
        """Everybody's messages in the order of time; half the customers have the last word."""
        times: list[tuple[datetime, int, bool]] = []
        for customer in range(self.size):
            at = self._now - timedelta(days=self._dice.random() * DAYS)
            for turn in range(MESSAGES_EACH):
                times.append((min(at, self._now), customer, (turn + customer) % 2 == 1))
                at += timedelta(hours=self._dice.expovariate(1 / 8))
        for at, customer, own in sorted(times):
            yield self.message(customer, at, own=own)

    def message(self, customer: int, at: datetime | None = None, own: bool = False) -> Record:
        """One new message of a customer, or to one, as the provider delivers it."""
        at = at or datetime.now(UTC)
        self._serial += 1
        message = payloads.message(
            f"bench.{self._serial}",
            at,
            Address(AddressKind.PHONE, f"+1202{customer:07}"),
            self.name(customer),
            text=" ".join(self._words()),
            own=own,
        )
        payload = Payload(payloads.dump([message]), Meta(received_at=at), cursor="")
        return record(self._channel_id, payload)

    def _words(self) -> list[str]:
        n = self._dice.randint(3, 22)
        return self._dice.choices(VOCABULARY, cum_weights=WEIGHTS, k=n)
