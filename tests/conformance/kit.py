"""What a kind of channel brings to the suite: its judge, its samples, and hands to work it with.

A file ``of_<kind>.py`` beside this one has `KITS`. Whatever a channel's capabilities claim, its kit
must bring; what a kind can't have by its nature it names in `lacks`, and leaves out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workspace import channels
from workspace.channels.base import (
    Channel,
    Event,
    Failure,
    Meta,
    Outbound,
    React,
    Received,
    Request,
    Response,
    Seen,
    SendFailed,
    Sent,
    Unsupported,
)
from workspace.models import Address, DeliveryStatus, FailureKind, Template, TextUnit
from workspace.services import Services
from workspace.services.arrivals import cleaned
from workspace.settings import Paths, Secrets
from workspace.store.files import clean_name

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
META = Meta(NOW)
Shared = Callable[[str], Path]
"""Finds sample data, or skips."""
Document = Any
"""What went over the wire, as a judge reads it."""


class Refused(AssertionError):
    """The judge does not allow this."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that outlives the process that receives from it. `bring(n)`: it has `said(0)` to
    `said(n - 1)` to tell by now.
    """

    options: Mapping[str, Any]
    bring: Callable[[int], None] = lambda count: None


class Judged:
    """A channel whose provider is a judge that nobody here wrote."""

    channel: Channel

    def documents(self) -> Sequence[Document]:
        """What the judge has seen since the last call."""
        raise NotImplementedError

    def again(self, document: Document) -> Document:
        """The document put together as its wrecks are, with nothing wrong: the judge must take it,
        or that it refuses the wrecks says nothing.
        """
        raise NotImplementedError

    def wrecks(self, document: Document) -> Iterable[tuple[str, Document]]:
        """Each field left out, renamed and of another type, with what was done in words; but not
        what the provider rightly lets through.
        """
        raise NotImplementedError

    def judge(self, document: Document) -> None:
        """Raises Refused."""
        raise NotImplementedError

    def measure(self, document: Document) -> None:
        """Raises Refused for what is longer or larger than the provider takes, by numbers that are
        written apart from the channel's.
        """
        raise NotImplementedError


class Kit:
    kind: str
    name: str = ""
    """Where there are several of a kind."""
    options: Mapping[str, Any] = {}
    environment: Mapping[str, str] = {}
    """The secrets that the options name: none of them may show anywhere."""
    somebody: Address
    """Whom to write to, and who writes."""
    lacks: Mapping[str, str] = {}
    """What it can't have by its nature -> why, in words: "encode", "edges", "cut before",
    "fixtures", "bundle" or "echo". For nothing else, and for what its capabilities lack, is a check
    left out.
    """

    def __repr__(self) -> str:
        return self.name or self.kind

    def channel(self, folder: Path, **more: Any) -> Channel:
        """As the registry makes it."""
        secrets = Secrets(Paths(folder), dict(self.environment))
        return channels.create(self.kind, {**self.options, **more}, secrets, folder / "state", 1)

    # --- sending ------------------------------------------------------------------------------

    def messages(self) -> Mapping[str, Outbound]:
        """Of every kind the channel can send, by names for people. The one called "a text" must be
        there, a text without files or quote: checks that need any message take it.
        """
        raise NotImplementedError

    def signals(self) -> Mapping[str, React | Seen]:
        """Where it is a `SendsSignals`."""
        return {}

    def judged(self, shared: Shared, folder: Path) -> AbstractContextManager[Judged]:
        raise NotImplementedError

    def accepted(self, message: Outbound) -> Response:
        """The provider's answer to a message that it takes."""
        raise NotImplementedError

    def limited(self) -> tuple[Response, float]:
        """An answer that asks for a wait, and for how many seconds."""
        raise NotImplementedError

    def errors(self) -> Iterator[tuple[str, Response, FailureKind]]:
        """Every answer that is a refusal, and what it means."""
        raise NotImplementedError

    def late_errors(self) -> Iterator[tuple[str, bytes, FailureKind]]:
        """Every failure that comes as a receipt, as payloads."""
        yield from ()

    def words(self) -> Mapping[str, str]:
        """What the operator must be told of a failure, by its name in `errors` or `late_errors`;
        of each kind that only a person can heal at least one.
        """
        raise NotImplementedError

    def cut_before(self, folder: Path) -> AbstractContextManager[Channel]:
        """A channel whose provider vanishes before a message is written to it."""
        raise NotImplementedError

    def cut_after(self, folder: Path) -> AbstractContextManager[Channel]:
        """The same once the message is written whole."""
        raise NotImplementedError

    def template(self) -> Template:
        """An approved one, where the channel has templates: with variables in the header, the body
        and what a button opens.
        """
        raise NotImplementedError

    # --- receiving ----------------------------------------------------------------------------

    meta = META

    def said(self, n: int) -> bytes:
        """A payload with the text message number `n` of `somebody`: its text is ``text <n>``."""
        raise NotImplementedError

    def stranger(self, n: int) -> bytes:
        """A payload with a text message of the customer number `n`, who is not `somebody`."""
        raise NotImplementedError

    def receipt(self, provider_id: str, status: DeliveryStatus, key: str) -> bytes:
        """A payload that tells how far a message of ours got."""
        raise NotImplementedError

    def told(self) -> frozenset[DeliveryStatus]:
        """The receipts that `receipt` can tell of."""
        return frozenset()

    def echo(self, message: Outbound, provider_id: str) -> bytes:
        """Our own message as the provider shows it to us."""
        raise NotImplementedError

    def bundle(self, said: int, receipts: int) -> bytes:
        """So many messages and receipts in one payload."""
        raise NotImplementedError

    def fixtures(self, shared: Shared) -> Mapping[str, tuple[bytes, Meta]]:
        """Payloads that others have recorded, by name."""
        raise NotImplementedError

    quiet: frozenset[str] = frozenset()
    """Those of them that rightly say nothing known, or more than can be shown."""

    def seeds(self) -> Sequence[bytes]:
        """Payloads with everything in them, to be wrecked."""
        raise NotImplementedError

    def signed(self, raw: bytes, secret: str | None = None) -> Mapping[str, str]:
        """Headers of a signature by the provider, or with another secret."""
        raise NotImplementedError

    # --- for being killed ---------------------------------------------------------------------

    def provider(self, folder: Path) -> AbstractContextManager[Provider]:
        raise NotImplementedError

    def deliver(self, services: Services, channel_id: int, count: int) -> None:
        """In the process that may die, before it starts to receive: what the provider itself does
        to bring `said(0)` to `said(count - 1)`, if it does not wait to be asked.
        """


