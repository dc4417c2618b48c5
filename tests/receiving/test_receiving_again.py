"""A mail that bounced and is sent again: another Message-ID, the same conversation."""

import json

from desk import ANN, Desk
from line import mail, receipt

from workspace.models import Conversation, DeliveryStatus, Message

D = DeliveryStatus


def bounced(desk: Desk) -> tuple[Conversation, Message]:
    started = desk.services.replies.start_conversation(
        desk.mail, "ada@example.org", "Ada", "hello", "About oak", [], ANN, None
    )
    desk.services.delivery.deliver_due()
    [message] = desk.messages(started.id)
    desk.receive_mail(receipt(name(desk, message.id), D.FAILED))
    assert desk.messages(started.id)[0].delivery_status is D.FAILED
    return started, message


def name(desk: Desk, id: int) -> str:
    return str(desk.sql("SELECT provider_id FROM messages WHERE id = $1", id)[0][0])


def test_it_goes_under_another_message_id(desk: Desk) -> None:
    started, message = bounced(desk)
    old = name(desk, message.id)
    desk.services.sends.send_again(message.id, ANN, None)
    desk.services.delivery.deliver_due()
    new = name(desk, message.id)
    assert new != old
    [(headers,)] = desk.sql("SELECT reply_headers FROM messages WHERE id = $1", message.id)
    assert json.loads(headers)["message_id"] == new
    # Whichever of the two the customer answers, it is this conversation.
    desk.receive_mail(mail("a", minutes=1, refs=[old]))
    desk.receive_mail(mail("b", minutes=2, refs=[new]))
    assert desk.only().id == started.id


def test_copies_and_bounces_of_the_first_attempt_change_nothing(desk: Desk) -> None:
    started, message = bounced(desk)
    old = name(desk, message.id)
    desk.services.sends.send_again(message.id, ANN, None)
    desk.services.delivery.deliver_due()
    desk.receive_mail(receipt(old, D.FAILED))  # the bounce of another server
    desk.receive_mail(mail(old, "ada@example.org", own=True))  # from the folder Sent
    [only] = desk.messages(started.id)
    assert (only.id, only.delivery_status) == (message.id, D.SENT)
    assert len(desk.all()) == 1


def test_what_was_taken_back_is_nothing_to_refer_to(desk: Desk) -> None:
    started = desk.services.replies.start_conversation(
        desk.mail, "ada@example.org", "Ada", "hello", "About oak", [], ANN, None
    )
    [message] = desk.messages(started.id)
    desk.services.sends.cancel(message.id, ANN, None)
    answer = desk.send(started.id, "hello again")
    [(headers,)] = desk.sql("SELECT reply_headers FROM messages WHERE id = $1", answer.id)
    told = json.loads(headers)
    assert (told["subject"], told["to"]) == ("About oak", ["email", "ada@example.org"])
    assert "in_reply_to" not in told


def test_a_send_that_waits_goes_into_another_thread_with_its_own(desk: Desk) -> None:
    desk.receive_mail(mail("a", "ada@example.org"), mail("b", "bob@example.org", 1))
    first, second = desk.all()
    kept = desk.send(second.id, "kept", deliver=False)
    withdrawn = desk.send(second.id, "withdrawn", deliver=False)
    desk.receive_mail(mail("c", "cleo@example.org", 2, refs=["a", "b"]))
    desk.services.sends.cancel(withdrawn.id, ANN, None)
    desk.services.delivery.deliver_due()
    texts = {m.text: m.delivery_status for m in desk.messages(first.id)}
    assert texts["kept"] is D.SENT
    assert kept.id in [m.id for m in desk.messages(second.id)]
    assert "withdrawn" not in texts
