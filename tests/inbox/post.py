"""A whole workspace with nothing running, and a channel whose customers a test plays."""

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Event as StopEvent
from typing import Any

from configured import WHATSAPP

from workspace.channels.base import (
    Channel,
    Event,
    Failure,
    InboundFile,
    Meta,
    Outbound,
    Payload,
    Received,
    Request,
    Response,
    Sent,
)
from workspace.models import Address, AddressKind, Capabilities, Check, Template, TemplateRule
from workspace.services import Services, World, payloads
from workspace.settings import Paths, Secrets
from workspace.testing import at_once
from workspace.testing.builders import START

HELLO = Template("hello", "en", "MARKETING", "APPROVED", "Hello {{1}}!")


class Line:
    """Payloads are pickled events; everything sent is accepted."""

    capabilities: Capabilities = replace(WHATSAPP, templates=TemplateRule(60, 1024))

    def __init__(self) -> None:
        self.keys = 0
        self.sent: list[Outbound] = []

    def encode(self, message: Outbound) -> list[Request]:
        return [Request(message)]

    def decode(self, response: Response) -> Sent | Failure:
        return Sent(response.text)

    def parse(self, raw: bytes, meta: Meta) -> list[Event]:
        found: list[Event] = pickle.loads(raw)
        return found

    def new_key(self) -> str:
        self.keys += 1
        return f"out-{self.keys}"

    def now(self) -> datetime:
        return START

    def perform(self, request: Request) -> Response:
        self.sent.append(request.payload)
        return Response(200, request.payload.key)

    def find_sent(self, key: str) -> bool | None:
        return None

    def run(self, stop: StopEvent, cursor: str | None) -> Iterator[Payload]:
        yield from ()

    def test(self) -> list[Check]:
        return []

    def templates(self) -> list[Template]:
        return [HELLO]

    def close(self) -> None:
        pass


def create(
    kind: str, options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
) -> Channel:
    return Line()


@dataclass
class Post:
    services: Services
    channel: int
    paths: Paths
    written: int = field(default=0)

    def write(self, text: str, address: str = "+491", name: str = "", file: str = "") -> Received:
        """A customer writes; the payload lies in the journal, unapplied."""
        self.written += 1
        files = (InboundFile(file, "text/plain", text.encode()),) if file else ()
        event = Received(
            f"in-{self.written}",
            START,
            Address(AddressKind.PHONE, address),
            name=name,
            text=text,
            files=files,
        )
        self.deliver(event)
        return event

    def deliver(self, *events: Event) -> None:
        payload = Payload(pickle.dumps(list(events)), Meta(START), "")
        self.services.journal.append([payloads.record(self.channel, payload)])

    def receive(self, text: str, **more: str) -> int:
        """A customer writes, and it is applied; the conversation."""
        self.write(text, **more)
        self.services.receiving.apply_pending()
        found: int = self.sql("SELECT conversation_id FROM messages ORDER BY id DESC LIMIT 1")[0][0]
        return found

    def sql(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        with self.services.store.read() as db:
            return db.execute(text, list(params))

    def sent(self) -> list[str]:
        line: Any = self.services.accounts.channel(self.channel)
        return [message.text for message in line.sent]

    def everything(self) -> str:
        """All that all tables and the journal hold."""
        tables = self.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'")
        rows = [row for (table,) in tables for row in self.sql(f'SELECT * FROM "{table}"')]
        entries = self.services.journal.read(0, 10_000)
        return str(rows) + str([(entry, entry.raw) for entry in entries])


def open_post(folder: Path) -> Post:
    paths = Paths(folder)
    services = Services.open(paths, at_once.settings(lease_seconds=0.5), World(create))
    known = services.accounts.list()
    channel = known[0].id if known else services.accounts.add("line", "line", {}).id
    return Post(services, channel, paths)
