"""The list: order, pages, tabs, filters, search and counts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from configured import Accounts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workspace import rules
from workspace.errors import InvalidRequest, NotFound
from workspace.models import Conversation, DeliveryStatus, EventKind, Status, Tab, TabCounts
from workspace.services.filters import FILTERS, Filter
from workspace.services.inbox import Inbox
from workspace.services.paging import MAX_LIMIT
from workspace.store import Store, sql
from workspace.testing.builders import ANA, START, Builder, Talk, did, inbound, note, outbound, talk

HOUR = timedelta(hours=1)


def ids(inbox: Inbox, **filters: Any) -> list[int]:
    return [row.id for row in inbox.conversations(Filter(**filters)).rows]


def counts(inbox: Inbox, **filters: Any) -> tuple[int, int]:
    page = inbox.conversations(Filter(**filters))
    return page.counts.all, page.counts.archived


# --- a row -------------------------------------------------------------------------------------


def test_a_row_has_all_the_list_shows(inbox: Inbox, builder: Builder, accounts: Accounts) -> None:
    channel = builder.channel("support line")
    accounts.configure(channel, "support line")
    [id] = builder.add(
        [
            talk(
                inbound("Hi", START),
                outbound("See photo", START + HOUR, files=("a.jpg",), delivery=DeliveryStatus.READ),
                channel=channel,
                name="Zoë",
                address="+4917012345",
            )
        ]
    )
    [row] = inbox.conversations(Filter()).rows
    assert row == inbox.conversation(id)
    assert (row.contact_name, row.address.value) == ("Zoë", "+4917012345")
    assert (row.channel_kind, row.channel_name) == ("whatsapp", "support line")
    assert (row.status, row.unread, row.failed) == (Status.REPLIED, 1, False)
    assert (row.preview.text, row.preview.author) == ("See photo", "ana")
    assert row.preview.media is not None
    assert row.preview.delivery_status is DeliveryStatus.READ
    assert row.created_at == START
    assert row.last_activity_at == START + HOUR
    assert row.window_closes_at == START + timedelta(days=1)
    assert (row.match, row.match_message_id) == ("", None)


def test_a_nameless_contact_shows_the_address(inbox: Inbox, builder: Builder) -> None:
    builder.add([talk(inbound("Hi"), address="+491234567")])
    [row] = inbox.conversations(Filter()).rows
    assert row.contact_name == "+491234567"
    assert row.window_closes_at is None, "nothing is known of a channel no longer configured"


def test_an_empty_inbox(inbox: Inbox) -> None:
    page = inbox.conversations(Filter())
    assert (page.rows, page.cursor, page.counts) == ((), None, TabCounts(0, 0))


def test_an_unknown_conversation(inbox: Inbox) -> None:
    with pytest.raises(NotFound, match="No conversation 77"):
        inbox.conversation(77)


def test_a_merged_thread_is_found_under_its_old_id(
    inbox: Inbox, builder: Builder, store: Store
) -> None:
    [id] = builder.add([talk(inbound("Hi"))])
    alias = "INSERT INTO conversation_aliases (id, conversation_id) VALUES (999999, $1)"
    store.write(lambda tx: tx.execute(alias, [id]))
    assert inbox.conversation(999999).id == id
    assert inbox.messages(999999).messages[0].text == "Hi"
    [outcome] = inbox.resolve([999999], ANA, None)
    assert outcome.conversation_id == id


# --- order, pages ------------------------------------------------------------------------------


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(
    moments=st.lists(st.integers(0, 5), min_size=1, max_size=25),
    limit=st.integers(1, 30),
)
def test_pages_show_each_conversation_once_in_order(
    inbox: Inbox, builder: Builder, moments: list[int], limit: int
) -> None:
    """Many conversations of the same instant: the id decides."""
    channel = builder.channel(f"channel {datetime.now().timestamp()} {id(moments)}")
    made = builder.add([talk(inbound("x", START + n * HOUR), channel=channel) for n in moments])
    expected = [id for _, id in sorted(zip(moments, made, strict=True), reverse=True)]
    seen: list[int] = []
    cursor = None
    while True:
        page = inbox.conversations(Filter(channel=channel), cursor, limit)
        assert len(page.rows) <= limit
        assert page.counts == TabCounts(len(made), 0)
        seen += [row.id for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
        assert len(page.rows) == limit
    assert seen == expected


def test_a_full_last_page_has_no_next(inbox: Inbox, builder: Builder) -> None:
    builder.add([talk(inbound("x")) for _ in range(4)])
    first = inbox.conversations(Filter(), limit=2)
    second = inbox.conversations(Filter(), first.cursor, 2)
    assert first.cursor
    assert second.cursor is None


def test_a_message_moves_its_conversation_up_without_disturbing_the_next_page(
    inbox: Inbox, builder: Builder
) -> None:
    made = builder.add([talk(inbound("x", START + n * HOUR), address=f"+49{n}") for n in range(6)])
    first = inbox.conversations(Filter(), limit=3)
    builder.add([talk(inbound("new", START + 99 * HOUR))])
    second = inbox.conversations(Filter(), first.cursor, 3)
    assert [row.id for row in second.rows] == made[2::-1]


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", "AAAA", "ä", "0", "=" * 9, "A" * 500, "f" + "_" * 21, "A" * 21 + "\0"]
)
def test_a_malformed_cursor(inbox: Inbox, cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="cursor"):
        inbox.conversations(Filter(), cursor)


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
def test_a_limit_out_of_bounds(inbox: Inbox, limit: int) -> None:
    with pytest.raises(InvalidRequest, match="limit"):
        inbox.conversations(Filter(), limit=limit)
    with pytest.raises(InvalidRequest, match="limit"):
        inbox.messages(1, limit=limit)


# --- filters -----------------------------------------------------------------------------------


def test_each_filter_has_its_block_of_sql() -> None:
    fields = {"tab", "zone", "search"}  # no predicate, part of others, its own words
    assert {*FILTERS} | fields == {*Filter.__dataclass_fields__}
    assert {*FILTERS} <= {*sql.blocks("filters")}


def test_tabs_and_unread_counts(inbox: Inbox, builder: Builder) -> None:
    read, archived = did(EventKind.MARKED_READ), did(EventKind.ARCHIVED)
    made = builder.add(
        [
            talk(inbound("unread")),
            talk(inbound("read"), read),
            talk(inbound("read"), read, did(EventKind.MARKED_UNREAD)),
            talk(inbound("archived, unread"), archived),
            talk(inbound("archived"), read, archived),
        ]
    )
    assert set(ids(inbox)) == set(made[:3])
    assert set(ids(inbox, tab=Tab.ARCHIVED)) == set(made[3:])
    page = inbox.conversations(Filter())
    assert (page.counts, page.filtered) == (TabCounts(all=2, archived=1), False)
    assert inbox.conversations(Filter(tab=Tab.ARCHIVED)).counts == page.counts
    page = inbox.conversations(Filter(unread=True))
    assert (page.counts, page.filtered) == (TabCounts(all=2, archived=1), True)
    assert set(ids(inbox, unread=True)) == {made[0], made[2]}


def test_resolved_stays_under_all(inbox: Inbox, builder: Builder) -> None:
    made = builder.add([talk(inbound("x"), did(EventKind.RESOLVED))])
    assert ids(inbox) == made


def test_several_statuses(inbox: Inbox, builder: Builder) -> None:
    created, pending, replied, resolved = builder.add(
        [
            talk(outbound("we begin")),
            talk(inbound("x")),
            talk(inbound("x"), outbound("y")),
            talk(inbound("x"), did(EventKind.RESOLVED)),
        ]
    )
    assert ids(inbox, status=(Status.CREATED,)) == [created]
    assert set(ids(inbox, status=(Status.PENDING, Status.RESOLVED))) == {pending, resolved}
    assert set(ids(inbox, status=tuple(Status))) == {created, pending, replied, resolved}
    assert counts(inbox, status=(Status.REPLIED,)) == (1, 0)
    with pytest.raises(InvalidRequest, match="not a status"):
        ids(inbox, status=("open",))


def test_channel_by_id_and_name(inbox: Inbox, builder: Builder) -> None:
    mail, shop = builder.channel("mail"), builder.channel("12345")
    made = builder.add([talk(inbound("x"), channel=mail), talk(inbound("x"), channel=shop)])
    assert ids(inbox, channel=mail) == ids(inbox, channel="mail") == [made[0]]
    assert ids(inbox, channel=str(mail)) == [made[0]]
    assert ids(inbox, channel="12345") == [made[1]], "a name may look like a number"
    assert ids(inbox, channel=424242) == []
    assert ids(inbox, channel="") == ids(inbox)
    for name in ("nobody", "²", "9" * 30, "%", "a\0"):
        with pytest.raises(NotFound, match="No channel"):
            ids(inbox, channel=name)


@pytest.mark.parametrize(
    ("zone", "since", "until", "hours"),
    [
        # One conversation each hour from 9:00 UTC on 1 March.
        ("UTC", None, None, range(72)),
        ("UTC", "2026-03-02", None, range(15, 72)),
        ("UTC", None, "2026-03-01", range(15)),
        ("UTC", "2026-03-02", "2026-03-02", range(15, 39)),
        ("Asia/Tokyo", "2026-03-02", "2026-03-02", range(6, 30)),
        ("America/New_York", "2026-03-02", "2026-03-02", range(20, 44)),
        ("UTC", date(2026, 3, 2), date(2026, 3, 2), range(15, 39)),
        ("UTC", "2026-03-01T10:00", "2026-03-01T12:00", range(1, 3)),
        ("Europe/Berlin", "2026-03-01T10:00", "2026-03-01T12:00:00+00:00", range(3)),
    ],
)
def test_a_date_range_is_whole_days_of_a_zone(
    inbox: Inbox,
    builder: Builder,
    zone: str,
    since: str | date | None,
    until: str | date | None,
    hours: range,
) -> None:
    made = builder.add([talk(inbound("x", START + n * HOUR)) for n in range(72)])
    page = inbox.conversations(Filter(since=since, until=until, zone=zone), limit=100)
    assert [row.id for row in page.rows] == [made[n] for n in reversed(hours)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "yesterday"},
        {"until": "2026-02-30"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"zone": "Mars/Olympus", "since": "2026-03-01"},
        {"since": "2026-03-01T99:00"},
        {"until": "9999-12-31"},
        {"search": "x" * 1_001},
    ],
)
def test_malformed_filters(inbox: Inbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        inbox.conversations(Filter(**wrong))


# --- filters and search together equal a plain filter in Python --------------------------------

WORDS = ["Straße", "strasse", "100%", "a_b", "ÉCOLE", "x"]
LINE = st.one_of(
    st.builds(inbound, st.sampled_from(WORDS), silent=st.booleans()),
    st.builds(outbound, st.sampled_from(WORDS)),
    st.builds(note, st.sampled_from(WORDS)),
    st.builds(did, st.sampled_from([EventKind.RESOLVED, EventKind.ARCHIVED])),
    st.builds(did, st.sampled_from([EventKind.MARKED_READ, EventKind.MARKED_UNREAD])),
)
TALK = st.builds(
    lambda lines, day, name: (lines, day, name),
    st.lists(LINE, min_size=1, max_size=4),
    st.integers(0, 5),
    st.sampled_from(["", "Ana Straße", "École", "Bob"]),
)
WANTED = st.fixed_dictionaries(
    {
        "tab": st.sampled_from(Tab),
        "status": st.lists(st.sampled_from(Status), max_size=3).map(tuple),
        "search": st.sampled_from(["", "STRASSE", "100%", "a_b", "ecole", "x strasse", "bob"]),
        "since": st.sampled_from([None, "2026-03-03"]),
        "until": st.sampled_from([None, "2026-03-04"]),
        "unread": st.booleans(),
    }
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None
)
@given(made=st.lists(TALK, min_size=1, max_size=12), wanted=WANTED)
def test_filters_equal_a_plain_filter(
    inbox: Inbox, builder: Builder, made: list[Any], wanted: dict[str, Any]
) -> None:
    channel = builder.channel(f"channel {datetime.now().timestamp()} {id(made)}")
    talks = [
        talk(*_at(lines, START + timedelta(days=day, minutes=n)), channel=channel, name=name)
        for n, (lines, day, name) in enumerate(made)
    ]
    there = dict(zip(builder.add(talks), talks, strict=True))
    page = inbox.conversations(Filter(channel=channel, **wanted))
    rows = {id: inbox.conversation(id) for id in there}
    hits = [id for id, row in rows.items() if _wanted(row, there[id], wanted)]
    shown = [id for id in hits if rows[id].archived == (wanted["tab"] is Tab.ARCHIVED)]
    order = sorted(shown, key=lambda id: (rows[id].last_activity_at, id), reverse=True)
    assert [row.id for row in page.rows] == order
    archived = sum(rows[id].archived for id in hits)
    assert page.counts == TabCounts(len(hits) - archived, archived)


def _at(lines: list[Any], at: datetime) -> list[Any]:
    return [replace(line, at=at + timedelta(seconds=n)) for n, line in enumerate(lines)]


def _wanted(row: Conversation, talk: Talk, wanted: dict[str, Any]) -> bool:
    since, until = rules.interval(wanted["since"], wanted["until"], "UTC")
    words = rules.fold(wanted["search"]).split()
    texts = [f"{talk.name} {row.address.value}"]
    texts += [line.text for line in talk.lines if hasattr(line, "text")]
    return (
        (not wanted["status"] or row.status in wanted["status"])
        and (since is None or row.last_activity_at >= since)
        and (until is None or row.last_activity_at < until)
        and (not wanted["unread"] or row.unread > 0)
        and (not words or any(all(w in rules.fold(text) for w in words) for text in texts))
    )
