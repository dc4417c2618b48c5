"""Customers who stop marketing messages, and resume them: what is kept, shown and refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from wire import ANN, CAPABILITIES, NOW, Office, Wire, check, open_office, refuse

from widgets.situation import situation
from workspace.channels.base import MarketingChosen, Meta, Payload, Response, StatusChanged
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.errors import CannotSend
from workspace.models import (
    Address,
    AddressKind,
    Conversation,
    DeliveryStatus,
    FailureKind,
    Message,
    TemplateChoice,
)
from workspace.services import payloads
from workspace.services.contacts import Update
from workspace.store import contacts
from workspace.store.contacts import NewContact

PHONE = Address(AddressKind.PHONE, "+4915112345")
OTHER = Address(AddressKind.PHONE, "+4915199999")
VALUES = {"header.1": "A-7", "1": "Ada", "2": "A-7", "3": "today", "button.0": "x"}
UTILITY = TemplateChoice("order_update", "en", VALUES)
SALE = TemplateChoice("welcome_voucher", "en", {"1": "Ada", "2": "10 %", "button.0": "HELLO"})
STOPPED = FailureKind.MARKETING_STOPPED
D = DeliveryStatus


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    can = replace(CAPABILITIES, window=timedelta(hours=24))
    office = open_office(tmp_path / "workspace", Wire(capabilities=can, offers=[*CATALOGUE]))
    yield office
    check(office)
    office.services.close()


def chose(
    stopped: bool, minutes: float = 0, *addresses: Address, clock: datetime = NOW
) -> MarketingChosen:
    at = clock - timedelta(hours=1) + timedelta(minutes=minutes)
    return MarketingChosen("", at, addresses or (PHONE,), stopped)


def tell(office: Office, *events: MarketingChosen) -> None:
    """Each in a payload of its own, all in one batch."""
    records = []
    for event in events:
        raw = repr(event).encode()
        office.wire.parsed[raw] = [event]
        content = Payload(raw, Meta(office.wire.clock), "")
        records.append(payloads.record(office.channel, content))
    office.services.journal.append(records)
    office.services.receiving.apply_pending()


def send(office: Office, conversation: Conversation, choice: TemplateChoice) -> Message:
    return office.services.replies.send(conversation.id, "", [], ANN, None, template=choice)


def choices(office: Office, conversation: Conversation) -> list[tuple[bool, datetime]]:
    contact = office.services.contacts.contact(conversation.contact_id)
    return [(each.stopped, each.chosen_at) for each in contact.marketing]


def stopped_on(office: Office) -> list[tuple[list[int], datetime | None]]:
    with office.services.store.read() as db:
        sql = "SELECT marketing_stopped_channel_ids, marketing_stopped_at FROM v1.contacts"
        return [(ids, at) for ids, at in db.execute(f"{sql} ORDER BY contact_id")]


def test_a_stop_refuses_marketing_templates_and_nothing_else(office: Office) -> None:
    ada = office.hear()
    tell(office, chose(True))
    with pytest.raises(CannotSend, match="another category, or wait until they resume") as refused:
        send(office, ada, SALE)
    assert refused.value.detail["kind"] == STOPPED.value
    send(office, ada, UTILITY)
    office.send(ada.id)
    office.step()
    assert len(office.wire.took) == 2
    assert not office.services.contacts.contact(ada.contact_id).opted_out
    assert stopped_on(office) == [([office.channel], chose(True).occurred_at)]
    tell(office, chose(False, 1))
    send(office, ada, SALE)
    assert choices(office, ada) == [(False, chose(False, 1).occurred_at)]
    assert stopped_on(office) == [([], None)]


def test_it_is_asked_again_when_it_is_sent(office: Office) -> None:
    ada = office.hear()
    message = send(office, ada, SALE)
    tell(office, chose(True))
    office.step()
    failed = office.message(message.id)
    assert (failed.delivery_status, failed.failure_kind) == (D.FAILED, STOPPED)
    assert office.wire.took == []


def test_the_newest_choice_stands_in_whatever_order(office: Office) -> None:
    """Of a stop and a resume within a second the stop does."""
    for n, order in enumerate(permutations(range(4))):
        who = Address(AddressKind.PHONE, f"+49151555{n:02}")
        customer = office.hear(who.value)
        said = [(True, 1), (False, 2), (False, 3), (True, 3)]
        events = [chose(stopped, minutes, who) for stopped, minutes in said]
        tell(office, *(events[n] for n in order))
        assert choices(office, customer) == [(True, chose(True, 3).occurred_at)]
        tell(office, events[1])
        assert choices(office, customer) == [(True, chose(True, 3).occurred_at)]


def test_a_receipt_that_it_failed_for_that_is_a_stop(office: Office) -> None:
    ada = office.hear()
    message = send(office, ada, SALE)
    office.step()
    [sent] = office.wire.took
    why = "The customer has stopped marketing messages from you on WhatsApp."
    office.wire.parsed[b"late"] = [StatusChanged(sent.key, NOW, D.FAILED, STOPPED, why)]
    office.tell(b"late")
    assert office.message(message.id).failure == why
    assert choices(office, ada) == [(True, NOW)]
    with pytest.raises(CannotSend, match="stopped marketing"):
        send(office, ada, SALE)
    office.wire.clock += timedelta(hours=3)
    tell(office, chose(False, clock=office.wire.clock))
    send(office, ada, SALE)
    office.tell(b"late")  # once more
    assert [stopped for stopped, _ in choices(office, ada)] == [False]


@pytest.mark.parametrize("early", [False, True])
def test_one_stamped_in_the_future_does_not_outlast_a_resume(office: Office, early: bool) -> None:
    ada = office.hear()
    send(office, ada, SALE)
    ahead = NOW + timedelta(days=400)
    office.wire.parsed[b"ahead"] = [StatusChanged("wamid.1", ahead, D.FAILED, STOPPED, "Stopped.")]
    office.wire.answers.append(lambda message: Response(200, "wamid.1"))
    if early:
        office.tell(b"ahead")
    office.step()
    office.tell(b"ahead")
    assert choices(office, ada) == [(True, NOW)]
    office.wire.clock += timedelta(hours=3)
    tell(office, chose(False, clock=office.wire.clock))
    send(office, ada, SALE)


def test_so_is_one_that_came_before_the_answer(office: Office) -> None:
    ada = office.hear()
    message = send(office, ada, SALE)
    receipt = StatusChanged("wamid.1", NOW, D.FAILED, STOPPED, "Stopped.")
    office.wire.parsed[b"early"] = [receipt]
    office.tell(b"early")
    office.wire.answers.append(lambda message: Response(200, "wamid.1"))
    office.step()
    assert office.status(message.id) is D.FAILED
    assert choices(office, ada) == [(True, NOW)]


def test_so_is_an_answer_that_says_so_at_once(office: Office) -> None:
    ada = office.hear()
    office.wire.answers.append(refuse(STOPPED))
    send(office, ada, SALE)
    office.step()
    assert choices(office, ada) == [(True, NOW)]


def test_of_people_nobody_knows_nothing_is_kept(office: Office) -> None:
    tell(office, chose(True))
    ada = office.hear()
    assert choices(office, ada) == []


def test_each_side_of_a_merged_contact_keeps_its_own(office: Office) -> None:
    ada, other = office.hear(), office.hear(OTHER.value)
    tell(office, chose(True))
    office.services.contacts.merge(other.contact_id, ada.contact_id, ANN, None)
    assert stopped_on(office) == [([office.channel], chose(True).occurred_at)]
    send(office, other, SALE)
    with pytest.raises(CannotSend, match="stopped marketing"):
        send(office, ada, SALE)
    office.services.contacts.unmerge(ada.contact_id, ANN, None)
    assert choices(office, other) == []
    assert [stopped for stopped, _ in choices(office, ada)] == [True]


def test_the_composer_knows_it_of_the_side_it_writes_to(office: Office) -> None:
    """Also where both sides have one number, from before all its writings counted as one."""
    ada, other = office.hear("+5511987654321"), Address(AddressKind.PHONE, "+551187654321")
    new = NewContact(900_000, "", other, NOW)
    office.services.store.write(lambda tx: contacts.add(tx, [new]))
    bea = office.hear(other.value)
    tell(office, chose(True, 0, ada.address))
    contact = office.services.contacts.merge(bea.contact_id, ada.contact_id, ANN, None)
    assert len(contact.identities) == 2
    for id, stopped in ((ada.id, True), (bea.id, False)):
        conversation = office.services.inbox.conversation(id)
        assert conversation.marketing_stopped is stopped
        assert situation(conversation, NOW).marketing_stopped is stopped
    send(office, bea, SALE)
    with pytest.raises(CannotSend, match="stopped marketing"):
        send(office, ada, SALE)


def test_it_is_erased_with_the_person_and_their_payload(office: Office) -> None:
    ada, other = office.hear(), office.hear(OTHER.value)
    office.services.contacts.update(other.contact_id, Update(name="Bea"), ANN, None)
    tell(office, chose(True), chose(True, 1, OTHER))
    office.services.erase.delete([ada.id], ANN, None)
    with office.services.store.read() as db:
        rows = db.execute("SELECT contact_id FROM marketing_choices")
    assert rows == [(other.contact_id,)]
    assert office.services.journal.count() == 2  # what Bea wrote, and chose
    assert choices(office, other) == [(True, chose(True, 1).occurred_at)]
