"""Mail: a conversation is the set of mails that bear or refer to each other's Message-IDs."""

import json
from itertools import permutations

import pytest
from desk import ANN, Desk
from line import at, mail, receipt

from workspace.errors import NotFound
from workspace.models import Address, AddressKind, DeliveryStatus, Status


def threads(desk: Desk) -> list[set[str]]:
    return [{m.text.removeprefix("text ") for m in desk.messages(c.id)} for c in desk.all()]


def test_mails_that_refer_to_each_other_are_one_conversation(desk: Desk) -> None:
    desk.receive_mail(mail("a"), mail("x", "bob@example.org"))
    desk.receive_mail(mail("b", minutes=1, refs=["a"]))
    desk.receive_mail(mail("c", minutes=2, refs=["unknown", "b"]))
    assert threads(desk) == [{"a", "b", "c"}, {"x"}]


def test_a_subject_alone_never_joins(desk: Desk) -> None:
    desk.receive_mail(mail("a", subject="Order"), mail("b", minutes=1, subject="Re: Order"))
    assert threads(desk) == [{"a"}, {"b"}]


def test_answers_to_a_mail_that_never_came_are_one_conversation(desk: Desk) -> None:
    desk.receive_mail(mail("b", refs=["missing"]))
    desk.receive_mail(mail("c", minutes=1, refs=["missing"]))
    assert threads(desk) == [{"b", "c"}]


def test_one_batch_groups_like_many(desk: Desk) -> None:
    desk.receive_mail(
        mail("a"), mail("d", minutes=3, refs=["c"]), mail("b", minutes=1), mail("e", minutes=9)
    )
    assert threads(desk) == [{"a"}, {"d"}, {"b"}, {"e"}]
    desk.receive_mail(mail("c", minutes=2, refs=["a"]), mail("f", minutes=10, refs=["e", "b"]))
    assert threads(desk) == [{"a", "c", "d"}, {"b", "e", "f"}]


def test_a_mail_that_links_two_threads_makes_them_one(desk: Desk) -> None:
    desk.receive_mail(mail("a", "ada@example.org"), mail("b", "bob@example.org", 1))
    first, second = desk.all()
    desk.services.inbox.resolve([second.id], ANN, None, reason="done")
    desk.receive_mail(mail("c", "cleo@example.org", 2, refs=["a", "b"]))
    found = desk.only()
    assert found.id == first.id
    assert threads(desk) == [{"a", "b", "c"}]
    assert (found.subject, found.contact_name, found.unread) == ("about a", "ada", 3)
    assert found.address == Address(AddressKind.EMAIL, "cleo@example.org")
    # Under its old id the younger one is still found, also for a verb.
    assert desk.services.inbox.conversation(second.id).id == first.id
    desk.services.inbox.mark_read([second.id], ANN, None)
    assert desk.only().unread == 0
    reasons = [e.reason for e in desk.services.inbox.messages(first.id, None, 50).events]
    assert "done" in reasons
    assert desk.sql("SELECT name FROM contacts") == [("ada",)]
    kinds = desk.sql("SELECT kind FROM changes WHERE conversation_id = $1", second.id)
    assert kinds[-1] == ("deleted",)


def test_a_merged_thread_is_erased_under_both_its_names(desk: Desk) -> None:
    desk.receive_mail(mail("a"), mail("b", minutes=1))
    desk.receive_mail(mail("c", minutes=2, refs=["a", "b"]))
    desk.services.inbox.delete([desk.only().id], ANN, None)
    assert desk.services.journal.count() == 0
    desk.receive_mail(mail("a"), mail("b"), mail("c", refs=["a", "b"]))
    assert desk.all() == []
    assert desk.services.journal.count() == 0


def test_merged_threads_keep_what_was_resolved_and_archived(desk: Desk) -> None:
    desk.receive_mail(mail("a"), mail("b", minutes=1))
    first, second = desk.all()
    desk.services.inbox.resolve([first.id, second.id], ANN, None)
    desk.services.inbox.archive([first.id, second.id], ANN, None)
    desk.receive_mail(mail("c", minutes=2, refs=["a", "b"]), backfill=True)
    found = desk.only()
    assert (found.status, found.archived, found.unread) == (Status.RESOLVED, True, 2)


def test_a_chain_of_merges_ends_at_the_oldest(desk: Desk) -> None:
    desk.receive_mail(*(mail(name, minutes=n) for n, name in enumerate("abcd")))
    oldest = desk.all()[0].id
    gone = [c.id for c in desk.all()[1:]]
    desk.receive_mail(mail("x", minutes=5, refs=["c", "d"]))
    desk.receive_mail(mail("y", minutes=6, refs=["b", "x"]))
    desk.receive_mail(mail("z", minutes=7, refs=["a", "y"]))
    assert desk.only().id == oldest
    assert {desk.services.inbox.conversation(id).id for id in gone} == {oldest}


