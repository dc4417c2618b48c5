"""New ids, from the one sequence that numbers everything."""

from workspace.store.driver import Driver
from workspace.store.sql import query


def allocate(tx: Driver, n: int) -> list[int]:
    """`n` new ids, ascending, greater than every id ever committed."""
    return sorted(row[0] for row in tx.execute(query("ids.allocate"), [n]))


class Ids:
    """New ids one by one, fetched in portions; those not used are lost, which is no harm."""

    def __init__(self, tx: Driver, expected: int = 1) -> None:
        self._tx = tx
        self._left = iter(allocate(tx, max(expected, 1)))

    def next(self) -> int:
        for id in self._left:
            return id
        self._left = iter(allocate(self._tx, 64))
        return next(self._left)
