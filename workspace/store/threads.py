"""Which conversation a Message-ID belongs to, and threads that turn out to be one."""

from collections.abc import Iterable, Mapping

from workspace.store import changes
from workspace.store.driver import Driver
from workspace.store.sql import query

MOVED = ("messages", "attachments", "drafts", "draft_uploads", "events", "refs", "aliases")


def find(db: Driver, channel_id: int, refs: Iterable[str]) -> dict[str, int]:
    """The conversations of Message-IDs; unknown ones are absent."""
    wanted = list(refs)
    if not wanted:
        return {}
    return dict(db.execute(query("threads.find"), [channel_id, wanted]))


def add(tx: Driver, refs: Mapping[tuple[int, str], int]) -> None:
    """Note (channel id, Message-ID) -> conversation; those already noted stay."""
    if refs:
        columns = [[key[0] for key in refs], [key[1] for key in refs], list(refs.values())]
        tx.execute(query("threads.add"), columns)


def merge(tx: Driver, gone: int, survivor: int) -> None:
    """Everything of one conversation goes to another, under whose id both are found from now on.

    What the survivor's row says must be computed anew afterwards.
    """
    for step in ("join_drafts", "drop_joined_drafts"):
        tx.execute(query(f"threads.{step}"), [gone, survivor])
    for table in MOVED:
        tx.execute(query(f"threads.move_{table}"), [gone, survivor])
    tx.execute(query("threads.drop_conversation"), [gone])
    tx.execute(query("threads.alias"), [gone, survivor])
    changes.record(tx, "deleted", gone)