def attempt(channel: Channel, message: Outbound) -> Sent | Failure:
    """As delivery does: one request after the other, until one is not taken."""
    requests = channel.encode(message)
    for request in requests:
        answer = channel.decode(channel.perform(request))
        if isinstance(answer, Failure):
            break
    return answer


def shown_by(channel: Channel, message: Outbound) -> list[str]:
    """All that logs and errors might show of a channel while it sends."""
    requests = channel.encode(message)
    shown = [repr(channel), repr(requests), str(requests), repr(vars(channel))]
    try:
        return [*shown, *(repr(channel.perform(each)) for each in requests)]
    except SendFailed as error:
        return [*shown, repr(error), str(error), repr(error.failure), str(error.__cause__)]


def answering(channel: Channel, answer: Callable[[Request], Response]) -> Channel:
    """The channel, with these answers instead of a provider's."""
    channel.perform = answer  # type: ignore[method-assign]
    return channel


_LETTERS = {TextUnit.CHARS: ("😀", 1), TextUnit.BYTES: ("é", 2), TextUnit.UTF16: ("😀", 2)}


def longest(limit: int, unit: TextUnit) -> str:
    """One more x is one unit too long."""
    letter, size = _LETTERS[unit]
    return letter * (limit // size) + "x" * (limit % size)


def told_of(kit: Kit, channel: Channel) -> list[DeliveryStatus]:
    """The receipts that there are to check, or skips."""
    told = sorted(kit.told() & channel.capabilities.receipts)
    return told or pytest.skip(f"{kit!r}: it has no receipts")


def says(event: Event) -> bool:
    """Whether it can be shown."""
    return not isinstance(event, Unsupported) and not getattr(event, "unsupported", "")


def skip_lacking(kit: Kit, check: str) -> None:
    if check in kit.lacks:
        pytest.skip(f"{kit!r}: {kit.lacks[check]}")


def storable(event: Event) -> None:
    """Fails for what a database would not take of an event, made ready as what comes in is."""
    ready = cleaned(event)
    if isinstance(ready, Received):
        assert ready.provider_id
        assert ready.address.value
        named = (replace(f, name=clean_name(f.name), mime="") for f in ready.files)
        ready = replace(ready, files=tuple(named))
    assert ready.occurred_at.tzinfo is not None
    for value in _texts(asdict(ready)):
        assert "\0" not in value
        value.encode()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
