"""People with several addresses, and messages with several names."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest
from desk import ANN, Desk
from line import at, payload, receipt, said

from workspace.channels.base import Event, IdentityChanged, Received, StatusChanged
from workspace.models import Address, AddressKind, DeliveryStatus, FailureKind
from workspace.services.contacts import Update

D = DeliveryStatus
ID = Address(AddressKind.BSUID, "US.1")
PHONE = Address(AddressKind.PHONE, "+1201")


def hidden(id: str, minutes: float = 0) -> Received:
    """From somebody who hides their number."""
    return replace(said(id, minutes=minutes), address=ID)


def test_all_addresses_that_are_told_are_the_contact_s(desk: Desk) -> None:
    desk.receive(said("1", PHONE.value, also=(ID,)))
    desk.receive(hidden("2", 1))
    found = desk.only()
    assert (found.unread, found.address) == (2, PHONE)
    contact = desk.services.contacts.contact(found.contact_id)
    assert set(contact.addresses) == {PHONE, ID}
    assert [row.id for row in desk.page(search="US.1").rows] == [found.id]
    desk.check()


def test_a_number_that_is_told_later_is_where_answers_go(desk: Desk) -> None:
    desk.receive(hidden("1"))
    assert desk.only().address == ID
    desk.receive(said("2", PHONE.value, 1, also=(ID,)), said("3", PHONE.value, 2, also=(ID,)))
    desk.receive(hidden("4", 3))
    found = desk.only()
    assert (found.unread, found.address) == (4, PHONE)
    assert [row.id for row in desk.page(search=PHONE.value).rows] == [found.id]
    desk.check()


def test_in_one_batch_it_is_the_same(desk: Desk) -> None:
    desk.receive(hidden("1"), said("2", PHONE.value, 1, also=(ID,)), hidden("3", 2))
    found = desk.only()
    assert (found.unread, found.address) == (3, PHONE)
    desk.check()


def test_who_is_blocked_stays_so_under_any_address(desk: Desk) -> None:
    desk.receive(hidden("1"))
    contact = desk.only().contact_id
    desk.services.contacts.update(contact, Update(blocked=True), ANN, None)
    desk.receive(said("2", PHONE.value, 1, also=(ID,)))
    desk.receive(said("3", PHONE.value, 2))
    assert desk.only().unread == 1
    desk.check()


def test_in_one_batch_who_is_blocked_stays_so_too(desk: Desk) -> None:
    desk.receive(said("1", PHONE.value))
    contact = desk.only().contact_id
    desk.services.contacts.update(contact, Update(blocked=True), ANN, None)
    desk.receive(said("2", PHONE.value, 1, also=(ID,)), hidden("3", 2))
    assert desk.only().unread == 1
    desk.check()


MOVED = Address(AddressKind.PHONE, "+1202")
NEW_ID = Address(AddressKind.BSUID, "US.2")


def moved(id: str, minutes: float = 0) -> IdentityChanged:
    return IdentityChanged(id, at(minutes), (PHONE,), (MOVED, NEW_ID))


def test_who_has_a_new_number_stays_the_same_person(desk: Desk) -> None:
    desk.receive(said("1", PHONE.value, also=(ID,)))
    desk.receive(moved("2", 1))
    assert desk.only().address == MOVED
    desk.receive(moved("2", 1), said("3", MOVED.value, 2, also=(NEW_ID,)))
    found = desk.only()
    assert (found.unread, found.address) == (2, MOVED)
    contact = desk.services.contacts.contact(found.contact_id)
    assert set(contact.addresses) == {PHONE, ID, MOVED, NEW_ID}
    assert [row.id for row in desk.page(search=MOVED.value).rows] == [found.id]
    desk.check()


KNOWN_BY = {
    "the id only": hidden("1"),
    "the number only": said("1", PHONE.value),
    "both": said("1", PHONE.value, also=(ID,)),
}


@pytest.mark.parametrize("first", KNOWN_BY.values(), ids=KNOWN_BY)
@pytest.mark.parametrize("order", [[0, 1, 2], [1, 0, 2]], ids=["in order", "told before"])
@pytest.mark.parametrize("together", [False, True], ids=["one by one", "together"])
def test_whoever_moves_is_found_by_any_address_they_leave(
    desk: Desk, first: Received, order: list[int], together: bool
) -> None:
    both = replace(moved("2", 1), before=(PHONE, ID))
    told = [first, both, said("3", MOVED.value, 2, also=(NEW_ID,))]
    for batch in [[told[n] for n in order]] if together else [[told[n]] for n in order]:
        desk.receive(*batch)
    found = desk.only()
    assert (found.unread, found.address) == (2, MOVED)
    known = {first.address, *first.also}
    assert set(desk.services.contacts.contact(found.contact_id).addresses) == known | {
        MOVED, NEW_ID,
    }  # fmt: skip
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]
    desk.check()


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_a_move_from_what_no_database_takes_is_followed(desk: Desk, odd: str) -> None:
    before = Address(AddressKind.BSUID, f"US.{odd}7")
    move = IdentityChanged("2", at(1), (before,), (MOVED,))
    desk.receive(said("1", PHONE.value, also=(before,)))
    desk.receive(move, said("3", "+491599"))
    assert {row.address.value for row in desk.all()} == {MOVED.value, "+491599"}
    desk.check()


def test_a_number_that_is_somebody_else_s_stays_so(desk: Desk) -> None:
    desk.receive(said("1", PHONE.value), said("2", MOVED.value, 1, name="Bob"))
    desk.receive(moved("3", 2))
    ada, bob = desk.all()
    assert (ada.address, bob.address) == (NEW_ID, MOVED)
    desk.check()


def test_of_people_nobody_knows_nothing_is_kept(desk: Desk) -> None:
    desk.receive(moved("1"))
    assert desk.all() == []
    assert desk.sql("SELECT count(*) FROM identities") == [(0,)]


Person = tuple[set[str], str, int, list[str]]
"""Addresses, where answers go, how many are unread, and what was said."""


def people(desk: Desk, n: int) -> list[Person]:
    """Whom the story number `n` is about, as if it were the only one."""
    found = []
    for row in desk.page(search=story_of(n)).rows:
        contact = desk.services.contacts.contact(row.contact_id)
        addresses = {each.value.replace(story_of(n), "") for each in contact.addresses}
        to = row.address.value.replace(story_of(n), "")
        found.append((addresses, to, row.unread, [m.text for m in desk.messages(row.id)]))
    return sorted(found, key=lambda person: person[1])


def story_of(n: int) -> str:
    return f"7{n:03}9"


def number(n: int, which: str) -> str:
    return f"+1{story_of(n)}{which}"


def wrote(n: int, which: str, minutes: float = 0, id: str = "") -> Received:
    also = (Address(AddressKind.BSUID, f"US.{story_of(n)}{id}"),) if id else ()
    told = said(f"{n} {which} {minutes}", number(n, which), minutes, also=also)
    return replace(told, text=f"{which} {minutes}")


def moves(n: int, before: str, after: str, minutes: float = 0, id: str = "") -> IdentityChanged:
    to = [Address(AddressKind.PHONE, number(n, after))]
    to += [Address(AddressKind.BSUID, f"US.{story_of(n)}{id}")] if id else []
    start = Address(AddressKind.PHONE, number(n, before))
    return IdentityChanged(f"{n} moves {minutes}", at(minutes), (start,), tuple(to))


STORIES: dict[str, tuple[int, Callable[[int], list[Event]]]] = {
    "who writes, moves and writes": (
        1,
        lambda n: [wrote(n, "1", 0, "a"), moves(n, "1", "2", 1, "b"), wrote(n, "2", 2, "b")],
    ),
    "who moves twice": (
        1,
        lambda n: [
            wrote(n, "1"),
            moves(n, "1", "2", 1),
            moves(n, "2", "3", 2),
            wrote(n, "3", 3),
        ],
    ),
    "whose number somebody else has got since": (
        2,
        lambda n: [moves(n, "1", "2"), wrote(n, "1", 1), wrote(n, "2", 2)],
    ),
    "who moves to where somebody is": (
        2,
        lambda n: [wrote(n, "1"), wrote(n, "2", 1), moves(n, "1", "2", 2), wrote(n, "2", 3)],
    ),
    "who moves within a second": (
        1,
        lambda n: [wrote(n, "1"), moves(n, "1", "2"), wrote(n, "2")],
    ),
}


@pytest.mark.parametrize(("count", "story"), STORIES.values(), ids=STORIES)
@pytest.mark.slow
def test_who_comes_and_moves_in_one_batch_is_who_they_are_one_by_one(
    desk: Desk, count: int, story: Callable[[int], list[Event]]
) -> None:
    for event in story(0):
        desk.receive(event)
    wanted = people(desk, 0)
    assert len(wanted) == count
    events = len(story(0))
    for n, order in enumerate(permutations(range(events)), 1):
        told = story(n)
        desk.receive(*(told[k] for k in order))
        found = people(desk, n)
        assert [person[:3] for person in found] == [person[:3] for person in wanted], order
        assert [sorted(person[3]) for person in found] == [sorted(p[3]) for p in wanted], order
        desk.receive(*(told[k] for k in order))
        assert people(desk, n) == found, order


LATE = {name: story for name, story in STORIES.items() if "somebody" not in name}


@pytest.mark.parametrize(("count", "story"), LATE.values(), ids=LATE)
def test_a_change_of_number_waits_for_its_person(
    desk: Desk, count: int, story: Callable[[int], list[Event]]
) -> None:
    """One by one, in any order of all that came before what they wrote last."""
    for event in story(0):
        desk.receive(event)
    wanted = people(desk, 0)
    last = len(story(0)) - 1
    for n, order in enumerate(permutations(range(last)), 1):
        told = [story(n)[k] for k in (*order, last)]
        for event in told:
            desk.receive(event)
        found = people(desk, n)
        assert len(found) == count
        assert [person[:3] for person in found] == [person[:3] for person in wanted], order
        assert desk.sql("SELECT count(*) FROM parked") == [(0,)], order
        desk.receive(*told)
        assert people(desk, n) == found, order


def test_it_does_not_wait_for_who_has_the_number_since(desk: Desk) -> None:
    desk.receive(moved("1", 1))
    desk.receive(said("2", PHONE.value, 2))
    desk.receive(said("3", PHONE.value, 3))
    assert desk.only().address == PHONE
    assert desk.sql("SELECT count(*) FROM parked") == [(1,)]


def test_what_waits_is_read_again_as_it_is(desk: Desk) -> None:
    desk.receive(moved("1", 1))
    for _ in range(2):
        desk.services.replays.replay(desk.sms, "", "", "UTC", 0)
        assert desk.sql("SELECT count(*) FROM parked") == [(1,)]
    desk.receive(said("2", PHONE.value))
    assert desk.only().address == MOVED
    desk.services.replays.replay(desk.sms, "", "", "UTC", 0)
    assert desk.only().address == MOVED
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]


@pytest.mark.parametrize("late", [False, True], ids=["while it waits", "once it came"])
def test_a_change_that_waited_is_erased_with_its_person(desk: Desk, late: bool) -> None:
    """By the number they leave, and by the one where they go."""
    if late:
        desk.receive(moved("1", 1))
        desk.receive(said("2", PHONE.value))
    else:
        desk.receive(said("2", MOVED.value))
        desk.receive(moved("1", 1))
    desk.services.erase.delete([desk.only().id], ANN, None)
    assert desk.services.journal.count() == 0
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]


def confirmed(key: str, id: str, status: DeliveryStatus, minutes: float = 0) -> StatusChanged:
    """A receipt that tells our own name for the message beside the provider's."""
    failed = status is D.FAILED
    kind = FailureKind.WINDOW_CLOSED if failed else None
    return StatusChanged(id, at(minutes), status, kind, "Too late." if failed else "", key)


