"""What becomes of a message that is to be sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from wire import (
    CAPABILITIES,
    NOW,
    Clock,
    Office,
    Wire,
    break_off,
    open_office,
    refuse,
    slow_rate,
)

from workspace.channels.base import Outbound, Response
from workspace.models import DeliveryStatus, FailureKind, Status
from workspace.services import settling
from workspace.services.sender import LOOKUPS

D = DeliveryStatus


def test_a_message_is_sent_and_the_conversation_replied(office: Office) -> None:
    conversation = office.hear()
    message = office.send(conversation.id)
    assert message.delivery_status is D.QUEUED
    assert office.all()[0].status is Status.PENDING
    office.step()
    assert office.status(message.id) is D.SENT
    found = office.all()[0]
    assert (found.status, found.preview.delivery_status) == (Status.REPLIED, D.SENT)
    (outbound,) = office.wire.took
    assert (outbound.key, outbound.text, outbound.to.value) == (
        "key-1",
        "an answer",
        "+4915112345",
    )


def test_an_inbound_between_queueing_and_acceptance_stays_pending(office: Office) -> None:
    conversation = office.hear()
    office.send(conversation.id)
    office.wire.clock = NOW.replace(hour=10)
    office.hear(text="wait, one more thing")
    office.step()
    assert office.all()[0].status is Status.PENDING


def test_the_row_says_sending_before_the_network_hears_of_it(office: Office) -> None:
    conversation = office.hear()
    seen = []

    def look(message: Outbound) -> Response:
        rows = office.services.store
        with rows.read() as db:
            sql = "SELECT delivery_status, lease_until FROM messages WHERE provider_id = $1"
            seen.extend(db.execute(sql, [message.key]))
        return Response(200, message.key)

    office.wire.answers = [look]
    office.send(conversation.id)
    office.step()
    assert seen[0][0] == "sending"
    assert (seen[0][1] - NOW).total_seconds() == 5.0


# --- failures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [FailureKind.AUTH, FailureKind.INVALID, FailureKind.UNREACHABLE, FailureKind.MEDIA]
)
def test_a_final_failure_says_why_and_is_not_tried_again(office: Office, kind: FailureKind) -> None:
    office.wire.answers = [refuse(kind)]
    message = office.send(office.hear().id)
    office.step()
    failed = office.message(message.id)
    assert (failed.delivery_status, failed.failure_kind) == (D.FAILED, kind)
    assert failed.failure == "Answered 400."
    assert (office.all()[0].failed, office.all()[0].status) == (True, Status.PENDING)
    office.clock.advance(10_000)
    office.step()
    assert len(office.wire.took) == 1


def test_a_passing_failure_is_tried_again_later_and_later(office: Office) -> None:
    office.wire.answers = [refuse(FailureKind.TRANSIENT), break_off(FailureKind.TRANSIENT)]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.RETRY
    for wait, status in ((5, D.RETRY), (10, D.SENT)):
        office.clock.advance(wait - 0.1)
        assert office.step() == 0
        office.clock.advance(0.1)
        office.step()
        assert office.status(message.id) is status
    assert [o.key for o in office.wire.took] == ["key-1"] * 3
    assert office.message(message.id).failure == ""


def test_it_gives_up_after_the_last_attempt(office: Office) -> None:
    office.wire.answers = [refuse(FailureKind.TRANSIENT)] * 5
    message = office.send(office.hear().id)
    for _ in range(5):
        office.step()
        office.clock.advance(1000)
    assert len(office.wire.took) == 3
    assert office.message(message.id).failure == "Answered 400. (given up after 3 attempts)"


def test_it_waits_as_long_as_the_provider_asks(office: Office) -> None:
    office.wire.answers = [refuse(FailureKind.RATE_LIMITED, retry_after=120)]
    message = office.send(office.hear().id)
    office.step()
    office.clock.advance(119)
    assert office.step() == 0
    office.clock.advance(1)
    office.step()
    assert office.status(message.id) is D.SENT


def test_messages_of_a_conversation_keep_their_order_others_go_on(office: Office) -> None:
    ada, bob = office.hear("+4915111111"), office.hear("+4915122222")
    office.wire.answers = [refuse(FailureKind.TRANSIENT)]
    office.send(ada.id, "first")
    office.send(ada.id, "second")
    office.send(bob.id, "to Bob")
    office.step()
    assert [o.text for o in office.wire.took] == ["first", "to Bob"]
    office.clock.advance(5)
    office.step()
    assert [o.text for o in office.wire.took] == ["first", "to Bob", "first", "second"]


def test_what_may_be_sent_is_checked_again_at_the_moment_of_sending(office: Office) -> None:
    conversation = office.hear()
    message = office.send(conversation.id)
    office.services.store.write(lambda tx: tx.execute("UPDATE contacts SET opted_out = true"))
    office.step()
    assert office.wire.took == []
    failed = office.message(message.id)
    assert (failed.delivery_status, failed.failure_kind) == (D.FAILED, FailureKind.OPTED_OUT)
    assert failed.failure.startswith("This contact has opted out")


# --- in doubt ---------------------------------------------------------------------------------


def test_a_timeout_is_in_doubt_and_never_sent_again(office: Office) -> None:
    office.wire.answers = [break_off(FailureKind.UNKNOWN_OUTCOME)]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.IN_DOUBT
    assert office.all()[0].status is Status.PENDING
    office.clock.advance(100_000)
    office.step()
    assert len(office.wire.took) == 1
    assert office.status(message.id) is D.IN_DOUBT


def test_a_bug_in_the_channel_is_in_doubt_too(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def fall_over(message: Outbound) -> Response:
        raise ZeroDivisionError

    office.wire.answers = [fall_over]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.IN_DOUBT
    assert "nobody knows" in caplog.text


def test_a_later_lookup_settles_a_doubt(office: Office) -> None:
    office.wire.answers = [break_off(FailureKind.UNKNOWN_OUTCOME)]
    message = office.send(office.hear().id)
    office.step()
    office.wire.found["key-1"] = True
    assert office.step() == 0
    office.clock.advance(15)
    office.step()
    assert office.status(message.id) is D.SENT
    assert office.all()[0].status is Status.REPLIED


def test_a_receipt_settles_a_doubt(office: Office) -> None:
    office.wire.answers = [break_off(FailureKind.UNKNOWN_OUTCOME)]
    message = office.send(office.hear().id)
    office.step()
    office.receipt("key-1", D.DELIVERED)
    assert office.status(message.id) is D.DELIVERED
    assert office.message(message.id).failure == ""


def test_a_receipt_may_be_faster_than_the_answer(office: Office) -> None:
    def receipt_first(message: Outbound) -> Response:
        office.receipt(message.key, D.DELIVERED)
        return Response(200, message.key)

    office.wire.answers = [receipt_first]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.DELIVERED
    assert office.all()[0].status is Status.REPLIED


def test_a_receipt_beats_a_failure_to_answer(office: Office) -> None:
    def receipt_first(message: Outbound) -> Response:
        office.receipt(message.key, D.DELIVERED)
        return Response(400, FailureKind.TRANSIENT.value)

    office.wire.answers = [receipt_first]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.DELIVERED
    office.clock.advance(1000)
    office.step()
    assert len(office.wire.took) == 1


def test_receipts_under_the_providers_own_name_are_joined(office: Office) -> None:
    def rename(message: Outbound) -> Response:
        office.receipt("wamid.7", D.READ)
        return Response(200, "wamid.7")

    office.wire.answers = [rename]
    message = office.send(office.hear().id)
    office.step()
    assert office.status(message.id) is D.READ
    assert office.all()[0].preview.delivery_status is D.READ


# --- restart ----------------------------------------------------------------------------------


def reopen(office: Office, folder: Path, wire: Wire) -> Office:
    office.services.close()
    return open_office(folder, wire, Clock())


def test_a_restart_sends_what_was_queued_and_doubts_what_was_under_way(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    conversation = office.hear()
    first, second = office.send(conversation.id, "first"), office.send(conversation.id, "second")

    def claim(tx: object) -> None:
        settling.claim(tx, first.id, CAPABILITIES, NOW, NOW)  # type: ignore[arg-type]

    office.services.store.write(claim)  # and then the process died
    wire = Wire()
    office = reopen(office, tmp_path, wire)
    assert office.status(first.id) is D.IN_DOUBT
    assert "hub stopped" in office.message(first.id).failure
    office.step()
    assert [o.text for o in wire.took] == ["second"]
    assert office.status(first.id) is D.IN_DOUBT
    assert office.status(second.id) is D.SENT

    wire = Wire(found={"key-1": True})
    office = reopen(office, tmp_path, wire)
    office.step()
    assert office.status(first.id) is D.SENT
    assert wire.took == []
    office.services.close()


def test_a_retry_keeps_its_time_over_a_restart(tmp_path: Path) -> None:
    office = open_office(tmp_path, Wire(answers=[refuse(FailureKind.TRANSIENT)]))
    office.send(office.hear().id)
    office.step()
    wire = Wire()
    office = reopen(office, tmp_path, wire)
    assert office.step() == 0
    office.clock.advance(5)
    office.step()
    assert len(wire.took) == 1
    office.services.close()


# --- pace -------------------------------------------------------------------------------------


def test_a_channel_sends_no_faster_than_it_may(tmp_path: Path) -> None:
    wire = Wire(capabilities=replace(CAPABILITIES, rate=slow_rate(6, burst=2)))
    office = open_office(tmp_path, wire)
    conversation = office.hear()
    for n in range(4):
        office.send(conversation.id, f"text {n}")
    office.step()
    assert len(wire.took) == 2
    office.clock.advance(9.9)
    office.step()
    assert len(wire.took) == 2
    office.clock.advance(0.2)
    office.step()
    assert len(wire.took) == 3
    office.services.close()


def test_what_cant_be_read_for_a_moment_is_sent_later(office: Office) -> None:
    message = office.send(office.hear().id)
    with unreadable(office), pytest.raises(Exception, match="messages"):
        office.step()
    office.step()
    assert office.status(message.id) is D.SENT


def test_a_doubt_that_cant_be_read_for_a_moment_is_looked_up_later(office: Office) -> None:
    office.wire.answers = [break_off(FailureKind.UNKNOWN_OUTCOME)]
    message = office.send(office.hear().id)
    office.step()
    office.wire.found = {"key-1": True}
    office.clock.advance(LOOKUPS[0])
    with unreadable(office), pytest.raises(Exception, match="messages"):
        office.step()
    office.step()
    assert office.status(message.id) is D.SENT


@contextmanager
def unreadable(office: Office) -> Iterator[None]:
    """The messages, in the eyes of whoever reads them; an index would hold on to their name."""
    store = office.services.store
    sql = "SELECT index_name, sql FROM duckdb_indexes() WHERE table_name = 'messages'"
    indexes = store.write(lambda tx: tx.execute(sql))
    for name, _ in indexes:
        store.write(lambda tx, name=name: tx.execute(f"DROP INDEX {name}"))
    store.write(lambda tx: tx.execute("ALTER TABLE messages RENAME TO gone"))
    yield
    store.write(lambda tx: tx.execute("ALTER TABLE gone RENAME TO messages"))
    for _, sql in indexes:
        store.write(lambda tx, sql=sql: tx.execute(sql))


def test_a_removed_channel_fails_what_it_still_had_to_send(office: Office) -> None:
    message = office.send(office.hear().id)
    office.services.accounts.remove(office.channel)
    failed = office.message(message.id)
    assert (failed.delivery_status, failed.failure) == (
        D.FAILED,
        "The channel was removed before this was sent.",
    )
