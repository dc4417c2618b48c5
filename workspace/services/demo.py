"""The demo: hundreds of conversations of invented people, so that there is something to look at.

Everything goes the way real messages go: payloads through the journal and the applier, verbs
through the rules. What a conversation's status is follows from that and is never written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from workspace import faults
from workspace.channels.base import Meta, Payload
from workspace.channels.simulated import feed, payloads
from workspace.channels.simulated.history import Chapter, Plan, World
from workspace.channels.simulated.plays import PLAYS
from workspace.channels.simulator import Simulator
from workspace.errors import Conflict
from workspace.journal import Record
from workspace.models import Actor, ActorKind, EventKind
from workspace.rules import window_open
from workspace.services import payloads as journalled
from workspace.services import verbs
from workspace.services.verbs import Act
from workspace.store import Priority, facts, ingest
from workspace.store.driver import Driver

if TYPE_CHECKING:
    from workspace.services import Services

SIZE = 400
_PROGRESS = "demo_progress"
"""Fact: how far loading has come, as a number of waves, or "done"."""
_BATCH = 2_000
_BLOCK = 20_000
"""Conversations made at a time, which bounds the memory."""

Told = tuple[datetime, list[payloads.Fields]]


@dataclass(frozen=True, slots=True)
class Account:
    """A simulated channel of the demo. `share` in percent; `pace` in seconds."""

    plays: str
    name: str
    share: int
    pace: int
    doubt: bool = False
    """One answer is never confirmed."""


# Together somebody writes every 40 seconds.
ACCOUNTS = (
    Account("whatsapp", "WhatsApp Sales", 38, 100, doubt=True),
    Account("mail", "Support mail", 24, 300, doubt=True),
    Account("instagram", "Instagram", 18, 200),
    Account("telegram", "Telegram", 10, 300),
    Account("sms", "SMS", 10, 300),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """What an operator did with a conversation."""

    kind: EventKind
    operator: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a conversation: what was said, and what operators did before more was said."""

    channel_id: int
    key: str
    """The provider's id of its first message: names the conversation."""
    records: Sequence[tuple[datetime, Record]]
    """Payloads, each with the time of its first message."""
    deeds: Sequence[Deed]


def load(
    services: Services, size: int = SIZE, seed: int = 1, anchor: datetime | None = None
) -> None:
    """Fill an empty folder. `anchor` is the present up to which the history goes; None: now.

    Asked again for the same, it goes on where it was interrupted, or changes nothing. Raises
    Conflict where other channels are, ConfigError in a folder with real ones.
    """
    with services.store.read() as db:
        progress = facts.get(db, _PROGRESS)
    channels = _channels(services, size, seed, anchor, new=progress is None)
    if progress == "done":
        return
    try:
        for channel in channels.values():
            channel.quiet(True)
        _load_past(services, channels, int(progress or 0))
        _leave_doubts(services, channels)
    finally:
        for channel in channels.values():
            channel.quiet(False)
    services.store.write(lambda tx: facts.put(tx, _PROGRESS, "done"))


# --- channels -------------------------------------------------------------------------------------


