"""Messages that are there already, read anew by a parser that knows better.

Only what the provider told us can change: the words, and files where there were none. Its place in
the log, who wrote it and all that operators did since stay. And only the payload that brought a
message can: a copy in a later one changes nothing, as when it came, for the name of a mail is its
sender's to choose. A payload is known by when it was received, to the microsecond.
"""

from collections.abc import Sequence

from workspace import rules
from workspace.services.arrivals import Arrival, Key
from workspace.services.batch import Batch
from workspace.services.rebuilding import show
from workspace.store import changes, ingest, remote_files, wording
from workspace.store.driver import Driver
from workspace.store.wording import Amended, Wording


def stored(db: Driver, keys: Sequence[Key]) -> dict[Key, Wording]:
    """What is stored of messages that came from the provider."""
    wanted: dict[int, set[str]] = {}
    for channel_id, provider_id in keys:
        wanted.setdefault(channel_id, set()).add(provider_id)
    return {
        (channel_id, provider_id): found
        for channel_id, ids in wanted.items()
        for provider_id, found in wording.load(db, channel_id, ids).items()
    }


def amend(batch: Batch, came: Sequence[Arrival]) -> None:
    """Store what messages say now. Call it once the batch is written."""
    tx = batch.tx
    before = stored(tx, [arrival.key for arrival in came])
    brought = [a for a in came if a.key in before and _brought(a, before[a.key])]
    # Of copies in one payload the first counts, as when it was new.
    first = {arrival.key: arrival for arrival in reversed(brought)}
    changed = {key: each for key, each in first.items() if _differs(each, before[key])}
    if not changed:
        return
    ids = [before[key].id for key in changed]
    _attach(batch, [(each, before[key]) for key, each in changed.items()])
    names = wording.file_names(tx, ids)
    wording.save(tx, [_amended(e, before[k].id, names) for k, e in changed.items()])
    conversations = {before[key].conversation_id for key in changed}
    show(tx, conversations)
    changes.record_many(tx, "conversation", [(id, False) for id in conversations])
    batch.applied.amended = len(changed)


def _brought(arrival: Arrival, before: Wording) -> bool:
    return arrival.item.meta.received_at == before.received_at


def _differs(arrival: Arrival, before: Wording) -> bool:
    event = arrival.event
    now = (event.text, event.html, event.unsupported)
    return now != (before.body, before.html, before.unsupported) or _lacks(arrival, before)


def _lacks(arrival: Arrival, before: Wording) -> bool:
    return bool(arrival.files) and not before.files


def _attach(batch: Batch, changed: Sequence[tuple[Arrival, Wording]]) -> None:
    """Files that were missing."""
    batch.attachments, batch.remote_files = [], []
    for arrival, before in changed:
        if _lacks(arrival, before):
            batch.attach(arrival, before.id, before.conversation_id)
    ingest.attachments(batch.tx, batch.attachments)
    remote_files.add(batch.tx, batch.remote_files)


def _amended(arrival: Arrival, id: int, names: dict[int, list[str]]) -> Amended:
    event = arrival.event
    search = rules.fold(" ".join([event.text, event.subject, *names.get(id, ())]))
    return Amended(id, event.text, event.html, event.unsupported, search)
