"""A bad day: 2,000 webhooks by 8 clients, and a hub that is killed again and again meanwhile."""

import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.whatsapp.cloud import OPTIONS, SECRETS
from workspace.models import Actor, ActorKind
from workspace.services import Services
from workspace.services.filters import Filter
from workspace.settings import Paths, Settings
from workspace.store import states
from workspace.testing import at_once
from workspace.testing.cloud import Cloud, CloudServer, Customer, cloud_server, storm

SIZE = 2_000
CLIENTS = 8
KILLS = (250, 700, 1_200, 1_650)
"""After so many acknowledgements."""
CUSTOMERS = [
    Customer("" if n % 5 == 4 else f"4915100000{n:03}", f"Customer {n}", f"DE.{n:04}")
    for n in range(24)
]
"""Every fifth hides the number."""
ANN = Actor(ActorKind.OPERATOR, "ann")


def signed(raw: bytes) -> dict[str, str]:
    sign = hmac.digest(SECRETS["WA_APP_SECRET"].encode(), raw, "sha256").hex()
    return {"x-hub-signature-256": f"sha256={sign}"}


class Hub:
    """A real one, at an address for webhooks that stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self._process: subprocess.Popen[str] | None = None
        self._listening = threading.Thread()

    def start(self) -> None:
        """Returns once it takes webhooks."""
        command = [sys.executable, "-m", "workspace.hub", "--foreground", "--folder"]
        self._process = subprocess.Popen(
            [*command, str(self._folder), "--webhooks", self.address],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **SECRETS},
        )
        said = self._process.stderr
        assert said
        assert any("answering at" in line for line in said)
        self._listening = threading.Thread(target=said.read, daemon=True)
        self._listening.start()

    def end(self, how: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(how)
        self._process.wait(60)
        self._listening.join()
        assert self._process.stderr
        self._process.stderr.close()


class Clients:
    """Post each payload until it is acknowledged, as a provider does."""

    def __init__(self, url: str, raws: list[bytes]) -> None:
        self._url = url
        self._left = iter(raws)
        self._lock = threading.Lock()
        self._news = threading.Condition()
        self.acknowledged = 0
        self.refused = 0
        """Requests that were cut off, or that nobody or a hub in trouble answered."""
        self.up = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        with httpx.Client(trust_env=False) as client:
            while (raw := self._next()) is not None:
                while not self._posted(client, raw):
                    with self._news:
                        self.refused += 1
                        self._news.notify_all()
                with self._news:
                    self.acknowledged += 1
                    self._news.notify_all()

    def _next(self) -> bytes | None:
        with self._lock:
            return next(self._left, None)

    def _posted(self, client: httpx.Client, raw: bytes) -> bool:
        self.up.wait()
        try:
            return client.post(self._url, content=raw, headers=signed(raw)).status_code == 200
        except httpx.HTTPError:
            return False

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.acknowledged >= count, 300)

    def wait_for_refused(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.refused >= count, 60)


def prepared(folder: Path, cloud: Cloud, server: CloudServer) -> int:
    """Everybody has written and got an answer; the channel."""
    cloud.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)  # none is of later
    with closing(Services.open(Paths(folder), at_once.settings())) as services:
        options = {**OPTIONS, "base_url": server.url}
        channel = services.accounts.add("whatsapp", "Sales", options).id
        cloud.refuse = {
            each.address: (131026, 131049, 131053)[n % 3] for n, each in enumerate(CUSTOMERS[::3])
        }
        for customer in CUSTOMERS:
            cloud.writes(customer, "Hello")
        for content in cloud.take_due():
            take(services, channel, content)
        services.receiving.apply_pending()
        for row in services.inbox.conversations(Filter(), limit=100).rows:
            services.replies.send(row.id, "How can we help?", [], ANN, None)
        services.delivery.deliver_due()
        assert len(cloud.sent) == len(CUSTOMERS)
    return channel


def take(services: Services, channel: int, content: object) -> None:
    raw = json.dumps(content).encode()
    services.webhooks.take(channel, signed(raw), raw)


@pytest.mark.timeout(600)
def test_the_store_is_what_the_provider_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with cloud_server() as server:
        cloud = server.cloud
        channel = prepared(tmp_path, cloud, server)
        raws = storm(cloud, CUSTOMERS, SIZE)
        assert len(raws) == SIZE
        hub = Hub(tmp_path)
        clients = Clients(f"http://{hub.address}/webhooks/{channel}", raws)
        for count in KILLS:
            hub.start()
            clients.up.set()
            clients.wait_for(count)
            before = clients.refused
            hub.end(signal.SIGKILL)
            clients.wait_for_refused(before + 1)
            clients.up.clear()
        hub.start()
        clients.up.set()
        clients.wait_for(SIZE)
        hub.end(signal.SIGTERM)
    with closing(Services.open(Paths(tmp_path), Settings())) as services:
        services.receiving.drain()
        compare(services, cloud)


FAILURES = {0: None, 131026: "unreachable", 131049: "unreachable", 131053: "media"}


def compare(services: Services, cloud: Cloud) -> None:
    with services.store.read() as db:
        inbound = db.execute(
            "SELECT m.provider_id, m.body, m.occurred_at, m.author_name, c.address, p.name "
            "FROM messages AS m JOIN conversations AS c ON c.id = m.conversation_id "
            "JOIN contacts AS p ON p.id = c.contact_id WHERE m.direction = 'inbound'"
        )
        outbound = db.execute(
            "SELECT provider_id, delivery_status, failure_kind FROM messages "
            "WHERE direction = 'outbound'"
        )
        conversations = db.execute("SELECT id FROM conversations")
        waiting = db.execute("SELECT * FROM parked"), db.execute("SELECT * FROM quarantine")
        ids = [id for (id,) in conversations]
        kept = states.load(db, ids)
        computed = {id: states.recompute(db, id) for id in ids}
    assert sorted(inbound) == sorted(
        (id, each.text, each.at, who.name, f"+{who.wa_id}" if who.wa_id else who.user_id, who.name)
        for id, each in cloud.written.items()
        if (who := each.customer)
    )
    assert sorted(outbound) == sorted(
        (id, sent.status, FAILURES[sent.code]) for id, sent in cloud.sent.items()
    )
    assert {sent.code for sent in cloud.sent.values()} == FAILURES.keys()
    assert len(conversations) == len(CUSTOMERS)
    assert waiting == ([], [])
    assert kept == computed
