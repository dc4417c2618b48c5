"""Sending a template: what is stored, what the channel gets, and what is refused when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from wire import ANN, CAPABILITIES, NOW, Office, Wire, open_office, refuse

from workspace.channels.base import TemplateChanged
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.errors import (
    CannotSend,
    CannotStart,
    Conflict,
    ConvoError,
    InvalidRequest,
    NotFound,
)
from workspace.models import (
    Actor,
    ActorKind,
    Check,
    DeliveryStatus,
    Direction,
    FailureKind,
    Message,
    Origin,
    StartRule,
    Status,
    TemplateChoice,
)
from workspace.store import templates

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
PHONE = "+4915123456789"
VALUES = {"header.1": "A-7", "1": "Ada", "2": "A-7", "3": "today", "button.0": "x"}
ORDER = TemplateChoice("order_update", "en", VALUES)
KEY = (ORDER.name, ORDER.language)
HELLO = TemplateChoice("hello", "en")
OUT_OF_REACH = ConvoError("The provider is out of reach.")
CAN = replace(
    CAPABILITIES,
    can_start=StartRule.TEMPLATE_ONLY,
    start_reason="Templates only.",
    window=timedelta(hours=24),
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = open_office(tmp_path / "workspace", Wire(capabilities=CAN, offers=[*CATALOGUE]))
    yield office
    office.services.close()


def send(
    office: Office, id: int, choice: TemplateChoice = ORDER, key: str | None = None
) -> Message:
    return office.services.replies.send(id, "", [], ANN, key, template=choice)


def start(
    office: Office, choice: TemplateChoice | None = HELLO, text: str = "", phone: str = PHONE
) -> int:
    made = office.services.replies.start_conversation(
        office.channel, phone, "Ada", text, "", [], ANN, None, choice
    )
    return made.id


def test_a_template_is_a_message_with_the_text_it_says(office: Office) -> None:
    conversation = office.hear()
    message = send(office, conversation.id)
    assert (message.origin, message.template) == (Origin.TEMPLATE, "order_update")
    assert message.text.startswith("Order A-7\n\nHi Ada, your order A-7 is on its way.")
    office.step()
    [taken] = office.wire.took
    assert taken.template
    assert taken.template.template.name == "order_update"
    assert taken.template.values == VALUES
    assert taken.text == message.text
    [row] = office.all()
    assert row.status is Status.REPLIED
    assert row.preview.text.startswith("Order A-7 Hi Ada")
    found = office.services.inbox.messages(row.id).messages
    assert [m.template for m in found if m.direction is Direction.OUTBOUND] == ["order_update"]


def test_the_agent_s_template_is_the_agent_s(office: Office) -> None:
    agent = Actor(ActorKind.AGENT, "agent")
    id = office.hear().id
    message = office.services.replies.send(id, "", [], agent, None, template=HELLO)
    assert message.origin is Origin.AGENT


def test_it_goes_outside_the_window(office: Office) -> None:
    conversation = office.hear()
    office.wire.clock = NOW + timedelta(days=3)
    with pytest.raises(CannotSend, match="template message is required"):
        office.send(conversation.id)
    message = send(office, conversation.id)
    office.step()
    assert office.status(message.id) is DeliveryStatus.SENT


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (replace(ORDER, name="made_up"), "is unknown"),
        (replace(ORDER, language="fr"), "is unknown"),
        (replace(ORDER, values={**VALUES, "2": " "}), "a value for 2"),
        (replace(ORDER, values={**VALUES, "7": "x"}), "no variable 7"),
        (replace(ORDER, values={**VALUES, "1": "x" * 1024}), "at most 1,024"),
        (replace(ORDER, values={**VALUES, "1": "A     D"}), "more than four spaces"),
        (replace(ORDER, values={**VALUES, "header.1": "x" * 60}), "at most 60"),
        (TemplateChoice("feedback_request", "en", {"1": "a", "2": "b"}), "is PAUSED"),
        (TemplateChoice("photo_of_your_order", "en", {"1": "a", "2": "b"}), "needs one image"),
    ],
)
def test_what_cant_be_sent_is_refused_and_leaves_nothing(
    office: Office, choice: TemplateChoice, words: str
) -> None:
    conversation = office.hear()
    with pytest.raises(CannotSend, match=words):
        send(office, conversation.id, choice)
    assert office.all() == [conversation]
    with pytest.raises(CannotSend, match=words):
        start(office, choice)
    with pytest.raises(CannotSend, match=words):
        start(office, choice, phone=conversation.address.value)
    with office.services.store.read() as db:
        assert db.execute("SELECT count(*) FROM contacts") == [(1,)]


def test_four_spaces_in_a_value_are_taken(office: Office) -> None:
    values = {**VALUES, "1": "A    D"}
    message = send(office, office.hear().id, replace(ORDER, values=values))
    office.step()
    assert office.status(message.id) is DeliveryStatus.SENT


def test_nothing_goes_beside_a_template(office: Office) -> None:
    conversation = office.hear()
    with pytest.raises(InvalidRequest, match="message of its own"):
        office.services.replies.send(conversation.id, "and a text", [], ANN, None, template=HELLO)


def test_a_photo_in_the_header_is_the_message_s_file(office: Office) -> None:
    conversation = office.hear()
    photo = office.services.replies.upload("pot.png", BytesIO(PNG))
    choice = TemplateChoice("photo_of_your_order", "en", {"1": "a", "2": "b"}, photo.id)
    message = send(office, conversation.id, choice)
    assert [file.name for file in message.attachments] == ["pot.png"]
    office.step()
    [taken] = office.wire.took
    assert [file.data for file in taken.files] == [PNG]
    with pytest.raises(Conflict, match="belongs to a message"):
        send(office, conversation.id, choice)


def test_a_template_paused_meanwhile_is_not_sent(office: Office) -> None:
    conversation = office.hear()
    message = send(office, conversation.id)
    office.wire.offers = [replace(t, status="PAUSED", reason="Spam.") for t in CATALOGUE]
    office.services.syncing.sync(office.channel)
    office.step()
    assert office.wire.took == []
    failed = office.message(message.id)
    assert (failed.delivery_status, failed.failure_kind) == (
        DeliveryStatus.FAILED,
        FailureKind.TEMPLATE,
    )
    assert "is PAUSED: Spam; choose" in failed.failure
    assert office.all()[0].status is Status.PENDING


def test_what_a_webhook_told_counts_at_the_moment_of_sending(office: Office) -> None:
    message = send(office, office.hear().id)
    raw = b"paused"
    office.wire.parsed[raw] = [
        TemplateChanged("7", NOW, ORDER.name, ORDER.language, "PAUSED", "Spam.")
    ]
    office.tell(raw)
    office.step()
    assert office.wire.took == []
    assert "is PAUSED: Spam; choose" in office.message(message.id).failure


def test_where_the_provider_knows_better_it_is_asked_anew(office: Office) -> None:
    message = send(office, office.hear().id)
    office.wire.answers = [refuse(FailureKind.TEMPLATE)]
    office.wire.offers = [replace(t, status="DISABLED") for t in CATALOGUE]
    office.step()
    assert office.status(message.id) is DeliveryStatus.FAILED
    assert office.services.syncing.sync_due() == 1
    [order] = [
        t for t in office.services.templates.of(office.channel) if (t.name, t.language) == KEY
    ]
    assert order.status == "DISABLED"


def test_a_queued_template_survives_a_restart(tmp_path: Path) -> None:
    wire = Wire(capabilities=CAN, offers=[*CATALOGUE])
    office = open_office(tmp_path, wire)
    message = send(office, office.hear().id)
    office.services.close()
    again = open_office(tmp_path, wire)
    again.step()
    [taken] = wire.took
    assert taken.template
    assert taken.template.values == VALUES
    assert again.status(message.id) is DeliveryStatus.SENT
    again.services.close()


def test_one_key_is_one_message_even_when_the_template_is_gone(office: Office) -> None:
    conversation = office.hear()
    first = send(office, conversation.id, key="k")
    office.wire.offers = []
    office.services.syncing.sync()
    assert send(office, conversation.id, key="k").id == first.id
    with pytest.raises(Conflict):
        send(office, conversation.id, HELLO, key="k")
    with pytest.raises(CannotSend, match="is unknown"):
        send(office, conversation.id, key="another")


def test_sent_again_twice_with_one_key_even_when_the_template_is_gone(office: Office) -> None:
    office.wire.answers = [refuse(FailureKind.INVALID), refuse(FailureKind.INVALID)]
    message = send(office, office.hear().id)
    office.step()
    again = office.services.sends.send_again
    first = again(message.id, ANN, "k")
    office.wire.offers = []
    office.services.syncing.sync()
    assert again(message.id, ANN, "k") == first
    office.step()
    with pytest.raises(CannotSend, match="is unknown"):
        again(message.id, ANN, "another")


def test_what_is_kept_is_enough_while_the_provider_is_out_of_reach(office: Office) -> None:
    conversation = office.hear()
    send(office, conversation.id)
    office.wire.offers = OUT_OF_REACH
    [state] = office.services.syncing.sync()
    assert state.failure == OUT_OF_REACH.message
    assert state.synced_at
    message = send(office, conversation.id)
    office.step()
    assert office.status(message.id) is DeliveryStatus.SENT


def test_the_doctor_names_channels_whose_templates_can_t_be_read(office: Office) -> None:
    def found() -> Check:
        [check] = [c for c in office.services.doctor.report() if c.name == "templates of wire"]
        return check

    read = office.services.syncing.sync()[0].synced_at
    assert read
    assert found() == Check(
        "templates of wire", True, f"read from the provider; last: {read:%Y-%m-%d %H:%M} UTC"
    )
    office.wire.offers = OUT_OF_REACH
    office.services.syncing.sync()
    assert not found().ok
    assert found().detail == (
        "can't be read from the provider: The provider is out of reach; last read: "
        f"{read:%Y-%m-%d %H:%M} UTC; try it with: convo template sync wire"
    )
    office.wire.offers = [*CATALOGUE]
    office.services.syncing.sync()
    assert found().ok
    office.wire.offers = OUT_OF_REACH
    office.services.syncing.sync()
    office.services.accounts.remove(office.channel)
    assert not [c for c in office.services.doctor.report() if c.name.startswith("templates")]


def test_until_they_were_read_once_nothing_can_be_said(tmp_path: Path) -> None:
    office = open_office(tmp_path, Wire(capabilities=CAN, offers=OUT_OF_REACH))
    with pytest.raises(ConvoError, match="out of reach"):
        send(office, office.hear().id)
    assert office.services.templates.all() == []
    office.wire.offers = [*CATALOGUE]
    office.clock.advance(60)  # until it is asked again
    assert send(office, office.all()[0].id).template == "order_update"
    office.services.close()


def test_a_template_that_was_never_read_holds_up_nobody_else(office: Office) -> None:
    """As after an update from a version that kept none."""
    one, two = office.hear(), office.hear("+4915199999")
    waits, goes = send(office, one.id), office.send(two.id)
    office.services.store.write(lambda tx: templates.forget(tx, office.channel))
    offers, office.wire.offers = office.wire.offers, OUT_OF_REACH
    office.step()
    assert office.status(waits.id) is DeliveryStatus.QUEUED
    assert office.status(goes.id) is DeliveryStatus.SENT
    office.wire.offers = offers
    office.clock.advance(60)  # until it is asked again
    office.step()
    assert office.status(waits.id) is DeliveryStatus.SENT


def test_starting_with_a_template(office: Office) -> None:
    id = start(office)
    office.step()
    assert [message.to.value for message in office.wire.took] == [PHONE]
    [row] = office.all()
    assert (row.id, row.contact_name, row.status) == (id, "Ada", Status.CREATED)
    assert start(office) == id
    office.step()
    assert len(office.wire.took) == 2


def test_starting_without_one_is_refused(office: Office) -> None:
    with pytest.raises(CannotStart, match=r"Templates only\."):
        start(office, None, "hello")


def test_a_channel_where_customers_start_takes_no_template_either(tmp_path: Path) -> None:
    can = replace(CAN, can_start=StartRule.NEVER)
    office = open_office(tmp_path, Wire(capabilities=can, offers=[*CATALOGUE]))
    with pytest.raises(CannotStart):
        start(office)
    office.services.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Office]:
    """Its provider keeps no templates, takes 100 characters, and has a window."""
    can = replace(CAPABILITIES, templates=None, window=timedelta(hours=24))
    office = open_office(tmp_path / "plain", Wire(capabilities=can))
    yield office
    office.services.close()


def test_an_own_template_is_sent_as_plain_text(plain: Office) -> None:
    made = plain.services.templates.save("Hello!", "en", "Hi {{name}},\n\nwelcome.", {"name": "A"})
    assert plain.services.templates.of(plain.channel) == [made]
    choice = TemplateChoice("Hello!", "en", {"name": "Ada\nLovelace"})
    message = send(plain, plain.hear().id, choice)
    assert (message.template, message.text) == ("Hello!", "Hi Ada\nLovelace,\n\nwelcome.")
    plain.services.templates.delete("Hello!", "en", None)
    plain.step()
    [taken] = plain.wire.took
    assert (taken.template, taken.text) == (None, message.text)
    assert plain.all()[0].status is Status.REPLIED


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (TemplateChoice("Gone", "en"), "make a template of your own"),
        (TemplateChoice("Hello!", "de"), "make a template of your own"),
        (TemplateChoice("Hello!", "en"), "a value for name"),
        (TemplateChoice("Hello!", "en", {"name": "x" * 100}), "takes at most 100"),
    ],
)
def test_an_own_template_that_cant_be_sent(
    plain: Office, choice: TemplateChoice, words: str
) -> None:
    plain.services.templates.save("Hello!", "en", "Hi {{name}}", {})
    conversation = plain.hear()
    with pytest.raises(CannotSend, match=words):
        send(plain, conversation.id, choice)
    assert plain.all() == [conversation]


def test_an_own_template_opens_no_window(plain: Office) -> None:
    plain.services.templates.save("Hello!", "en", "Hi", {})
    conversation = plain.hear()
    plain.wire.clock = NOW + timedelta(days=3)
    with pytest.raises(CannotSend, match="template message is required"):
        send(plain, conversation.id, TemplateChoice("Hello!", "en"))


def test_finding_the_conversation_with_an_address(office: Office) -> None:
    find = office.services.inbox.find
    assert find(office.channel, PHONE) is None
    heard = office.hear(PHONE)
    assert find(office.channel, "+49 151 2345 6789") == heard
    with pytest.raises(InvalidRequest, match="is not a phone number"):
        find(office.channel, "Ada")
    with pytest.raises(NotFound):
        find(office.channel + 1, PHONE)
