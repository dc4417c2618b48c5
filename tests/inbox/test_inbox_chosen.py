"""Lists of chosen conversations: by contact, by ids, by a query; and how many there are."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workspace.errors import InvalidRequest, QueryFailed, QueryLimit, QueryRefused
from workspace.models import EventKind, Status, Tab, TabCounts
from workspace.services import filters, queries
from workspace.services.filters import MAX_LISTED, Filter
from workspace.services.inbox import Inbox
from workspace.services.queries import Queries
from workspace.settings import Paths
from workspace.store import Store
from workspace.testing.builders import Builder, did, inbound, outbound, talk

ALIAS = "INSERT INTO conversation_aliases (id, conversation_id) VALUES (999999, $1)"
READ, ARCHIVED = did(EventKind.MARKED_READ), did(EventKind.ARCHIVED)


def ids(inbox: Inbox, **wanted: Any) -> set[int]:
    return {row.id for row in inbox.conversations(Filter(**wanted)).rows}


# --- contact and ids ---------------------------------------------------------------------------


def test_the_conversations_of_a_contact(inbox: Inbox, builder: Builder) -> None:
    mail, shop = builder.channel("mail"), builder.channel("shop")
    made = builder.add(
        [
            talk(inbound("x"), channel=mail, address="+491"),
            talk(inbound("x"), channel=shop, address="+491"),
            talk(inbound("x"), channel=mail, address="+492"),
        ]
    )
    contact = inbox.conversation(made[0]).contact_id
    assert ids(inbox, contact=contact) == set(made[:2])
    assert ids(inbox, contact=contact, channel="shop") == {made[1]}
    assert ids(inbox, contact=424242) == set()


def test_ids_that_still_match(inbox: Inbox, builder: Builder, store: Store) -> None:
    """What a list asks when something changed: who of these is still in it, and where."""
    made = builder.add(
        [
            talk(inbound("apple")),
            talk(inbound("pear"), outbound("y")),
            talk(inbound("apple"), ARCHIVED),
            talk(inbound("apple")),
        ]
    )
    store.write(lambda tx: tx.execute(ALIAS, [made[3]]))
    assert ids(inbox, ids=tuple(made[:3])) == set(made[:2])
    assert ids(inbox, ids=tuple(made[:3]), status=(Status.PENDING,)) == {made[0]}
    assert ids(inbox, ids=tuple(made[:3]), search="apple") == {made[0]}
    assert ids(inbox, ids=tuple(made[:3]), search="apple", tab=Tab.ARCHIVED) == {made[2]}
    assert ids(inbox, ids=(made[0], made[0], 424242)) == {made[0]}
    assert ids(inbox, ids=(999999,)) == {made[3]}, "a merged thread under its old id"
    assert ids(inbox, ids=(999999,), search="apple") == {made[3]}
    page = inbox.conversations(Filter(ids=()))
    assert (page.rows, page.total, page.filtered) == ((), 0, True), "nothing is not everything"


def test_a_hundred_thousand_ids_and_no_more(inbox: Inbox, builder: Builder) -> None:
    made = builder.add([talk(inbound("x")) for _ in range(3)])
    many = (*made, *range(10**9, 10**9 + MAX_LISTED - len(made)))
    assert inbox.conversations(Filter(ids=many)).total == 3
    with pytest.raises(InvalidRequest, match="100,001") as caught:
        inbox.conversations(Filter(ids=(*many, 1)))
    assert caught.value.detail == {"limit": MAX_LISTED}


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(
    chosen=st.sets(st.integers(0, 7)),
    search=st.sampled_from(["", "apple", "pear apple", "+49 170 555 000"]),
    few=st.sampled_from([0, 1000]),
)
def test_a_search_among_few_and_among_many_finds_the_same(
    inbox: Inbox, builder: Builder, chosen: set[int], search: str, few: int
) -> None:
    channel = builder.channel(str(uuid4()))
    words = ["apple", "pear", "apple pear", "plum"]
    made = builder.add(
        [talk(inbound(words[n % 4]), channel=channel, address=f"+4917055500{n}") for n in range(8)]
    )
    plain = ids(inbox, channel=channel, search=search)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filters, "FEW", few)
        asked = tuple(made[n] for n in chosen)
        assert ids(inbox, channel=channel, search=search, ids=asked) == plain & set(asked)


# --- query -------------------------------------------------------------------------------------


@pytest.fixture
def three(builder: Builder, store: Store) -> list[int]:
    made = builder.add(
        [talk(inbound("apple")), talk(inbound("pear")), talk(inbound("apple"), ARCHIVED)]
    )
    store.write(lambda tx: tx.execute(ALIAS, [made[1]]))
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT conversation_id FROM v1.conversations", {0, 1}),
        ("SELECT id FROM v1.conversations WHERE contact_name = ''", set()),
        ("FROM v1.conversations", {0, 1}),
        ("SELECT conversation_id FROM v1.messages UNION ALL FROM v1.messages SELECT 5", {0, 1}),
        ("SELECT conversation_id, count(*) FROM v1.messages GROUP BY 1 -- ;", {0, 1}),
        ("SELECT max(conversation_id)::integer FROM v1.messages WHERE text = 'pear';", {1}),
        ("SELECT NULL::bigint UNION ALL SELECT 999999", {1}),
        ("SELECT unnest([NULL, 0, -1, 424242])", set()),
        ("SELECT 18446744073709551615::ubigint", set()),
        ("  \n ", {0, 1}),
    ],
)
def test_a_query_chooses(inbox: Inbox, three: list[int], query: str, found: set[int]) -> None:
    assert ids(inbox, query=query) == {three[n] for n in found}


def test_a_query_combines(inbox: Inbox, three: list[int]) -> None:
    every = "SELECT conversation_id FROM v1.conversations"
    assert ids(inbox, query=every, search="apple") == {three[0]}
    assert ids(inbox, query=every, ids=(three[1], 424242)) == {three[1]}
    assert ids(inbox, query=every, ids=(three[1],), search="apple") == set()
    page = inbox.conversations(Filter(query=every, tab=Tab.ARCHIVED))
    assert (page.total, page.counts, page.filtered) == (1, TabCounts(2, 1), True)
    assert inbox.contents(Filter(query=every)).conversations == 2


@pytest.mark.parametrize(
    ("query", "error", "words"),
    [
        ("SELECT contact_name FROM v1.conversations", InvalidRequest, "contact_name"),
        ("SELECT message_id FROM v1.messages", InvalidRequest, "message_id, holds other ids"),
        ("SELECT contact_id, conversation_id FROM v1.conversations", InvalidRequest, "contact_id"),
        ("SELECT 1.5", InvalidRequest, "not ids"),
        ("SELECT [1]", InvalidRequest, "not ids"),
        ("SELECT", QueryFailed, "SQL"),
        ("SELECT nothing FROM v1.conversations", QueryFailed, "nothing"),
        ("SELECT error('boom')::bigint", QueryFailed, "boom"),
        ("SELECT id FROM conversations", QueryRefused, "v1"),
        ("SELECT 1; SELECT 2", QueryRefused, "one SELECT"),
        ("DELETE FROM v1.conversations", QueryRefused, "SELECT"),
        ("SELECT 1 \0", QueryRefused, "NUL"),
        ("SELECT $1", QueryFailed, "parameter"),
    ],
)
def test_a_query_that_gives_no_conversations(
    inbox: Inbox, three: list[int], query: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        inbox.conversations(Filter(query=query))


def test_a_query_has_little_time_and_leaves_nothing(
    store: Store, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LIST_SECONDS", 0.2)
    asking = Queries(store, paths)
    with pytest.raises(QueryLimit, match="A list waits no longer"):
        asking.conversations("SELECT count(*) FROM range(10_000_000_000) AS a, range(100)")
    monkeypatch.setattr(queries, "MOST", 10)
    with pytest.raises(QueryLimit, match="more than 10 conversations"):
        asking.conversations("SELECT range FROM range(1, 13)")
    assert asking.conversations("SELECT range FROM range(1, 11)") == list(range(1, 11))
    assert list(paths.spool.iterdir()) == []


# --- how many ----------------------------------------------------------------------------------


def test_total_counts_the_tab_whatever_is_unread(inbox: Inbox, builder: Builder) -> None:
    builder.add(
        [talk(inbound("x")), *[talk(inbound("x"), READ)] * 2, *[talk(inbound("x"), ARCHIVED)] * 4]
    )
    page = inbox.conversations(Filter(), limit=1)
    assert (page.total, page.counts) == (3, TabCounts(1, 4))
    page = inbox.conversations(Filter(), page.cursor, 1)
    assert (page.total, len(page.rows)) == (3, 1), "on every page"
    page = inbox.conversations(Filter(tab=Tab.ARCHIVED), limit=1)
    assert (page.total, page.counts) == (4, TabCounts(1, 4))
    page = inbox.conversations(Filter(search="nothing of the kind"))
    assert (page.total, page.counts) == (0, TabCounts(0, 0))
