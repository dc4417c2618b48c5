"""What arrives on a channel that keeps one conversation per contact."""

from dataclasses import replace

import pytest
from desk import ANN, Desk
from line import at, file, payload, reaction, receipt, said

from workspace.models import DeliveryStatus, Direction, EventKind, FailureKind, MediaKind, Status

D = DeliveryStatus


def test_one_conversation_per_contact_and_channel(desk: Desk) -> None:
    desk.receive(
        said("1", "+491", name="Ada"),
        said("2", "+492", 1, name="Bob"),
        said("3", "+491", 2, text="again"),
    )
    desk.receive(said("4", "+492", 3))
    ada, bob = desk.all()
    assert (ada.contact_name, ada.address.value, ada.unread) == ("Ada", "+491", 2)
    assert [m.text for m in desk.messages(ada.id)] == ["text 1", "again"]
    assert (ada.status, ada.preview.text, ada.preview.direction) == (
        Status.PENDING,
        "again",
        Direction.INBOUND,
    )
    assert ada.created_at == at(0)
    assert ada.last_activity_at == ada.last_inbound_at == at(2)
    assert [m.text for m in desk.messages(bob.id)] == ["text 2", "text 4"]


def test_a_message_that_comes_twice_is_there_once(desk: Desk) -> None:
    desk.receive(said("1"), said("1"))
    desk.receive(said("1"))
    assert desk.only().unread == 1
    # A copy must be found by an erasure, too.
    assert desk.services.journal.erase([desk.only().id], []) == 3


def test_an_unnamed_contact_is_named_once_the_name_is_known(desk: Desk) -> None:
    desk.receive(said("1", "+491", name=""))
    assert desk.only().contact_name == "+491"
    desk.receive(said("2", "+491", 1, name="Ada"))
    desk.receive(said("3", "+491", 2, name="Countess"))
    assert desk.only().contact_name == "Ada"
    assert [r.id for r in desk.page(search="ada").rows] == [desk.only().id]


def test_a_stamp_from_the_future_is_clamped_to_when_it_was_received(desk: Desk) -> None:
    desk.journal(payload(said("1", minutes=50), received=at(10)))
    desk.services.receiving.apply_pending()
    assert desk.only().last_inbound_at == at(10)


def test_the_list_follows_when_things_were_said_not_when_they_came(desk: Desk) -> None:
    desk.receive(said("1", minutes=10, text="later"))
    desk.receive(said("2", minutes=5, text="earlier"))
    found = desk.only()
    assert (found.preview.text, found.last_activity_at, found.created_at) == (
        "later",
        at(10),
        at(5),
    )
    assert [m.text for m in desk.messages(found.id)] == ["earlier", "later"]


def test_texts_no_database_takes_are_cleaned(desk: Desk) -> None:
    desk.receive(said("1", text="nul \0 in it", name="A\0da\nL"))
    assert desk.messages(desk.only().id)[0].text == "nul  in it"
    assert desk.only().contact_name == "Ada L"
    inline = replace(file(), content_id="a\0\ud83d", inline=True)
    desk.receive(said("2", minutes=1, files=(inline,)), reaction("1", "\0\ud83d", 2))
    first, second = desk.messages(desk.only().id)
    assert [r.emoji for r in first.reactions] == ["?"]
    assert [f.content_id for f in second.attachments] == ["a?"]


def test_names_no_database_takes_stay_apart(desk: Desk) -> None:
    """An empty name, or one that is another's, would make a copy of the second message."""
    desk.receive(said("\0", text="one"), said("\0\0", minutes=1, text="two"))
    assert [m.text for m in desk.messages(desk.only().id)] == ["one", "two"]


def test_what_could_not_be_shown_still_counts(desk: Desk) -> None:
    desk.receive(said("1", text="", unsupported="A location"))
    assert (desk.only().unread, desk.only().preview.text) == (1, "A location")


# --- reopening, archive, history, blocked -----------------------------------------------------


def test_an_inbound_reopens_and_unarchives_and_leaves_a_line(desk: Desk) -> None:
    desk.receive(said("1"))
    id = desk.only().id
    desk.services.inbox.resolve([id], ANN, None)
    desk.services.inbox.archive([id], ANN, None)
    desk.receive(said("2", minutes=-60))  # however old its stamp
    found = desk.only()
    assert (found.status, found.archived, found.episode) == (Status.PENDING, False, 2)
    page = desk.services.inbox.messages(id, None, 50)
    line = page.events[-1]
    assert (line.kind, line.actor.kind, line.actor.name) == (
        EventKind.REOPENED,
        "customer",
        "Ada",
    )


