"""What is left of an erased message: a salted hash of the provider's id for it.

It makes replays and rescans of a mailbox bounce without telling whom they were about.
"""

import hmac
from collections.abc import Collection, Iterable
from secrets import token_hex

from workspace.models import Address
from workspace.store import facts
from workspace.store.driver import Driver
from workspace.store.sql import query

Key = tuple[int, str]
"""(channel id, provider id)"""


def salt(tx: Driver) -> str:
    """This database's salt, made at the first call.

    Call it when a workspace is opened: a backup from before there was one would get another salt,
    and the journal's tombstones would no longer fit.
    """
    known = facts.get(tx, "salt")
    if known is not None:
        return known
    new = token_hex(32)
    facts.put(tx, "salt", new)
    return new


def hashed(salt: str, channel_id: int, provider_id: str) -> str:
    """The tombstone of a message."""
    name = f"{channel_id}\n{provider_id}".encode("utf-8", "surrogatepass")
    return hmac.digest(salt.encode(), name, "sha256").hex()


def person(salt: str, channel_id: int, address: Address) -> str:
    """The tombstone of somebody, as one channel knows them."""
    return hashed(salt, channel_id, f"{address.kind.value}\n{address.value}")


def add(tx: Driver, hashes: Iterable[str]) -> None:
    """Keep tombstones; known ones stay as they are."""
    tx.execute(query("tombstones.add"), [list(hashes)])


def bury(tx: Driver, keys: Collection[Key]) -> None:
    """Keep tombstones of messages (channel id, provider id)."""
    if keys:
        secret = salt(tx)
        add(tx, [hashed(secret, *key) for key in keys])


def entombed(db: Driver, keys: Iterable[Key]) -> set[Key]:
    """Those of the messages (channel id, provider id) that were erased."""
    secret = facts.get(db, "salt")
    if secret is None:  # nothing was ever erased
        return set()
    hashes = {hashed(secret, *key): key for key in keys}
    rows = db.execute(query("tombstones.known"), [list(hashes)]) if hashes else []
    return {hashes[row[0]] for row in rows}


def missing(db: Driver, hashes: set[str]) -> set[str]:
    """Those of the hashes that are no tombstones here yet."""
    rows = db.execute(query("tombstones.known"), [list(hashes)]) if hashes else []
    return hashes - {row[0] for row in rows}
