"""A real hub in this process, so that a test can let customers write."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import workspace
from workspace import connect
from workspace.channels.simulated.plays import known_by
from workspace.channels.simulator import Simulator
from workspace.client import Workspace
from workspace.hub import auth
from workspace.hub.__main__ import Server, config
from workspace.hub.app import create_app
from workspace.hub.context import Hub
from workspace.hub.sockets import bound
from workspace.hub.stream import Changes
from workspace.lock import FolderLock, Holder
from workspace.models import Actor, ActorKind, Address, AddressKind, Conversation
from workspace.services import REAL, Services, World
from workspace.settings import Settings
from workspace.testing import at_once

PATIENCE = 20.0


class _Server(Server):
    """Signals belong to pytest."""

    def capture_signals(self) -> Any:
        return nullcontext()


@dataclass
class Stage:
    """The hub, a client of it, and its simulated channels by name."""

    services: Services
    ws: Workspace
    channels: dict[str, int]
    _changed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.services.store.on_commit(lambda _: self._changed.set())

    def channel(self, name: str, **options: Any) -> Simulator:
        """The simulated channel of this name, made when it is first asked for."""
        if name not in self.channels:
            options = {"answer_after": 0, **options}
            self.channels[name] = self.ws.add_channel("simulator", name, options).id
        found = self.services.accounts.channel(self.channels[name])
        assert isinstance(found, Simulator)
        return found

    def writes(self, name: str, *texts: str, channel: str = "SMS", **more: Any) -> Conversation:
        """A customer of this name writes; the conversation once all of it is there."""
        simulator = self.channel(channel, plays=PLAYS.get(channel, "sms"))
        before = self._said(name)
        for text in texts:
            simulator.customer_writes(address(name, simulator), text, name, **more)
        self.until(lambda: self._said(name) >= before + len(texts))
        return self.named(name)

    def crowd(self, size: int) -> None:
        """As many customers, one message each, the last one's the newest."""
        simulator = self.channel("Crowd", plays="sms")
        names = [f"Crowd {n:03}" for n in range(size)]
        before = self._said(names[-1])
        for name in names:
            simulator.customer_writes(address(name, simulator), "One of many", name)
        self.until(lambda: self._said(names[-1]) > before)

    def until(self, condition: Callable[[], bool]) -> None:
        """Waits for something to be true; looks again after every change."""
        while True:
            self._changed.clear()
            if condition():
                return
            assert self._changed.wait(PATIENCE), "what was waited for did not happen"

    def rows(self) -> list[Conversation]:
        """All conversations, of both tabs."""
        return [row for tab in ("all", "archived") for row in self._tab(tab)]

    def named(self, name: str) -> Conversation:
        """The conversation with the customer of this name."""
        [[id]] = self._sql("SELECT id FROM v1.conversations WHERE contact_name = $1", name)
        return self.ws.conversation(id)

    def _tab(self, tab: str) -> Iterator[Conversation]:
        cursor = None
        while True:
            page = self.ws.conversations(tab, cursor=cursor, limit=100)
            yield from page
            cursor = page.cursor
            if cursor is None:
                return

    def _said(self, name: str) -> int:
        query = """SELECT count(*) FROM v1.messages AS m
            JOIN v1.conversations AS c ON c.id = m.conversation_id
            WHERE c.contact_name = $1 AND m.direction = 'inbound'"""
        [[count]] = self._sql(query, name)
        return int(count)

    def _sql(self, query: str, name: str) -> list[tuple[Any, ...]]:
        with self.services.store.read() as db:
            return db.execute(query, [name])


PLAYS = {"SMS": "sms", "Mail": "mail", "WhatsApp": "whatsapp", "Telegram": "telegram"}


def address(name: str, simulator: Simulator) -> Address:
    """An address of its own for every name."""
    kind = known_by(simulator.capabilities)
    number = crc32(name.encode()) % 10**7
    value = {
        AddressKind.EMAIL: f"customer-{number}@example.org",
        AddressKind.PHONE: f"+1201{number:07}",
    }
    return Address(kind, value.get(kind, str(number)))


@contextmanager
def stage(folder: Path, *, demo: bool = True, world: World = REAL) -> Iterator[Stage]:
    """A folder with a running hub; for simulated channels, or else for real ones."""
    paths = at_once.folder(folder, demo=demo)
    for part in (paths.spool, paths.files):
        part.mkdir(mode=0o700, exist_ok=True)
    with FolderLock(paths) as lock:
        lock.tell(Holder(os.getpid(), version=workspace.__version__))
        services = Services.open(paths, Settings.load(paths), world)
        services.start()
        changes = Changes(services.store)
        hub = Hub(paths, services, changes, stop=lambda: None)
        app = create_app(hub, auth.token(paths))
        server = _Server(config(app), lock, hub)
        listener = bound("127.0.0.1", 0)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with connect(paths.folder, actor=Actor(ActorKind.OPERATOR, "tester")) as ws:
                yield Stage(services, ws, {})
        finally:
            server.stop()
            thread.join()
            services.close()
