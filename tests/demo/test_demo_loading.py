"""Loading: the same every time, once, whatever interrupts it; and afterwards the world goes on."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from demo_folder import ANCHOR, Load, opened

from workspace.channels.simulator import Simulator
from workspace.errors import ConfigError, Conflict
from workspace.models import Actor, ActorKind
from workspace.services import Services, demo
from workspace.services.filters import Filter
from workspace.settings import Paths, Settings
from workspace.store import states

TABLES = (
    "SELECT provider_id, direction, author_name, body, html, occurred_at, delivery_status "
    "FROM messages WHERE delivery_status IS NULL OR delivery_status <> 'queued' ORDER BY 1, 6",
    "SELECT kind, actor_name, occurred_at FROM conversation_events ORDER BY ALL",
    # Two answers are sent while it loads, at whatever second that is.
    "SELECT subject, status, archived, unread, agent_replies, episode, last_inbound_at, "
    f"least(last_activity_at, '{ANCHOR}') FROM conversations ORDER BY ALL",
    "SELECT name FROM contacts ORDER BY 1",
    "SELECT name, mime, size FROM attachments ORDER BY ALL",
)
ANN = Actor(ActorKind.OPERATOR, "ann")


def content(services: Services) -> str:
    """A digest of everything but ids."""
    digest = hashlib.sha256()
    with services.store.read() as db:
        for query in TABLES:
            digest.update(repr(db.execute(query)).encode())
    return digest.hexdigest()


def counts(services: Services) -> list[int]:
    with services.store.read() as db:
        tables = ("channels", "contacts", "conversations", "messages", "conversation_events")
        return [db.execute(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


@pytest.mark.slow
def test_two_loads_are_equal_and_another_seed_is_not(load: Load) -> None:
    first = content(load(60, folder="a"))
    assert content(load(60, folder="b")) == first
    assert content(load(60, folder="c", seed=2)) != first


def test_loading_twice_adds_nothing(load: Load) -> None:
    before = counts(load(60))
    services = load(60)
    assert counts(services) == before
    demo.load(services, 60, 1)
    assert counts(services) == before


def test_another_demo_needs_another_folder(load: Load) -> None:
    services = load(20)
    for size, seed in ((21, 1), (20, 2)):
        with pytest.raises(Conflict, match="--folder"):
            demo.load(services, size, seed, ANCHOR)


def test_other_channels_are_left_alone(tmp_path: Path) -> None:
    services = opened(tmp_path / "w")
    services.accounts.add("simulator", "Sandbox", {"plays": "sms"})
    with pytest.raises(Conflict):
        demo.load(services, 10)
    assert [c.name for c in services.accounts.list()] == ["Sandbox"]
    services.close()


def test_a_demo_takes_no_real_channel(load: Load) -> None:
    services = load(5)
    with pytest.raises(ConfigError):
        services.accounts.add("mail", "Real", {})


KILLED = """
import sys
from pathlib import Path
from datetime import datetime
from workspace import faults
from workspace.services import Services, demo
from workspace.settings import Paths, Settings

times = 0
die = faults.reach
def reach(point):
    global times
    times += point == "demo_wave"
    if times == int(sys.argv[2]):
        die(point)
faults.reach = reach
services = Services.open(Paths(Path(sys.argv[1])), Settings(demo=True))
demo.load(services, 60, 1, datetime.fromisoformat(sys.argv[3]))
"""


@pytest.mark.slow
def test_killed_while_loading_it_goes_on_where_it_was(load: Load, tmp_path: Path) -> None:
    whole = load(60, folder="whole")
    expected, numbers = content(whole), counts(whole)
    folder = tmp_path / "killed"
    for wave in (1, 2):
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(folder), str(wave), ANCHOR.isoformat()],
            env={**os.environ, "CONVO_FAULT": "demo_wave"},
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
    services = load(60, folder="killed")
    assert counts(services) == numbers
    assert content(services) == expected


def test_what_was_deleted_stays_deleted(load: Load) -> None:
    services = load(20)
    victim = services.inbox.conversations(Filter()).rows[0]
    services.inbox.delete([victim.id], ANN, None)
    before = counts(services)
    demo.load(services, 20, 1)
    services.receiving.apply_pending()
    assert counts(services) == before


def test_afterwards_customers_write_by_themselves_and_answer(tmp_path: Path) -> None:
    services = opened(tmp_path / "live")
    services.start()
    demo.load(services, 40, 1, ANCHOR)
    news = threading.Condition()
    services.store.on_commit(lambda _: _notify(news))
    before = _inbound(services)
    channel = services.accounts.channel(services.accounts.list()[0].id)
    assert isinstance(channel, Simulator)
    channel.advance(timedelta(seconds=250))
    with news:
        assert news.wait_for(lambda: _inbound(services) >= before + 2, 20)
    rows = services.inbox.conversations(Filter(channel=services.accounts.list()[0].id)).rows
    asked = rows[0]
    services.replies.send(asked.id, "Could you send us a photo?", [], ANN, None)
    before = _inbound(services)
    with news:
        assert news.wait_for(lambda: _answered(services, asked.id), 20)
        channel.advance(timedelta(seconds=40))
        assert news.wait_for(lambda: _inbound(services) > before, 20)
    with services.store.read() as db:
        (row,) = db.execute("SELECT unread FROM conversations WHERE id = $1", [asked.id])
        assert states.load(db, [asked.id])[asked.id] == states.recompute(db, asked.id)
    assert row[0] >= 1
    services.close()


def _notify(news: threading.Condition) -> None:
    with news:
        news.notify_all()


def _inbound(services: Services) -> int:
    with services.store.read() as db:
        found = db.execute("SELECT count(*) FROM messages WHERE direction = 'inbound'")
        return int(found[0][0])


def _answered(services: Services, conversation: int) -> bool:
    with services.store.read() as db:
        found = db.execute(
            "SELECT delivery_status FROM messages WHERE conversation_id = $1 ORDER BY id DESC",
            [conversation],
        )
        return found[0][0] in ("sent", "delivered", "read")


@pytest.mark.slow
def test_a_large_demo_loads_in_reasonable_time_and_memory(tmp_path: Path) -> None:
    services = Services.open(Paths(tmp_path / "large"), Settings(demo=True))
    before = sum(os.times()[:2])
    demo.load(services, 3_000, 1, ANCHOR)
    assert sum(os.times()[:2]) - before < 60
    assert services.inbox.conversations(Filter(), None, 1).rows
    services.close()
