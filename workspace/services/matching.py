"""Conversations chosen by a filter instead of by their ids."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from workspace.errors import CountChanged
from workspace.services.filters import Filter

PORTION = 1_000
"""Conversations of one transaction; others get their turn between two."""


@dataclass(frozen=True, slots=True)
class Matching:
    """All that match a filter, in the tab it names, as long as they are as many as expected."""

    where: Filter
    expected: int

    def request(self) -> dict[str, object]:
        """What makes it differ from another request."""
        return {"where": asdict(self.where), "expected": self.expected}

    def checked(self, ids: list[int]) -> list[int]:
        """`ids`, if they are as many as expected. Raises CountChanged."""
        if len(ids) != self.expected:
            raise CountChanged(
                f"{len(ids):,} conversations match now, not {self.expected:,}, so nothing was "
                f"done. Look at them again; with expected={len(ids)} it is done.",
                expected=self.expected,
                found=len(ids),
            )
        return ids


Targets = Sequence[int] | Matching
"""What a verb acts on."""


def portions(ids: Sequence[int], key: str | None) -> Iterator[tuple[Sequence[int], str | None]]:
    """Parts for a transaction each, with their idempotency keys."""
    for number, start in enumerate(range(0, len(ids), PORTION)):
        yield ids[start : start + PORTION], key and f"{key}-{number}"
