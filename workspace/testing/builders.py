"""Conversations for tests and measurements, straight into the store, many at once.

    hello = talk(inbound("Hello"), outbound("Hi"), did(EventKind.RESOLVED), name="Eva")
    [id] = Builder(store).add([hello])

Ids follow the order of the lines, so that order is the log; `at` may tell another story. States are
what `rules.replay` makes of the log.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from workspace import rules
from workspace.models import (
    Actor,
    ActorKind,
    Address,
    AddressKind,
    DeliveryStatus,
    Direction,
    EventKind,
    MediaKind,
    Origin,
)
from workspace.rules import fold
from workspace.store import Store, contacts, events, heads, ids, ingest
from workspace.store.contacts import NewContact
from workspace.store.driver import Driver
from workspace.store.events import NewEvent
from workspace.store.heads import Head, Shown
from workspace.store.ingest import NewAttachment, NewMessage
from workspace.store.sql import query

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
STEP = timedelta(minutes=1)

ANA = Actor(ActorKind.OPERATOR, "ana")
_MEDIA = {"jpg": MediaKind.IMAGE, "png": MediaKind.IMAGE, "ogg": MediaKind.AUDIO}


@dataclass(frozen=True, slots=True)
class Said:
    """A message. Without `at`, it follows the line before by a minute."""

    direction: Direction
    text: str = ""
    at: datetime | None = None
    author: Actor = ANA
    origin: Origin | None = None
    delivery: DeliveryStatus | None = None
    files: tuple[str, ...] = ()
    """File names; their bytes are not made."""
    reaction: str = ""
    backfill: bool = False
    silent: bool = False
    provider_id: str | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Did:
    """A verb. `upto`: of MARKED_READ, the place of a line in the talk, counted from 0."""

    kind: EventKind
    at: datetime | None = None
    actor: Actor = ANA
    upto: int | None = None


Line = Said | Did


def inbound(
    text: str = "",
    at: datetime | None = None,
    *,
    files: tuple[str, ...] = (),
    reaction: str = "",
    backfill: bool = False,
    silent: bool = False,
    provider_id: str | None = None,
) -> Said:
    return Said(
        Direction.INBOUND,
        text,
        at,
        Actor(ActorKind.CUSTOMER),
        files=files,
        reaction=reaction,
        backfill=backfill,
        silent=silent,
        provider_id=provider_id,
    )


def outbound(
    text: str = "",
    at: datetime | None = None,
    *,
    origin: Origin = Origin.SINGLE,
    author: Actor = ANA,
    delivery: DeliveryStatus = DeliveryStatus.SENT,
    files: tuple[str, ...] = (),
    backfill: bool = False,
    provider_id: str | None = None,
    lease_until: datetime | None = None,
) -> Said:
    return Said(
        Direction.OUTBOUND,
        text,
        at,
        author,
        origin,
        delivery,
        files,
        backfill=backfill,
        provider_id=provider_id,
        lease_until=lease_until,
    )


def note(text: str = "", at: datetime | None = None, author: Actor = ANA) -> Said:
    return Said(Direction.NOTE, text, at, author)


def did(
    kind: EventKind, at: datetime | None = None, *, actor: Actor = ANA, upto: int | None = None
) -> Did:
    return Did(kind, at, actor, upto)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation to make. `channel` 0: the builder's own; without `address`: a stranger."""

    lines: tuple[Line, ...]
    channel: int = 0
    name: str = ""
    address: Address | None = None
    subject: str = ""

    @property
    def began(self) -> datetime:
        return next((line.at for line in self.lines if line.at), START)


def talk(
    *lines: Line, channel: int = 0, name: str = "", address: str = "", subject: str = ""
) -> Talk:
    """`address` is a phone number, or a mail address where it has an @."""
    kind = AddressKind.EMAIL if "@" in address else AddressKind.PHONE
    return Talk(lines, channel, name, Address(kind, address) if address else None, subject)


@dataclass(slots=True)
class _Rows:
    people: dict[Address, NewContact] = field(default_factory=dict)
    heads: list[Head] = field(default_factory=list)
    states: dict[int, rules.State] = field(default_factory=dict)
    messages: list[NewMessage] = field(default_factory=list)
    leases: dict[int, datetime] = field(default_factory=dict)
    files: list[NewAttachment] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    reactions: dict[int, tuple[str, datetime]] = field(default_factory=dict)