def test_history_is_read_and_wakes_nothing(desk: Desk) -> None:
    desk.receive(said("1"))
    id = desk.only().id
    desk.services.inbox.resolve([id], ANN, None)
    desk.services.inbox.archive([id], ANN, None)
    desk.services.inbox.mark_read([id], ANN, None)
    before = desk.sql("SELECT max(seq) FROM changes")[0][0]
    desk.receive(said("0", minutes=-500), said("2", minutes=5), backfill=True)
    found = desk.only()
    assert (found.status, found.archived, found.unread) == (Status.RESOLVED, True, 0)
    assert found.last_activity_at == at(5)
    assert desk.sql("SELECT inbound FROM changes WHERE seq > $1", before) == [(False,)]


def test_a_blocked_contact_changes_nothing(desk: Desk) -> None:
    desk.receive(said("1"))
    id = desk.only().id
    desk.services.inbox.resolve([id], ANN, None)
    desk.services.store.write(lambda tx: tx.execute("UPDATE contacts SET blocked = true"))
    before = desk.only()
    desk.receive(said("2", minutes=5))
    assert desk.only() == before
    assert [m.text for m in desk.messages(id)] == ["text 1", "text 2"]


# --- our own messages -------------------------------------------------------------------------


def test_what_another_program_sent_is_a_reply(desk: Desk) -> None:
    desk.receive(said("1"))
    desk.receive(said("2", minutes=1, own=True, author="bea", text="written on the phone"))
    found = desk.only()
    assert (found.status, found.preview.author) == (Status.REPLIED, "bea")
    assert desk.messages(found.id)[1].delivery_status is D.SENT


def test_automatic_mail_of_ours_is_no_reply(desk: Desk) -> None:
    desk.receive(said("1"), said("2", minutes=1, own=True, automatic=True))
    assert desk.only().status is Status.PENDING


@pytest.mark.parametrize("status", ["queued", "sending", "retry", "in_doubt"])
def test_an_echo_settles_what_was_under_way(desk: Desk, status: str) -> None:
    desk.receive(said("1"))
    message = desk.send(desk.only().id, deliver=False)
    set_status = "UPDATE messages SET delivery_status = $2 WHERE id = $1"
    desk.services.store.write(lambda tx: tx.execute(set_status, [message.id, status]))
    key = desk.sql("SELECT provider_id FROM messages WHERE id = $1", message.id)[0][0]
    desk.receive(said(key, minutes=1, own=True))
    assert [m.delivery_status for m in desk.messages(desk.only().id)] == [None, D.SENT]
    assert desk.only().status is Status.REPLIED
    assert desk.services.delivery.deliver_due() <= 1  # looks, but has nothing to send
    assert desk.messages(desk.only().id)[1].delivery_status is D.SENT


# --- receipts and reactions -------------------------------------------------------------------


def sent(desk: Desk) -> str:
    """A conversation with an answer that was sent; its name at the provider."""
    desk.receive(said("1"))
    id = desk.send(desk.only().id).id
    name: str = desk.sql("SELECT provider_id FROM messages WHERE id = $1", id)[0][0]
    return name


def test_receipts_only_move_forward(desk: Desk) -> None:
    name = sent(desk)
    for status in (D.READ, D.DELIVERED, D.SENT, D.FAILED):
        desk.receive(receipt(name, status))
        assert desk.messages(desk.only().id)[1].delivery_status is D.READ
    assert desk.only().preview.delivery_status is D.READ


def test_a_reply_that_fails_later_was_none(desk: Desk) -> None:
    name = sent(desk)
    assert desk.only().status is Status.REPLIED
    desk.receive(receipt(name, D.FAILED))
    found = desk.only()
    assert (found.status, found.failed) == (Status.PENDING, True)
    message = desk.messages(found.id)[1]
    assert (message.failure_kind, message.failure) == (
        FailureKind.UNREACHABLE,
        "No such number.",
    )
    desk.receive(receipt(name, D.DELIVERED))
    assert (desk.only().status, desk.only().failed) == (Status.REPLIED, False)
    assert desk.messages(found.id)[1].failure == ""


