"""Contacts that an operator merges, and unmerges: what is shown, heard, sent and erased."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from post import Post, open_post

from workspace.channels.base import IdentityChanged
from workspace.errors import CannotSend, Conflict, InvalidRequest, NotFound
from workspace.models import Address, AddressKind, Contact, EventKind, Tab
from workspace.services.contacts import Update
from workspace.services.filters import Filter
from workspace.store import contacts, states
from workspace.store.contacts import NewContact
from workspace.testing.builders import ANA, START

EVA, BEA, CAT = "+4915100000001", "+4915100000002", "+4915100000003"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = open_post(tmp_path)
    yield post
    post.services.close()


def contact(post: Post, conversation: int) -> Contact:
    return post.services.contacts.contact(post.services.inbox.conversation(conversation).contact_id)


def two(post: Post) -> tuple[int, int, Contact, Contact]:
    eva = post.receive("I am Eva", name="Eva Müller", address=EVA)
    bea = post.receive("I am Bea", name="Bea Blum", address=BEA)
    return eva, bea, contact(post, eva), contact(post, bea)


def merge(post: Post, one: Contact, other: Contact, key: str | None = None) -> Contact:
    return post.services.contacts.merge(one.id, other.id, ANA, key)


def unmerge(post: Post, one: Contact, key: str | None = None) -> Contact:
    return post.services.contacts.unmerge(one.id, ANA, key)


def values(one: Contact) -> set[str]:
    return {address.value for address in one.addresses}


def listed(post: Post, **narrowed: Any) -> set[int]:
    return {row.id for row in post.services.inbox.conversations(Filter(**narrowed)).rows}


def kinds(post: Post, id: int) -> list[EventKind]:
    return [event.kind for event in post.services.inbox.messages(id).events]


def stored(post: Post) -> list[Any]:
    """All that says who is whom."""
    return [
        post.sql(f"SELECT * FROM {table} ORDER BY ALL")
        for table in ("contacts", "identities", "contact_parts", "v1.contacts")
    ]


def test_both_are_one_with_all_they_have(post: Post) -> None:
    eva, bea, one, other = two(post)
    before = [post.services.inbox.conversation(id) for id in (eva, bea)]
    both = merge(post, one, other)
    assert (both.id, both.name, both.conversations) == (one.id, "Eva Müller", 2)
    assert values(both) == {EVA, BEA}
    assert [(i.contact_id, i.channel_ids) for i in both.identities] == [
        (one.id, (post.channel,)),
        (other.id, (post.channel,)),
    ]
    [part] = both.merged
    assert (part.id, part.name, part.into, part.actor) == (other.id, "Bea Blum", one.id, ANA)
    assert "Bea" not in repr(part)
    assert post.services.contacts.contact(other.id) == both
    rows = [post.services.inbox.conversation(id) for id in (eva, bea)]
    assert [(r.contact_id, r.contact_name) for r in rows] == [(one.id, "Eva Müller")] * 2
    assert [r.address.value for r in rows] == [EVA, BEA]
    assert [(r.status, r.unread, r.archived) for r in rows] == [
        (b.status, b.unread, b.archived) for b in before
    ]
    for event in (post.services.inbox.messages(id).events[-1] for id in (eva, bea)):
        assert (event.kind, event.actor) == (EventKind.MERGED, ANA)
        assert event.reason == f"contact {other.id}"
    with post.services.store.read() as db:
        assert {id: states.recompute(db, id) for id in (eva, bea)} == states.load(db, [eva, bea])


@pytest.mark.parametrize("search", ["eva", "muller", "bea blum", EVA, BEA, "eva bea"])
def test_both_are_found_by_either(post: Post, search: str) -> None:
    eva, bea, one, other = two(post)
    both = merge(post, one, other)
    assert listed(post, search=search) == {eva, bea}
    assert listed(post, contact=one.id) == listed(post, contact=other.id) == {eva, bea}
    assert post.services.contacts.contacts(search, 10) == [both]


def test_in_sql_they_are_one_customer(post: Post) -> None:
    eva, bea, one, other = two(post)
    merge(post, one, other)
    row = "contact_id, name, addresses, conversation_count, merged_contact_ids"
    assert post.sql(f"SELECT {row} FROM v1.contacts") == [
        (one.id, "Eva Müller", [EVA, BEA], 2, [other.id])
    ]
    for view in ("conversations", "messages"):
        assert post.sql(f"SELECT DISTINCT contact_id FROM v1.{view}") == [(one.id,)]
    logged = post.sql("SELECT conversation_id, actor_name FROM v1.events WHERE kind = 'merged'")
    assert sorted(logged) == [(eva, ANA.name), (bea, ANA.name)]


def test_an_unmerge_gives_back_exactly_what_was(post: Post) -> None:
    _, bea, one, other = two(post)
    before = stored(post)
    merge(post, one, other)
    assert stored(post) != before
    assert unmerge(post, other) == other
    assert post.services.contacts.contact(one.id) == one
    assert stored(post) == before
    assert kinds(post, bea) == [EventKind.MERGED, EventKind.UNMERGED]


def test_what_came_meanwhile_is_on_its_side(post: Post) -> None:
    eva, bea, one, other = two(post)
    merge(post, one, other)
    assert post.receive("Eva again", address=EVA) == eva
    assert post.receive("Bea again", address=BEA) == bea
    moved = Address(AddressKind.PHONE, CAT)
    post.deliver(IdentityChanged("m", START, (Address(AddressKind.PHONE, BEA),), (moved,)))
    assert post.receive("From my new number", address=CAT) == bea
    parted = unmerge(post, other)
    assert values(parted) == {BEA, CAT}
    assert values(post.services.contacts.contact(one.id)) == {EVA}
    assert contact(post, bea) == parted
    assert parted.name == "Bea Blum"
    texts = [message.text for message in post.services.inbox.messages(bea).messages]
    assert texts == ["I am Bea", "Bea again", "From my new number"]
    assert listed(post, search="bea") == {bea}
    assert post.receive("And after", address=BEA) == bea


def test_a_name_that_is_told_meanwhile_belongs_to_who_told_it(post: Post) -> None:
    eva = post.receive("Hello", address=EVA)
    bea = post.receive("Hello", address=BEA)
    one, other = contact(post, eva), contact(post, bea)
    assert merge(post, one, other).name == ""
    post.receive("It is Bea", name="Bea", address=BEA)
    assert contact(post, eva).name == "Bea"
    assert post.services.inbox.conversation(eva).contact_name == "Bea"
    assert unmerge(post, other).name == "Bea"
    assert contact(post, eva).name == ""
    assert post.services.inbox.conversation(eva).contact_name == EVA


@pytest.mark.parametrize("mark", ["blocked", "opted_out"])
def test_what_bars_one_bars_both_until_they_part(post: Post, mark: str) -> None:
    eva, bea, one, other = two(post)
    post.services.contacts.update(other.id, Update(**{mark: True}), ANA, None)
    assert getattr(merge(post, one, other), mark)
    for id in (eva, bea):
        assert getattr(post.services.inbox.conversation(id), f"contact_{mark}")
        with pytest.raises(CannotSend, match=mark.replace("_", " ")):
            post.services.replies.send(id, "Hi", [], ANA, None)
    unmerge(post, other)
    assert not getattr(post.services.inbox.conversation(eva), f"contact_{mark}")
    post.services.replies.send(eva, "Hi", [], ANA, None)
    with pytest.raises(CannotSend):
        post.services.replies.send(bea, "Hi", [], ANA, None)


def test_who_is_merged_with_the_blocked_is_not_heard(post: Post) -> None:
    eva, _, one, other = two(post)
    post.services.contacts.update(other.id, Update(blocked=True), ANA, None)
    merge(post, one, other)
    before = post.services.inbox.conversation(eva)
    post.receive("Can you hear me?", address=EVA)
    after = post.services.inbox.conversation(eva)
    assert (after.unread, after.preview) == (before.unread, before.preview)
    unmerge(post, other)
    post.receive("And now?", address=EVA)
    assert post.services.inbox.conversation(eva).unread == before.unread + 1


def test_what_is_decided_meanwhile_holds_for_both(post: Post) -> None:
    eva, _, one, other = two(post)
    merge(post, one, other)
    post.services.contacts.update(other.id, Update("Eva Blum", opted_out=True), ANA, None)
    assert kinds(post, eva) == [EventKind.MERGED, EventKind.RENAMED, EventKind.OPTED_OUT]
    parted = unmerge(post, other)
    assert (parted.name, parted.opted_out) == ("Bea Blum", True)
    rest = post.services.contacts.contact(one.id)
    assert (rest.name, rest.opted_out) == ("Eva Blum", True)


def test_without_a_name_of_its_own_it_has_its_part_s(post: Post) -> None:
    eva, bea, one, other = two(post)
    merge(post, one, other)
    for _ in range(2):
        found = post.services.contacts.update(one.id, Update(name=""), ANA, None)
        assert found.name == "Bea Blum"
    assert kinds(post, eva).count(EventKind.RENAMED) == 1
    assert kinds(post, bea).count(EventKind.RENAMED) == 1
    unmerge(post, other)
    assert contact(post, eva).name == ""


def test_the_same_name_twice_is_taken_away_from_the_whole(post: Post) -> None:
    eva, _, one, other = two(post)
    post.services.contacts.update(other.id, Update(name=one.name), ANA, None)
    merge(post, one, other)
    post.services.contacts.update(one.id, Update(name=""), ANA, None)
    assert contact(post, eva).name == one.name
    assert EventKind.RENAMED not in kinds(post, eva)
    unmerge(post, other)
    assert contact(post, eva).name == ""


def test_the_part_of_a_part(post: Post) -> None:
    _, _, one, other = two(post)
    third = contact(post, post.receive("I am Cat", name="Cat", address=CAT))
    merge(post, other, third)
    pair = post.services.contacts.contact(other.id)
    all_three = merge(post, one, other)
    into = {part.id: part.into for part in all_three.merged}
    assert into == {other.id: one.id, third.id: other.id}
    assert unmerge(post, other) == pair
    assert unmerge(post, third) == third


def test_asked_twice_with_one_key(post: Post) -> None:
    eva, _, one, other = two(post)
    both = merge(post, one, other, "key-of-a-merge")
    assert merge(post, one, other, "key-of-a-merge") == both
    assert merge(post, one, other) == both  # they are one already
    assert kinds(post, eva) == [EventKind.MERGED]
    unmerge(post, other, "key-of-an-unmerge")
    assert unmerge(post, other, "key-of-an-unmerge") == other
    assert kinds(post, eva) == [EventKind.MERGED, EventKind.UNMERGED]
    with pytest.raises(Conflict, match="another request"):
        merge(post, other, one, "key-of-a-merge")


def test_what_can_not_be_merged(post: Post) -> None:
    _, _, one, other = two(post)
    with pytest.raises(InvalidRequest, match="with itself"):
        merge(post, one, one)
    for id in (77_777, 0, -1, 2**70):
        with pytest.raises(NotFound):
            post.services.contacts.merge(one.id, id, ANA, None)
        with pytest.raises(NotFound):
            post.services.contacts.unmerge(id, ANA, None)
    with pytest.raises(Conflict, match="is not merged into another one"):
        unmerge(post, one)
    merge(post, one, other)
    with pytest.raises(Conflict, match=f"give one that was merged into it: {other.id}"):
        unmerge(post, one)


# --- Delete -------------------------------------------------------------------------------------


def test_a_part_goes_with_its_last_conversation(post: Post) -> None:
    """As it would have without the merge."""
    eva, bea, one, other = two(post)
    merge(post, one, other)
    post.services.inbox.delete([bea], ANA, None)
    left = post.everything()
    assert "Bea" not in left
    assert BEA not in left
    assert post.services.contacts.contact(one.id) == contact(post, eva)
    assert contact(post, eva).merged == ()
    with pytest.raises(NotFound):
        unmerge(post, other)
    again = post.receive("Hello again", name="Bea", address=BEA)
    assert contact(post, again).id not in (one.id, other.id)


def test_what_is_left_of_a_whole_is_its_part(post: Post) -> None:
    eva, bea, one, other = two(post)
    third = contact(post, post.receive("I am Cat", name="Cat", address=CAT))
    merge(post, one, other)
    merge(post, one, third)
    post.services.inbox.delete([eva], ANA, None)
    left = post.everything()
    assert "Eva" not in left
    assert EVA not in left
    heir = contact(post, bea)
    assert (heir.id, heir.name, values(heir)) == (other.id, "Bea Blum", {BEA, CAT})
    assert unmerge(post, third) == third
    assert post.services.contacts.contact(other.id).merged == ()


def test_nothing_is_left_of_both(post: Post) -> None:
    """And what comes again bounces."""
    eva, bea, one, other = two(post)
    merge(post, one, other, "key-of-a-merge")
    payloads = [entry.raw for entry in post.services.journal.read(0, 100)]
    post.services.inbox.delete(sorted(listed(post, contact=one.id)), ANA, None)
    left = post.everything()
    for word in ("Eva", "Bea", "Müller", "muller", "Blum", EVA, BEA):
        assert word not in left
    assert len(payloads) == 2
    post.written = 0
    post.write("I am Eva", address=EVA, name="Eva Müller")
    post.write("I am Bea", address=BEA, name="Bea Blum")
    post.services.receiving.apply_pending()
    assert post.sql("SELECT count(*) FROM contacts") == [(0,)]
    assert listed(post) == set()
    assert listed(post, tab=Tab.ARCHIVED) == set()
    assert not {eva, bea} & listed(post)


# --- phone numbers ------------------------------------------------------------------------------

WITH, WITHOUT = "+5511987654321", "+551187654321"


@pytest.mark.parametrize(("first", "second"), [(WITH, WITHOUT), (WITHOUT, WITH)])
def test_a_number_is_the_same_in_both_writings(post: Post, first: str, second: str) -> None:
    id = post.receive("Oi", name="Ana Souza", address=first)
    assert post.receive("Oi de novo", address=second) == id
    assert values(contact(post, id)) == {first}
    row = post.services.inbox.conversation(id)
    assert row.address.value == second  # as the provider writes it now
    for typed in (first, second, "98765-4321", "(11) 98765-4321", "11 8765-4321"):
        assert listed(post, search=typed) == {id}
        found = post.services.contacts.contacts(typed, 5)
        assert [each.id for each in found] == [row.contact_id]


def test_both_writings_at_once(post: Post) -> None:
    post.write("Oi", address=WITH)
    post.write("Oi", address=WITHOUT)
    post.services.receiving.apply_pending()
    assert len(listed(post)) == 1
    assert post.sql("SELECT count(*) FROM contacts") == [(1,)]


def test_new_finds_whoever_has_the_number(post: Post) -> None:
    id = post.receive("Oi", name="Ana", address=WITHOUT)
    found = post.services.inbox.find(post.channel, "+55 11 98765-4321")
    assert found is not None
    assert found.id == id


def test_the_very_writing_comes_first(post: Post) -> None:
    """Two who were known before all writings counted stay two."""
    one = post.receive("Oi", address=WITH)
    other = NewContact(900_000, "", Address(AddressKind.PHONE, WITHOUT), START)
    post.services.store.write(lambda tx: contacts.add(tx, [other]))
    assert post.receive("Oi", address=WITHOUT) != one
    assert post.receive("Oi", address=WITH) == one