class Builder:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._strangers = count(1)
        self._own = 0

    def channel(self, name: str, kind: str = "simulator") -> int:
        """A row of a configured account; its id."""

        def work(tx: Driver) -> int:
            [id] = ids.allocate(tx, 1)
            tx.execute(query("testing.add_channel"), [id, kind, name, "{}", START])
            return id

        return self._store.write(work)

    def add(self, talks: Sequence[Talk]) -> list[int]:
        """Make the conversations; their ids."""
        if not self._own and any(not talk.channel for talk in talks):
            self._own = self.channel("shop")
        return self._store.write(lambda tx: self._add(tx, talks))

    def _add(self, tx: Driver, talks: Sequence[Talk]) -> list[int]:
        wanted = sum(2 + sum(1 + len(_files(line)) for line in talk.lines) for talk in talks)
        new = iter(ids.allocate(tx, wanted))
        rows = _Rows()
        made = [self._talk(tx, rows, talk, new) for talk in talks]
        contacts.add(tx, rows.people.values())
        heads.insert(tx, rows.heads, rows.states)
        ingest.messages(tx, rows.messages)
        ingest.attachments(tx, rows.files)
        events.add(tx, rows.events)
        ingest.react(tx, rows.reactions)
        for id, until in rows.leases.items():
            tx.execute(query("testing.lease"), [id, until])
        return made

    def _talk(self, tx: Driver, rows: _Rows, talk: Talk, new: Iterator[int]) -> int:
        talk = replace(talk, channel=talk.channel or self._own)
        address = talk.address or Address(AddressKind.PHONE, f"+49170{next(self._strangers):07}")
        id, contact_id = next(new), self._contact(tx, rows, talk, address, new)
        head = Head(
            id,
            talk.channel,
            contact_id,
            address.kind.value,
            address.value,
            talk.subject,
            created_at=talk.began,
            last_activity_at=talk.began,
        )
        log: list[rules.Entry | None] = []
        line_ids: list[int] = []
        at = START - STEP
        for line in talk.lines:
            at = line.at or at + STEP
            line_ids.append(next(new))
            if isinstance(line, Did):
                log.append(_verb(rows, line, line_ids, id, at))
            else:
                shown = _message(rows, line, line_ids[-1], id, talk, at, new)
                if line.delivery is not DeliveryStatus.CANCELLED:
                    heads.take(head, shown)
                log.append(_entry(line, line_ids[-1], at))
        rows.heads.append(head)
        rows.states[id] = rules.replay(entry for entry in log if entry)
        return id

    def _contact(
        self, tx: Driver, rows: _Rows, talk: Talk, address: Address, new: Iterator[int]
    ) -> int:
        id = next(new)
        known = contacts.by_address(tx, [address]) if talk.address else {}
        if address in known:
            return known[address].id
        person = NewContact(id, talk.name, address, talk.began)
        return rows.people.setdefault(address, person).id


def _files(line: Line) -> tuple[str, ...]:
    return line.files if isinstance(line, Said) else ()


def _verb(
    rows: _Rows, line: Did, line_ids: list[int], conversation_id: int, at: datetime
) -> rules.Verb:
    id, mark = line_ids[-1], None if line.upto is None else line_ids[line.upto]
    rows.events.append(NewEvent(id, conversation_id, line.kind, line.actor, at, read_mark=mark))
    return rules.Verb(id, line.kind, mark)


def _entry(line: Said, id: int, at: datetime) -> rules.Entry | None:
    """The line as the log has it; notes and what was taken back are no part of it."""
    if line.direction is Direction.INBOUND:
        return rules.Inbound(id, at, line.backfill, line.silent)
    if line.origin is None or line.delivery in (None, DeliveryStatus.CANCELLED):
        return None
    accepted = rules.accepted(line.delivery)
    return rules.Outbound(id, at, line.origin, line.author.kind, accepted, line.backfill)


def _message(
    rows: _Rows,
    line: Said,
    id: int,
    conversation_id: int,
    talk: Talk,
    at: datetime,
    new: Iterator[int],
) -> Shown:
    files = [
        _file(name, place, id, conversation_id, at, new) for place, name in enumerate(line.files)
    ]
    rows.files += files
    rows.messages.append(
        NewMessage(
            id,
            conversation_id,
            talk.channel,
            line.direction,
            line.provider_id,
            line.author.kind,
            at,
            at,
            author_name=line.author.name,
            origin=line.origin,
            body=line.text,
            search_text=fold(" ".join([line.text, talk.subject, *line.files])),
            silent=line.silent,
            backfill=line.backfill,
            delivery_status=line.delivery,
            accepted=line.delivery is not None and rules.accepted(line.delivery),
        )
    )
    if line.reaction:
        rows.reactions[id] = (line.reaction, at)
    if line.lease_until:
        rows.leases[id] = line.lease_until
    return Shown(
        id,
        at,
        line.direction,
        line.author.name,
        line.text,
        files[0].kind if files else None,
        line.delivery,
        line.silent,
    )


def _file(
    name: str, place: int, message_id: int, conversation_id: int, at: datetime, new: Iterator[int]
) -> NewAttachment:
    kind = _MEDIA.get(name.rpartition(".")[2], MediaKind.DOCUMENT)
    mime = "application/octet-stream"
    return NewAttachment(next(new), message_id, conversation_id, place, kind, name, mime, 1_000, at)
