"""The v1 views: what users build on."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workspace import rules
from workspace.models import DeliveryStatus, EventKind, Origin
from workspace.store import Store, sql, states
from workspace.testing.builders import START, Builder, did, inbound, note, outbound, talk

COLUMNS = """
columns: view_name VARCHAR, view_comment VARCHAR, column_name VARCHAR, position INTEGER,
    data_type VARCHAR, column_comment VARCHAR
contacts: contact_id BIGINT, name VARCHAR, addresses VARCHAR[], blocked BOOLEAN,
    opted_out BOOLEAN, conversation_count BIGINT, created_at TIMESTAMP WITH TIME ZONE,
    first_contact_at TIMESTAMP WITH TIME ZONE, last_contact_at TIMESTAMP WITH TIME ZONE,
    folded_text VARCHAR, merged_contact_ids BIGINT[], marketing_stopped_channel_ids BIGINT[],
    marketing_stopped_at TIMESTAMP WITH TIME ZONE
conversations: conversation_id BIGINT, contact_id BIGINT, contact_name VARCHAR,
    address_kind VARCHAR, address VARCHAR, channel_id BIGINT, channel_kind VARCHAR,
    channel_name VARCHAR, subject VARCHAR, status VARCHAR, archived BOOLEAN,
    unread_count INTEGER, agent_replies BOOLEAN, episode_count INTEGER,
    last_send_failed BOOLEAN, created_at TIMESTAMP WITH TIME ZONE,
    last_inbound_at TIMESTAMP WITH TIME ZONE, last_reply_at TIMESTAMP WITH TIME ZONE,
    last_activity_at TIMESTAMP WITH TIME ZONE, id BIGINT
deliveries: message_id BIGINT, conversation_id BIGINT, channel_id BIGINT, origin VARCHAR,
    author_kind VARCHAR, author_name VARCHAR, delivery_status VARCHAR, accepted BOOLEAN,
    attempt_count INTEGER, failure_kind VARCHAR, failure VARCHAR,
    queued_at TIMESTAMP WITH TIME ZONE, retry_at TIMESTAMP WITH TIME ZONE
episodes: conversation_id BIGINT, episode BIGINT, started_at TIMESTAMP WITH TIME ZONE,
    first_inbound_at TIMESTAMP WITH TIME ZONE, first_reply_at TIMESTAMP WITH TIME ZONE,
    first_reply_seconds DOUBLE, resolved_at TIMESTAMP WITH TIME ZONE, inbound_count BIGINT,
    reply_count BIGINT
events: event_id BIGINT, conversation_id BIGINT, kind VARCHAR, actor_kind VARCHAR,
    actor_name VARCHAR, reason VARCHAR, occurred_at TIMESTAMP WITH TIME ZONE
messages: message_id BIGINT, conversation_id BIGINT, contact_id BIGINT, channel_id BIGINT,
    direction VARCHAR, author_kind VARCHAR, author_name VARCHAR, origin VARCHAR, text VARCHAR,
    attachment_count BIGINT, automatic BOOLEAN, unsupported VARCHAR, delivery_status VARCHAR,
    occurred_at TIMESTAMP WITH TIME ZONE, received_at TIMESTAMP WITH TIME ZONE,
    folded_text VARCHAR, template VARCHAR, reply_to BIGINT
reactions: message_id BIGINT, conversation_id BIGINT, channel_id BIGINT, emoji VARCHAR,
    actor_kind VARCHAR, actor_name VARCHAR, delivery_status VARCHAR, failure VARCHAR,
    occurred_at TIMESTAMP WITH TIME ZONE
templates: channel_id BIGINT, channel_name VARCHAR, own BOOLEAN, name VARCHAR, language VARCHAR,
    category VARCHAR, status VARCHAR, reason VARCHAR, quality VARCHAR, header_format VARCHAR,
    header VARCHAR, body VARCHAR, footer VARCHAR, buttons VARCHAR[], variables VARCHAR[],
    changed_at TIMESTAMP WITH TIME ZONE
