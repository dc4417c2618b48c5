"""What came in, made ready for the store: parsed, cleaned, its files on the disk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from workspace import rules
from workspace.channels.base import (
    Event,
    Failure,
    IdentityChanged,
    InboundFile,
    MarketingChosen,
    Meta,
    ReactionChanged,
    Received,
    Sent,
    StatusChanged,
    TemplateChanged,
    Unsupported,
)
from workspace.models import Actor, ActorKind, Address, Direction, MediaKind, Origin, Template
from workspace.store.files import Awaited, Staged

Key = tuple[int, str]
"""(channel id, provider id): names a message before and after it has an id."""


@dataclass(frozen=True, slots=True)
class Item:
    """One payload of the journal. `files`: by the position of their event. `of_erased`: it also
    told of people who were erased since; that is left out of `events`.
    """

    journal_id: int
    channel_id: int
    threads: bool
    meta: Meta
    events: tuple[Event, ...]
    files: Mapping[int, tuple[Staged | Awaited, ...]]
    of_erased: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message within a payload. `occurred_at` is clamped to when it was received."""

    item: Item
    position: int
    event: Received
    key: Key
    occurred_at: datetime
    other: Address
    """The person outside: who wrote it, or whom the business wrote to."""

    @property
    def others(self) -> tuple[Address, ...]:
        """All addresses of the person outside that it tells."""
        return (self.other, *self.event.also)

    @property
    def direction(self) -> Direction:
        return Direction.OUTBOUND if self.event.own else Direction.INBOUND

    @property
    def origin(self) -> Origin | None:
        if not self.event.own:
            return None
        return Origin.AUTOMATIC if self.event.automatic else Origin.SINGLE

    @property
    def author(self) -> Actor:
        if not self.event.own:
            return Actor(ActorKind.CUSTOMER, self.event.name)
        kind = ActorKind.SYSTEM if self.event.automatic else ActorKind.OPERATOR
        return Actor(kind, self.event.author)

    @property
    def refs(self) -> tuple[str, ...]:
        """The Message-IDs that tie it to a thread, its own first."""
        return (self.event.provider_id, *self.event.thread_refs)

    @property
    def files(self) -> tuple[Staged | Awaited, ...]:
        return self.item.files.get(self.position, ())

    def shown_file(self) -> tuple[MediaKind | None, str]:
        """Kind and name of the file a preview tells of: the first that is not part of the text."""
        if not self.files:
            return None, ""
        pairs = list(zip(self.files, self.event.files, strict=True))
        first = next((f for f, claim in pairs if not claim.inline), pairs[0][0])
        return first.kind, first.name

    def search_text(self) -> str:
        words = [self.event.text, self.event.subject, *(f.name for f in self.files)]
        return rules.fold(" ".join(words))

    def reply_headers(self) -> str:
        """What an answer needs, as JSON; empty for channels without threads."""
        if not self.item.threads:
            return ""
        headers = {
            "message_id": self.event.provider_id,
            "references": list(self.event.thread_refs),
            "subject": self.event.subject,
            "to": [self.event.address.kind.value, self.event.address.value],
            "cc": list(self.event.cc),
        }
        return json.dumps(headers, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Quotes:
    """The message `provider_id` is quoted by the message `by`."""

    provider_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Signal:
    """What a payload tells of a message beside it: a receipt, a reaction, that it is quoted; or
    what was parked of that.
    """

    journal_id: int
    position: int
    channel_id: int
    event: StatusChanged | ReactionChanged | Quotes

    @property
    def key(self) -> Key:
        return self.channel_id, self.event.provider_id

    @property
    def own_key(self) -> Key | None:
        """The name we gave the message, where the provider tells it."""
        own = self.event.key if isinstance(self.event, StatusChanged) else ""
        return (self.channel_id, own) if own else None

    @property
    def keys(self) -> set[Key]:
        """All names of the message."""
        return {self.key, self.own_key or self.key}


def arrivals(item: Item) -> list[Arrival]:
    return [_arrival(item, n, e) for n, e in enumerate(item.events) if isinstance(e, Received)]


def _arrival(item: Item, position: int, event: Received) -> Arrival:
    occurred_at = rules.clamp(event.occurred_at, item.meta.received_at)
    key = (item.channel_id, event.provider_id)
    return Arrival(item, position, event, key, occurred_at, event.sender or event.address)


def signals(item: Item) -> list[Signal]:
    """Their stamps are clamped, too: of reactions and choices the newest counts, for good."""
    received_at = item.meta.received_at
    return [
        Signal(
            item.journal_id,
            n,
            item.channel_id,
            replace(e, occurred_at=rules.clamp(e.occurred_at, received_at)),
        )
        for n, e in enumerate(item.events)
        if isinstance(e, StatusChanged | ReactionChanged)
    ]


def quotes(arrival: Arrival) -> Signal | None:
    """That it quotes another message. Threads need none: what a mail answers is in its thread."""
    item, quoted, own = arrival.item, arrival.event.reply_to, arrival.event.provider_id
    if item.threads or quoted in ("", own):
        return None
    return Signal(item.journal_id, arrival.position, item.channel_id, Quotes(quoted, own))


def cleaned(event: Event) -> Event:
    """The event without what no database takes: NUL characters and lone surrogates."""
    fields: dict[str, Any] = {"provider_id": _name(event.provider_id)}
    if isinstance(event, StatusChanged):
        fields |= {"detail": _plain(event.detail), "key": _name(event.key)}
    if isinstance(event, TemplateChanged):
        names = ("name", "language", "status", "reason", "category")
        fields |= {name: _line(getattr(event, name)) for name in names}
    if isinstance(event, Unsupported):
        fields["what"] = _line(event.what)
        fields["addresses"] = tuple(_address(address) for address in event.addresses)
    if isinstance(event, ReactionChanged):
        fields["emoji"] = _plain(event.emoji)
    if isinstance(event, IdentityChanged):
        fields["before"] = tuple(_address(address) for address in event.before)
        fields["after"] = tuple(_address(address) for address in event.after)
    if isinstance(event, MarketingChosen):
        fields["addresses"] = tuple(_address(address) for address in event.addresses)
    if isinstance(event, Received):
        fields |= _cleaned(event)
    changed = {name: value for name, value in fields.items() if value != getattr(event, name)}
    return replace(event, **changed) if changed else event


def cleaned_template(template: Template) -> Template:
    """The same for what a provider lists."""
    return _template.validate_python(_all_plain(_template.dump_python(template)))


def cleaned_outcome(outcome: Sent | Failure) -> Sent | Failure:
    """The same for what it answers to a send."""
    if isinstance(outcome, Sent):
        id, detail = _name(outcome.provider_id), _all_plain(outcome.detail)
        return replace(outcome, provider_id=id, detail=detail)
    return replace(outcome, detail=_plain(outcome.detail), code=_plain(outcome.code))


_template = TypeAdapter(Template)


def _all_plain(value: Any) -> Any:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, dict):
        return {_all_plain(name): _all_plain(each) for name, each in value.items()}
    return [_all_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _cleaned(event: Received) -> dict[str, Any]:
    return {
        "address": _address(event.address),
        "sender": event.sender and _address(event.sender),
        "name": _line(event.name),
        "author": _line(event.author),
        "text": _plain(event.text),
        "html": _plain(event.html),
        "subject": _line(event.subject),
        "unsupported": _line(event.unsupported),
        "also": tuple(_address(address) for address in event.also),
        "reply_to": _name(event.reply_to),
        "cc": tuple(_line(cc) for cc in event.cc),
        "thread_refs": tuple(_name(ref) for ref in event.thread_refs),
        "files": tuple(_file(file) for file in event.files),
    }


def _file(file: InboundFile) -> InboundFile:
    """Its name and type are cleaned as it is staged."""
    content_id, remote = _plain(file.content_id), _plain(file.remote)
    same = (content_id, remote) == (file.content_id, file.remote)
    return file if same else replace(file, content_id=content_id, remote=remote)


def _address(address: Address) -> Address:
    value = _name(address.value)
    return address if value == address.value else replace(address, value=value)


def _line(text: str) -> str:
    return " ".join(_plain(text).split())


def _name(text: str) -> str:
    """Of a message or a person: it must not become empty, nor the same as another one."""
    return _plain(text.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def _plain(text: str) -> str:
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