def test_a_receipt_finds_its_message_in_the_batch_that_merges(desk: Desk) -> None:
    desk.receive_mail(mail("a"), mail("b", minutes=1, own=True))
    failed = receipt("b", DeliveryStatus.FAILED, 3)
    desk.receive_mail(mail("c", minutes=2, refs=["a", "b"]), failed)
    assert (desk.only().status, desk.only().failed) == (Status.PENDING, True)


def test_who_lost_a_thread_to_a_merge_may_begin_another_in_the_same_batch(desk: Desk) -> None:
    desk.receive_mail(mail("a", "ada@example.org"), mail("b", "bob@example.org", 1))
    links = mail("c", "cleo@example.org", 2, refs=["a", "b"])
    desk.receive_mail(links, mail("d", "bob@example.org", 3))
    assert [c.contact_name for c in desk.all()] == ["ada", "bob"]


# --- who --------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_contact_is_the_first_external_sender_in_any_order(
    desk: Desk, order: tuple[int, ...]
) -> None:
    mails = [
        mail("a", "team@example.org", 0, own=True, subject="Offer"),
        mail("b", "ada@example.org", 5, refs=["a"]),
        mail("c", "bob@example.org", 9, refs=["a", "b"]),
    ]
    for n in order:
        desk.receive_mail(mails[n])
    found = desk.only()
    assert (found.contact_name, found.subject) == ("ada", "Offer")
    assert found.address.value == "bob@example.org"  # an answer goes to whoever wrote last
    assert desk.sql("SELECT name FROM contacts") == [("ada",)]
    assert desk.sql("SELECT address FROM identities") == [("ada@example.org",)]


def test_our_own_mail_names_a_contact_only_until_somebody_writes(desk: Desk) -> None:
    desk.receive_mail(mail("a", "info@example.org", own=True, name="Info"))
    assert desk.only().contact_name == "Info"
    desk.receive_mail(mail("b", "ada@example.org", 1, refs=["a"]))
    assert desk.only().contact_name == "ada"


def test_the_contact_wrote_even_if_answers_go_elsewhere(desk: Desk) -> None:
    ada = Address(AddressKind.EMAIL, "ada@example.org")
    desk.receive_mail(mail("a", "list@example.org", sender=ada, name="Ada"))
    found = desk.only()
    assert (found.contact_name, found.address.value) == ("Ada", "list@example.org")
    assert desk.sql("SELECT address FROM identities") == [("ada@example.org",)]


# --- answering --------------------------------------------------------------------------------


def headers(desk: Desk, message: int) -> dict[str, object]:
    text = desk.sql("SELECT reply_headers FROM messages WHERE id = $1", message)[0][0]
    found: dict[str, object] = json.loads(text)
    return found


def test_an_answer_follows_the_newest_mail_and_keeps_its_copies(desk: Desk) -> None:
    desk.receive_mail(mail("a"), mail("b", "bob@example.org", 1, refs=["a"], cc=("c@example.org",)))
    sent = desk.send(desk.only().id)
    assert headers(desk, sent.id) == {
        "in_reply_to": "b",
        "references": ["a", "b"],
        "subject": "about b",
        "to": ["email", "bob@example.org"],
        "cc": ["c@example.org"],
        "message_id": "<out-1@line>",
    }
    desk.receive_mail(mail("d", "bob@example.org", 2, refs=["b", "<out-1@line>"]))
    desk.receive_mail(mail("e", minutes=3, refs=["<out-1@line>"]))
    assert len(desk.all()) == 1


def test_a_new_mail_opens_a_thread_of_its_own(desk: Desk) -> None:
    start = desk.services.replies.start_conversation
    first = start(desk.mail, "Ada@EXAMPLE.org", "Ada", "hello", "Offer", [], ANN, None)
    second = start(desk.mail, "Ada@example.org", "", "hello again", "Offer", [], ANN, None)
    assert first.id != second.id
    assert (first.contact_id, first.contact_name) == (second.contact_id, "Ada")
    assert (second.subject, second.status) == ("Offer", Status.CREATED)
    desk.receive_mail(mail("answer", "ada@example.org", 600, refs=["<out-1@line>"]))
    assert desk.services.inbox.conversation(first.id).last_inbound_at == at(600)


def test_an_erased_thread_is_not_joined_again(desk: Desk) -> None:
    desk.receive_mail(mail("a"))
    desk.services.inbox.delete([desk.only().id], ANN, None)
    desk.receive_mail(mail("b", minutes=1, refs=["a"]))
    assert threads(desk) == [{"b"}]
    with pytest.raises(NotFound):
        desk.services.inbox.conversation(1)