def doubtful(desk: Desk) -> tuple[int, str]:
    """A message whose outcome nobody knows, and our name for it."""
    desk.receive(said("1"))
    sent = desk.send(desk.only().id, deliver=False)
    [[key]] = desk.sql("SELECT provider_id FROM messages WHERE id = $1", sent.id)
    desk.services.store.write(
        lambda tx: tx.execute(
            "UPDATE messages SET delivery_status = 'in_doubt', attempts = 1 WHERE id = $1",
            [sent.id],
        )
    )
    return sent.id, key


def status(desk: Desk, id: int) -> DeliveryStatus | None:
    return next(m for m in desk.messages(desk.only().id) if m.id == id).delivery_status


def test_a_receipt_with_our_name_settles_a_doubt(desk: Desk) -> None:
    id, key = doubtful(desk)
    desk.receive(confirmed(key, "wamid.1", D.DELIVERED, 5))
    assert status(desk, id) is D.DELIVERED
    desk.receive(receipt("wamid.1", D.READ, 6))  # it is known by the provider's name by now
    assert status(desk, id) is D.READ
    desk.receive(confirmed(key, "wamid.1", D.SENT, 4))
    assert status(desk, id) is D.READ
    desk.check()


def test_so_does_one_that_says_it_failed(desk: Desk) -> None:
    id, key = doubtful(desk)
    desk.receive(confirmed(key, "wamid.1", D.FAILED, 5))
    assert status(desk, id) is D.FAILED
    desk.check()


def test_what_waited_for_the_provider_s_name_is_joined(desk: Desk) -> None:
    id, key = doubtful(desk)
    desk.receive(receipt("wamid.1", D.READ, 6))
    assert status(desk, id) is D.IN_DOUBT
    desk.receive(confirmed(key, "wamid.1", D.SENT, 4))
    assert status(desk, id) is D.READ
    desk.check()


def test_all_in_one_batch_and_payload(desk: Desk) -> None:
    id, key = doubtful(desk)
    events = [confirmed(key, "wamid.1", s, n) for n, s in enumerate((D.READ, D.SENT, D.DELIVERED))]
    desk.journal(payload(*events, *events))
    desk.services.receiving.apply_pending()
    assert status(desk, id) is D.READ
    desk.check()


def test_a_receipt_of_what_was_erased_tells_nothing(desk: Desk) -> None:
    _, key = doubtful(desk)
    desk.services.erase.delete([desk.only().id], ANN, None)
    desk.receive(confirmed(key, "wamid.1", D.DELIVERED, 5))
    assert desk.all() == []
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]