def test_a_failure_of_an_older_message_marks_no_conversation(desk: Desk) -> None:
    name = sent(desk)
    desk.send(desk.only().id, "a second one")
    desk.receive(receipt(name, D.FAILED))
    assert (desk.only().failed, desk.only().status) == (False, Status.REPLIED)


def test_a_receipt_waits_for_its_message(desk: Desk) -> None:
    desk.receive(receipt("2", D.READ), receipt("2", D.DELIVERED), reaction("2", "👍"))
    assert desk.sql("SELECT count(*) FROM parked") == [(3,)]
    desk.receive(said("1"), said("2", minutes=1, own=True))
    message = desk.messages(desk.only().id)[1]
    assert message.delivery_status is D.READ
    assert [r.emoji for r in message.reactions] == ["👍"]
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]
    # The payloads of the receipts belong to the conversation from now on.
    assert desk.services.journal.erase([desk.only().id], []) == 5


def test_a_receipt_may_come_in_the_batch_of_its_message_but_before_it(desk: Desk) -> None:
    desk.receive(said("1"), receipt("2", D.FAILED), said("2", minutes=1, own=True))
    assert (desk.only().status, desk.only().failed) == (Status.PENDING, True)


def test_the_newest_reaction_counts_whenever_it_comes(desk: Desk) -> None:
    desk.receive(said("1"))
    desk.receive(reaction("1", "👍", 1))
    before = desk.only()
    desk.receive(reaction("1", "", 3), reaction("1", "😀", 2))
    assert desk.messages(before.id)[0].reactions == ()
    desk.receive(reaction("1", "🎉", 4))
    assert [r.emoji for r in desk.messages(before.id)[0].reactions] == ["🎉"]
    assert desk.only() == before


def test_a_reaction_stamped_in_the_future_is_no_newer_than_when_it_came(desk: Desk) -> None:
    desk.receive(said("1"))
    ahead, later = reaction("1", "👍", 999_999), reaction("1", "🎉", 7)
    desk.journal(payload(ahead, received=at(1)), payload(later, received=at(9)))
    desk.services.receiving.apply_pending()
    assert [r.emoji for r in desk.messages(desk.only().id)[0].reactions] == ["🎉"]


# --- files ------------------------------------------------------------------------------------


def test_files_are_kept_and_named_by_what_they_are(desk: Desk) -> None:
    page = file("../../etc/passwd", b"<!DOCTYPE html><html><body>hello</body></html>")
    odd = file("a\x00b\u202egnp.exe", b"MZ" + b"\0" * 60)
    desk.receive(said("1", text="", files=(file("sky.png"), page, odd)))
    found = desk.only()
    assert (found.preview.text, found.preview.media) == ("sky.png", MediaKind.IMAGE)
    files = desk.messages(found.id)[0].attachments
    assert [(f.name, f.kind) for f in files] == [
        ("sky.png", MediaKind.IMAGE),
        ("passwd", MediaKind.DOCUMENT),
        ("abgnp.exe", MediaKind.DOCUMENT),
    ]
    assert files[0].mime == "image/png"  # whatever the sender claims
    assert files[1].mime == "text/html"
    path = desk.services.inbox.attachment(files[1].id)[1]
    assert path.read_bytes() == page.data
    assert [r.id for r in desk.page(search="sky.png").rows] == [found.id]


def test_a_copy_leaves_no_second_file(desk: Desk) -> None:
    desk.receive(said("1", files=(file(),)), said("1", files=(file(),)))
    desk.receive(said("1", files=(file(),)))
    paths = desk.services.paths
    assert len([p for p in paths.files.rglob("*") if p.is_file()]) == 1


# --- erased -----------------------------------------------------------------------------------


def test_what_was_deleted_bounces(desk: Desk) -> None:
    desk.receive(said("1", text="words of a customer"))
    desk.services.inbox.delete([desk.only().id], ANN, None)
    desk.receive(said("1", text="words of a customer"), receipt("1", D.READ))
    assert desk.all() == []
    assert desk.services.journal.count() == 0
    assert desk.sql("SELECT count(*) FROM parked") == [(0,)]
    desk.receive(said("2", minutes=5, text="here again"))
    assert desk.only().preview.text == "here again"