def sizes(size: int) -> dict[str, int]:
    """How many conversations each channel gets; the first takes what is left over."""
    found = {account.plays: size * account.share // 100 for account in ACCOUNTS}
    found[ACCOUNTS[0].plays] += size - sum(found.values())
    return found


def _channels(
    services: Services, size: int, seed: int, anchor: datetime | None, *, new: bool
) -> dict[int, Simulator]:
    """The demo's channels by id, made where they are missing."""
    present = {channel.name: channel for channel in services.accounts.list()}
    if new and present:
        raise Conflict("There are channels here already; load the demo into another folder.")
    if new:
        services.store.write(lambda tx: facts.put(tx, _PROGRESS, "0"))
    known = next((str(c.options["anchor"]) for c in present.values() if "anchor" in c.options), "")
    start = datetime.fromisoformat(known) if known else anchor or datetime.now(UTC)
    clock = "anchored" if anchor else "live"
    found: dict[int, Simulator] = {}
    for account in ACCOUNTS:
        options = _options(account, sizes(size)[account.plays], seed, start) | {"clock": clock}
        channel = present.get(account.name)
        if channel is None:
            channel = services.accounts.add("simulator", account.name, options)
        elif not _same(channel.options, options):
            raise Conflict(
                "This folder holds another demo. Delete the folder, or load this one elsewhere: "
                f"convo demo --size {size} --folder data/demo-{size}"
            )
        live = services.accounts.channel(channel.id)
        assert isinstance(live, Simulator)
        found[channel.id] = live
    return found


def _options(account: Account, customers: int, seed: int, anchor: datetime) -> dict[str, Any]:
    anchor = anchor.astimezone(UTC).replace(microsecond=0)
    options = {
        "plays": account.plays,
        "seed": seed,
        "anchor": anchor.isoformat(),
        "customers": customers,
        "pace": account.pace,
    }
    if account.doubt:
        world = World(seed, anchor, account.plays, customers)
        options["silent"] = [n for n, _ in islice(_unanswered(world), 1)]
    return options


def _same(there: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    return all(there.get(name) == asked[name] for name in ("seed", "customers"))


# --- the past -------------------------------------------------------------------------------------


def _load_past(services: Services, channels: Mapping[int, Simulator], done: int) -> None:
    """In waves: what was said up to the next deed everywhere, then the deeds, and again."""
    size = sum(channel.world.customers for channel in channels.values())
    blocks = -(-size // _BLOCK)
    waves = (wave for n in range(blocks) for wave in _waves(channels, n, blocks))
    for number, wave in enumerate(waves):
        if number >= done:
            _receive(services, wave)
            faults.reach("demo_wave")
            work = partial(_act, wave=wave, progress=number + 1)
            services.store.write(work, Priority.BATCH)


def _waves(channels: Mapping[int, Simulator], block: int, blocks: int) -> list[list[Stretch]]:
    waves: list[list[Stretch]] = []
    for id, channel in channels.items():
        customers = channel.world.customers
        for number in range(customers * block // blocks, customers * (block + 1) // blocks):
            for n, stretch in enumerate(stretches(channel.world, id, number)):
                waves += [[]] if n == len(waves) else []
                waves[n].append(stretch)
    return waves


def _receive(services: Services, wave: Sequence[Stretch]) -> None:
    records = sorted(
        (pair for stretch in wave for pair in stretch.records), key=lambda pair: pair[0]
    )
    for start in range(0, len(records), _BATCH):
        services.journal.append(record for _, record in records[start : start + _BATCH])
    services.receiving.drain()


def _records(channel_id: int, told: Sequence[Told]) -> list[tuple[datetime, Record]]:
    """One payload for a day's messages, as a provider delivers what has piled up."""
    records = []
    for _, day in groupby(told, key=lambda t: t[0].date()):
        pieces = list(day)
        raw = payloads.dump(event for _, events in pieces for event in events)
        received_at = pieces[-1][0] + timedelta(seconds=10)
        payload = Payload(raw, Meta(received_at), cursor="")
        records.append((pieces[0][0], journalled.record(channel_id, payload)))
    return records


# The order in which one conversation's deeds of one stretch are done.
_ORDER = (
    EventKind.AGENT_REPLIES_ON,
    EventKind.AGENT_REPLIES_OFF,
    EventKind.MARKED_READ,
    EventKind.RESOLVED,
    EventKind.ARCHIVED,
)


def _act(tx: Driver, wave: Sequence[Stretch], progress: int) -> None:
    """All deeds of a wave, and that they are done: a restart must not do them again."""
    ids = _conversations(tx, wave)
    for kind in _ORDER:
        times: dict[str, dict[int, datetime]] = {}
        for stretch in wave:
            for deed in stretch.deeds:
                # What was deleted before an interrupted load went on stays deleted.
                if deed.kind is kind and stretch.key in ids:
                    times.setdefault(deed.operator, {})[ids[stretch.key]] = deed.at
        for operator, past in times.items():
            act = Act(kind, Actor(ActorKind.OPERATOR, operator), ids=tuple(past))
            verbs.apply(tx, act, lambda _: datetime.now(UTC), past)
    facts.put(tx, _PROGRESS, str(progress))


def _conversations(tx: Driver, wave: Sequence[Stretch]) -> dict[str, int]:
    keys: dict[int, list[str]] = {}
    for stretch in wave:
        if stretch.deeds:
            keys.setdefault(stretch.channel_id, []).append(stretch.key)
    return {
        key: message.conversation_id
        for channel_id, wanted in keys.items()
        for start in range(0, len(wanted), _BATCH)
        for key, message in ingest.known(tx, channel_id, wanted[start : start + _BATCH]).items()
    }


# --- one conversation -----------------------------------------------------------------------------


def stretches(world: World, channel_id: int, number: int) -> Iterator[Stretch]:
    """The pieces of one customer's past, oldest first."""
    plan = world.plan(number)
    for chapter in plan.chapters:
        told = feed.chapter(world, plan, chapter)
        last = chapter is plan.chapters[-1]
        seen = _seen(chapter, told) if last and plan.unread else len(told)
        key = chapter.moments[0].id
        deeds = list(_deeds(world, plan, chapter, last=last, read=seen == len(told)))
        if 0 < seen < len(told):
            read = _read(chapter, told[seen - 1][0])
            yield Stretch(channel_id, key, _records(channel_id, told[:seen]), [read])
            told = told[seen:]
        yield Stretch(channel_id, key, _records(channel_id, told), deeds)


def _seen(chapter: Chapter, told: Sequence[Told]) -> int:
    """How much of it was there when an operator last answered; 0: nobody has."""
    written = [n for n, m in enumerate(chapter.moments) if m.line.who == ">"]
    before = len(told) - len(chapter.moments)  # a confirmation may come first
    return before + written[-1] + 1 if written else 0


def _deeds(world: World, plan: Plan, chapter: Chapter, *, last: bool, read: bool) -> Iterator[Deed]:
    operator = chapter.tale.facts["me"]
    if last and plan.number % 16 == 5:
        begun = chapter.moments[0].at
        yield Deed(EventKind.AGENT_REPLIES_ON, operator, begun)
        if plan.number % 48 == 5:
            yield Deed(EventKind.AGENT_REPLIES_OFF, operator, begun + timedelta(seconds=40))
    if read:
        after = chapter.moments[-1].at + timedelta(minutes=3)
        yield _read(chapter, min(after, chapter.resolved_at or after, world.anchor))
    if chapter.resolved_at:
        yield Deed(EventKind.RESOLVED, operator, chapter.resolved_at)
    if last and plan.archived_at:
        yield Deed(EventKind.ARCHIVED, operator, plan.archived_at)


def _read(chapter: Chapter, at: datetime) -> Deed:
    return Deed(EventKind.MARKED_READ, chapter.tale.facts["me"], at)


# --- doubts ---------------------------------------------------------------------------------------


def _leave_doubts(services: Services, channels: Mapping[int, Simulator]) -> None:
    """Answers that the provider never confirms, sent like any other."""
    for id, channel in channels.items():
        answers = dict(islice(_unanswered(channel.world), 1)) if channel.options.silent else {}
        for number, text in answers.items():
            plan = channel.world.plan(number)
            key = plan.chapters[-1].moments[0].id
            with services.store.read() as db:
                found = ingest.known(db, id, [key]).get(key)
            if found:
                actor = Actor(ActorKind.OPERATOR, plan.operator)
                services.replies.send(found.conversation_id, text, (), actor, f"demo-doubt-{id}")


def _unanswered(world: World) -> Iterator[tuple[int, str]]:
    """Customers who wait for an answer that may be sent, and that answer."""
    window = PLAYS[world.playing].window
    for number in range(min(world.customers, 1_000)):
        plan = world.plan(number)
        if plan.end != "pending" or plan.unread or _shared(world, number):
            continue
        said = len(plan.chapters[-1].moments)
        answers = (line.text for line in plan.tale.lines[said:] if line.who == ">")
        text = next(answers, "")
        if text and window_open(window, plan.last_inbound_at, world.anchor + timedelta(hours=1)):
            yield number, text


def _shared(world: World, number: int) -> bool:
    """Whether the customer has another thread, which to the provider is the same person."""
    others = (number - 1, number + 1)
    return any(world.person(n).address == world.person(number).address for n in others)
