"""New ids, from the one sequence that numbers everything."""

from workspace.store.driver import Driver
from workspace.store.sql import query


def allocate(tx: Driver, n: int) -> list[int]:
    """`n` new ids, ascending, greater than every id ever committed."""
    return sorted(row[0] for row in tx.execute(query("ids.allocate"), [n]))
