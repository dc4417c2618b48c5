"""The demo is worth looking at: it has everything in it, and everything follows from the rules."""

from collections import Counter
from datetime import timedelta

import pytest
from demo_folder import ANCHOR, SIZE

from workspace.channels.simulated.words import OPERATORS
from workspace.models import Conversation
from workspace.services import Services, demo
from workspace.services.filters import Filter
from workspace.store import states


def rows(services: Services, tab: str) -> list[Conversation]:
    found: list[Conversation] = []
    cursor = None
    while True:
        page = services.inbox.conversations(Filter(tab=tab), cursor, 100)
        found += page.rows
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.fixture(scope="session")
def everything(loaded: Services) -> list[Conversation]:
    return rows(loaded, "all") + rows(loaded, "archived")


def sql(services: Services, text: str) -> list[tuple[object, ...]]:
    with services.store.read() as db:
        return db.execute(text)


def test_as_many_conversations_as_asked_for_on_five_channels(
    everything: list[Conversation],
) -> None:
    assert len(everything) == SIZE
    names = Counter(c.channel_name for c in everything)
    assert names == {a.name: demo.sizes(SIZE)[a.plays] for a in demo.ACCOUNTS}
    kinds = {c.channel_kind for c in everything}
    assert kinds == {"whatsapp", "instagram", "telegram", "sms", "mail"}


@pytest.mark.parametrize("size", [1, 2, 3, 10, 99, 400, 5001])
def test_any_size_is_dealt_out(size: int) -> None:
    assert sum(demo.sizes(size).values()) == size


def test_every_status_and_both_tabs(everything: list[Conversation]) -> None:
    status = Counter(c.status for c in everything)
    assert set(status) == {"created", "pending", "replied", "resolved"}
    assert min(status.values()) >= 5
    assert 40 < sum(c.archived for c in everything) < 120
    assert not any(c.archived and c.unread for c in everything)


def test_what_a_list_row_can_show_is_there(everything: list[Conversation]) -> None:
    assert 15 < sum(c.unread > 0 for c in everything) < 90
    assert any(c.unread > 1 for c in everything)
    assert sum(c.failed for c in everything) >= 5
    assert 3 < sum(c.agent_replies for c in everything) < 40
    assert sum(c.preview.delivery_status == "in_doubt" for c in everything) == 2
    assert {c.preview.media for c in everything} >= {"image", None}
    closing = [c for c in everything if c.window_closes_at]
    soon = [c for c in closing if ANCHOR < c.window_closes_at < ANCHOR + timedelta(hours=5)]
    assert soon
    assert any(c.window_closes_at < ANCHOR for c in closing)
    assert all(bool(c.subject) is (c.channel_kind == "mail") for c in everything)


def test_the_status_follows_from_the_log(loaded: Services) -> None:
    with loaded.store.read() as db:
        ids = [id for (id,) in db.execute("SELECT id FROM conversations")]
        kept = states.load(db, ids)
        stored = dict(db.execute("SELECT id, status FROM conversations"))
        for id in ids:
            computed = states.recompute(db, id)
            assert kept[id] == computed
            assert stored[id] == computed.status


def test_nothing_is_left_over(loaded: Services) -> None:
    assert sql(loaded, "SELECT count(*) FROM quarantine") == [(0,)]
    assert sql(loaded, "SELECT count(*) FROM parked") == [(0,)]
    assert loaded.journal.last() == loaded.journal.count()


def test_messages_of_all_kinds(loaded: Services) -> None:
    statuses = {s for (s,) in sql(loaded, "SELECT DISTINCT delivery_status FROM messages")}
    assert statuses >= {None, "sent", "delivered", "read", "failed", "in_doubt"}
    reasons = sql(loaded, "SELECT failure FROM messages WHERE delivery_status = 'failed'")
    assert all(len(str(reason).split()) > 3 for (reason,) in reasons)
    for condition in (
        "html LIKE '%<table%' AND direction = 'outbound' AND automatic",
        "html LIKE '%<table%' AND direction = 'inbound' AND automatic",
        "html LIKE '%gmail_quote%' AND direction = 'inbound'",
        "unsupported <> ''",
        "body LIKE '%<b>%'",
        "body SIMILAR TO '.*[\u0600-\u06ff].*'",
        "body SIMILAR TO '.*[\u3040-\u30ff].*'",
        "body LIKE '%ß%' OR body LIKE '%ü%'",
        "body LIKE '%¿%'",
        "body LIKE '%ção%' OR body LIKE '%Olá%'",
    ):
        (found,) = sql(loaded, f"SELECT count(*) FROM messages WHERE {condition}")
        assert found[0], condition
    assert sql(loaded, "SELECT count(*) > 20 FROM reactions") == [(True,)]


def test_files_of_all_kinds_are_on_the_disk(loaded: Services) -> None:
    files = sql(loaded, "SELECT id, kind, mime, size, inline FROM attachments")
    assert {kind for _, kind, *_ in files} == {"image", "audio", "document"}
    assert {mime for _, _, mime, *_ in files} >= {
        "image/jpeg",
        "application/pdf",
        "text/csv",
        "audio/wav",
    }
    assert any(inline for *_, inline in files)
    for id, _, _, size, _ in files:
        assert loaded.files.path(id).stat().st_size == size


def test_operators_are_named_and_the_time_is_theirs(loaded: Services) -> None:
    authors = sql(
        loaded, "SELECT DISTINCT author_name FROM messages WHERE author_kind = 'operator'"
    )
    assert {name for (name,) in authors} == set(OPERATORS)
    events = sql(loaded, "SELECT kind, actor_name, occurred_at FROM conversation_events")
    assert {actor for kind, actor, _ in events if kind == "resolved"} == set(OPERATORS)
    start = ANCHOR - timedelta(days=90)
    assert all(start < at <= ANCHOR for _, _, at in events)
    messages = sql(loaded, "SELECT min(occurred_at), max(occurred_at) FROM messages")
    ((first, last),) = messages
    assert start - timedelta(days=7) < first < start + timedelta(days=25)
    assert ANCHOR - timedelta(hours=6) < last < ANCHOR + timedelta(minutes=1)


def test_an_event_comes_after_what_it_is_about(loaded: Services) -> None:
    odd = sql(
        loaded,
        "SELECT count(*) FROM conversation_events e JOIN messages m USING (conversation_id) "
        "WHERE e.kind = 'resolved' AND m.id < e.id AND m.occurred_at > e.occurred_at",
    )
    assert odd == [(0,)]


def test_business_hours_show(loaded: Services) -> None:
    sent = sql(
        loaded,
        "SELECT dayofweek(occurred_at), hour(occurred_at + INTERVAL 1 HOUR) FROM messages "
        "WHERE author_kind = 'operator' AND delivery_status NOT IN ('in_doubt')",
    )
    assert all(day != 0 and 8 <= hour < 18 for day, hour in sent)
