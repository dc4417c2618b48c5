"""Searching the list: who and what is found, and the piece of text that is shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from workspace.models import Conversation, EventKind, Tab, TabCounts
from workspace.services.filters import Filter
from workspace.services.inbox import Inbox
from workspace.testing.builders import START, Builder, did, inbound, outbound, talk

HOUR = timedelta(hours=1)


@pytest.fixture
def found(inbox: Inbox) -> Callable[..., dict[int, Conversation]]:
    def search(text: str, **filters: Any) -> dict[int, Conversation]:
        page = inbox.conversations(Filter(search=text, **filters))
        return {row.id: row for row in page.rows}

    return search


def test_search_finds_who_and_what(
    builder: Builder, found: Callable[..., dict[int, Conversation]]
) -> None:
    who, what, file, mail = builder.add(
        [
            talk(inbound("Hi"), name="Zoë Müller", address="+491701234567"),
            talk(inbound("Where is my Paket?"), outbound("On its way")),
            talk(inbound("", files=("Rechnung März.pdf",))),
            talk(inbound("Hello"), subject="Rückgabe", address="eva@example.org"),
        ]
    )
    for text in ("zoe", "MÜLLER", "muller zoë", "0170 123", "+49 170 1234567", "0170-1234567"):
        assert set(found(text)) == {who}, text
        assert found(text)[who].match == ""
    assert found("paket")[what].match == "Where is my Paket?"
    assert found("marz.PDF")[file].match == "Rechnung März.pdf"
    assert found("ruckgabe")[mail].match == "Rückgabe"
    assert set(found("EVA@example")) == {mail}
    assert found("nothing like it") == {}


def test_both_tabs_are_reported(inbox: Inbox, builder: Builder) -> None:
    builder.add(
        [
            talk(inbound("apple")),
            talk(inbound("apple"), did(EventKind.MARKED_READ)),
            talk(inbound("apple"), did(EventKind.ARCHIVED)),
            talk(inbound("pear")),
        ]
    )
    for tab, rows in ((Tab.ALL, 2), (Tab.ARCHIVED, 1)):
        page = inbox.conversations(Filter(search="apple", tab=tab))
        assert (len(page.rows), page.counts, page.filtered) == (rows, TabCounts(2, 1), True)
    assert inbox.conversations(Filter(search="apple", unread=True)).counts == TabCounts(1, 1)


def test_the_newest_hit_is_shown(
    inbox: Inbox, builder: Builder, found: Callable[..., dict[int, Conversation]]
) -> None:
    [id] = builder.add(
        [
            talk(
                inbound("needle at noon", START + 3 * HOUR),
                inbound("an old needle, arrived late", START),
                inbound("hay", START + 4 * HOUR),
            )
        ]
    )
    newest = next(m for m in inbox.messages(id).messages if m.text == "needle at noon")
    row = found("needle")[id]
    assert (row.match, row.match_message_id) == ("needle at noon", newest.id)


def test_all_words_must_be_in_one_message(
    builder: Builder, found: Callable[..., dict[int, Conversation]]
) -> None:
    together, _apart = builder.add(
        [
            talk(inbound("the invoice needs a refund")),
            talk(inbound("the invoice"), inbound("a refund")),
        ]
    )
    assert set(found("refund invoice")) == {together}


@pytest.mark.parametrize("text", ["100%", "a_b", "c\\d", "%", "_", "\\", "'; --", '"', "100%_"])
def test_no_character_has_a_meaning_of_its_own(
    builder: Builder, found: Callable[..., dict[int, Conversation]], text: str
) -> None:
    with_it, _without = builder.add(
        [talk(inbound(f"before {text} after")), talk(inbound("100 axb cd before after 100x_"))]
    )
    expected = {with_it}
    if text in ("_",):
        expected.add(_without)
    assert set(found(text)) == expected


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800"])
def test_characters_no_message_holds_are_not_found(
    builder: Builder, found: Callable[..., dict[int, Conversation]], text: str
) -> None:
    builder.add([talk(inbound("a b"))])
    assert found(text) == {}


@pytest.mark.parametrize("text", ["", "   ", "\u0301", "\n\t"])
def test_a_search_for_nothing_is_none(inbox: Inbox, builder: Builder, text: str) -> None:
    builder.add([talk(inbound("x"))])
    page = inbox.conversations(Filter(search=text))
    assert len(page.rows) == 1
    assert not page.filtered