"""
"""Views are only ever added to: nothing of this may go or change its type."""


def promised() -> dict[str, dict[str, str]]:
    text = COLUMNS.replace(",\n    ", ", ").strip()
    views = dict(line.split(": ") for line in text.splitlines())
    return {
        view: dict(column.split(" ", 1) for column in columns.split(", "))
        for view, columns in views.items()
    }


def fetch(store: Store, text: str, *params: Any) -> list[dict[str, Any]]:
    with store.read() as db:
        found: list[dict[str, Any]] = db.frame(text, params).to_pylist()
        return found


def test_columns_and_types_are_as_promised(store: Store) -> None:
    found: dict[str, dict[str, str]] = {}
    for row in fetch(store, "SELECT * FROM v1.columns"):
        found.setdefault(row["view_name"], {})[row["column_name"]] = row["data_type"]
    assert found == promised()


def test_every_view_and_column_says_what_it_is(store: Store) -> None:
    for row in fetch(store, "SELECT * FROM v1.columns"):
        for comment in (row["view_comment"], row["column_comment"]):
            assert comment, row
            assert comment.endswith("."), row


def test_comments_survive_a_second_start(store: Store) -> None:
    def again(tx: Any) -> None:
        for text in sql.views():
            tx.execute(text)

    store.write(again)
    test_every_view_and_column_says_what_it_is(store)


def test_names_tell_what_is_in_a_column(store: Store) -> None:
    for view, columns in promised().items():
        for name, type in columns.items():
            assert name.endswith("_at") == (type == "TIMESTAMP WITH TIME ZONE"), (view, name)
            if name.endswith("_id"):
                assert type == "BIGINT", (view, name)


def test_a_conversation(store: Store, builder: Builder) -> None:
    builder.add([talk(inbound("Hi"), did(EventKind.MARKED_READ), did(EventKind.MARKED_UNREAD))])
    [row] = fetch(store, "SELECT * FROM v1.conversations")
    assert row["status"] == "pending"
    assert row["unread_count"] == 1
    assert row["contact_name"] == row["address"]
    assert row["channel_name"] == "shop"


def test_messages_and_deliveries(store: Store, builder: Builder) -> None:
    builder.add(
        [
            talk(
                inbound("Photo", files=("a.jpg", "b.jpg")),
                outbound("Sorry", delivery=DeliveryStatus.FAILED),
                note("Call back"),
            )
        ]
    )
    rows = fetch(store, "SELECT * FROM v1.messages ORDER BY message_id")
    assert [row["direction"] for row in rows] == ["inbound", "outbound", "note"]
    assert [row["attachment_count"] for row in rows] == [2, 0, 0]
    [delivery] = fetch(store, "SELECT * FROM v1.deliveries")
    assert (delivery["message_id"], delivery["delivery_status"]) == (
        rows[1]["message_id"],
        "failed",
    )


def test_a_contact_with_all_addresses(store: Store, builder: Builder) -> None:
    builder.add([talk(inbound(), name="Eva", address="+491"), talk(inbound(), address="+491")])
    [row] = fetch(store, "SELECT * FROM v1.contacts")
    assert (row["name"], row["addresses"], row["conversation_count"]) == ("Eva", ["+491"], 2)


# --- episodes ----------------------------------------------------------------------------------


def test_first_reply_of_each_episode(store: Store, builder: Builder) -> None:
    at = [START + timedelta(minutes=n) for n in range(20)]
    builder.add(
        [
            talk(
                inbound("Hi", at[0]),
                outbound("Away", at[1], origin=Origin.AUTOMATIC),
                outbound("Lost", at[2], delivery=DeliveryStatus.FAILED),
                outbound("Hello", at[5]),
                did(EventKind.RESOLVED, at[6]),
                inbound("Again", at[10]),
                inbound("Hello?", at[11]),
                did(EventKind.RESOLVED, at[12]),
                did(EventKind.REOPENED, at[13]),
            )
        ]
    )
    first, second = fetch(store, "SELECT * FROM v1.episodes ORDER BY episode")
    assert first["started_at"] == first["first_inbound_at"] == at[0]
    assert first["first_reply_at"] == at[5]
    assert first["first_reply_seconds"] == 300
    assert first["resolved_at"] == at[6]
    assert second["started_at"] == at[10]
    assert second["first_reply_at"] is None
    assert second["first_reply_seconds"] is None
    assert second["resolved_at"] is None
    assert (second["inbound_count"], second["reply_count"]) == (2, 0)


LINES = st.lists(
    st.one_of(
        st.builds(inbound, st.just("in"), backfill=st.booleans(), silent=st.booleans()),
        st.builds(
            outbound,
            st.just("out"),
            origin=st.sampled_from(Origin),
            delivery=st.sampled_from(
                [DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.CANCELLED]
            ),
        ),
        st.builds(did, st.sampled_from(EventKind)),
        st.builds(note, st.just("note")),
    ),
    max_size=12,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(talks=st.lists(LINES, min_size=1, max_size=4))
def test_episodes_are_those_of_the_rules(store: Store, builder: Builder, talks: list[Any]) -> None:
    for id in builder.add([talk(*lines) for lines in talks]):
        with store.read() as db:
            log = states.log(db, id)
        at = {
            row["id"]: row["at"]
            for row in fetch(
                store,
                "SELECT message_id AS id, occurred_at AS at FROM v1.messages UNION ALL "
                "SELECT event_id, occurred_at FROM v1.events",
            )
        }
        expected = [
            (e.number, at[e.first_id], at[e.resolved_id] if e.resolved_id else None)
            for e in rules.episodes(log)
        ]
        rows = fetch(
            store, "SELECT * FROM v1.episodes WHERE conversation_id = $1 ORDER BY episode", id
        )
        assert [(r["episode"], r["started_at"], r["resolved_at"]) for r in rows] == expected


# --- what stays private ------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["silent", "hash", "search_text", "provider_id", "lease", "html"])
def test_the_inside_is_not_shown(word: str) -> None:
    assert not [c for columns in promised().values() for c in columns if word in c]
