"""Payloads run through a parser that knows better: exact, and as often as one likes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from desk import ANN, Desk
from line import START, Line, at, file, mail, payload, reaction, receipt, said

from workspace.channels.base import Event, IdentityChanged, Payload, Unsupported
from workspace.errors import InvalidRequest, NotFound
from workspace.models import Address, AddressKind, DeliveryStatus, Replayed
from workspace.services import receiving

D = DeliveryStatus
PHONE = AddressKind.PHONE
ODD = Unsupported("", START, "a payload that is not known")


@pytest.fixture
def fix(desk: Desk) -> Callable[..., None]:
    """Has the parser make something else of a payload from now on."""

    def fix(old: Payload, *events: Event, channel: int = desk.sms) -> None:
        line = desk.services.accounts.channel(channel)
        assert isinstance(line, Line)
        line.fixed[old.raw] = list(events)

    return fix


def take(desk: Desk, *raws: Payload) -> None:
    desk.journal(*raws)
    desk.services.receiving.apply_pending()


def replay(desk: Desk, channel: int = 0, **span: str) -> Replayed:
    """All portions, and then once more, which must change nothing."""
    first = _replay(desk, channel or desk.sms, **span)
    told = everything(desk)
    again = _replay(desk, channel or desk.sms, **span)
    assert replace(again, payloads=0) == Replayed(broken=first.broken)
    assert everything(desk) == told
    return first


def _replay(desk: Desk, channel: int, since: str = "", until: str = "") -> Replayed:
    done, after = Replayed(), 0
    names = ("payloads", "messages", "amended", "receipts", "cleared", "broken")
    while True:
        part = desk.services.replays.replay(channel, since, until, "UTC", after)
        done = replace(done, **{n: getattr(done, n) + getattr(part, n) for n in names})
        if part.after is None:
            return done
        after = part.after


TABLES = ("messages", "conversations", "contacts", "identities", "attachments",
          "conversation_events", "reactions", "remote_files")  # fmt: skip


def everything(desk: Desk) -> list[object]:
    return [desk.sql(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES]


def test_without_a_fix_it_changes_nothing(desk: Desk) -> None:
    desk.receive(said("a"), said("b", minutes=1), reaction("a", "👍"), said("c", "+491522"))
    answer = desk.send(desk.all()[0].id)
    key = desk.sql("SELECT provider_id FROM messages WHERE id = $1", answer.id)[0][0]
    desk.receive(receipt(key, D.READ, 9), receipt(key, D.DELIVERED, 8))
    desk.services.inbox.resolve([desk.all()[0].id], ANN, None)
    before = everything(desk)
    assert replay(desk) == Replayed(payloads=6)
    assert everything(desk) == before


def test_what_was_not_understood_comes_in(desk: Desk, fix: Callable[..., None]) -> None:
    old, other = payload(ODD), payload(said("a"), ODD)
    take(desk, old, other)
    fix(old, said("b", minutes=1))
    fix(other, said("a"), said("c", minutes=2))
    assert replay(desk) == Replayed(payloads=2, messages=2)
    assert [m.text for m in desk.messages(desk.only().id)] == ["text a", "text b", "text c"]


def test_a_message_says_what_it_says(desk: Desk, fix: Callable[..., None]) -> None:
    old = payload(said("a", text="", unsupported="a poll"), said("b", minutes=-1))
    take(desk, old)
    [row] = desk.page().rows
    assert row.preview.text == "a poll"
    fix(old, said("a", text="Größe?\n1. S\n2. M"), said("b", minutes=-1))
    assert replay(desk) == Replayed(payloads=1, amended=1)
    [row] = desk.page(search="grosse").rows
    assert row.preview.text == "Größe? 1. S 2. M"
    last = desk.messages(row.id)[-1]
    assert (last.text, last.unsupported, row.unread) == ("Größe?\n1. S\n2. M", "", 2)


def test_a_copy_in_a_later_payload_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail's name is its sender's to choose: anybody can send one that bears another's."""
    monkeypatch.setattr(receiving, "BATCH", 2)
    forged = mail("<x@a>", "eve@example.org", text="Pay to this account.")
    letters = [mail("<x@a>"), mail("<y@a>", minutes=1), mail("<z@a>", minutes=2), forged]
    raws = [payload(each, received=at(n)) for n, each in enumerate(letters)]
    desk.journal(*raws, channel=desk.mail)
    desk.services.receiving.apply_pending()
    before = everything(desk)
    assert replay(desk, desk.mail) == Replayed(payloads=4)
    assert everything(desk) == before


def test_the_payload_that_brought_it_amends_it_though_a_copy_came(
    desk: Desk, fix: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "BATCH", 1)
    first = payload(said("a", text="", unsupported="a poll"), received=at(0))
    take(desk, first, payload(said("a", text="forged"), received=at(1)))
    fix(first, said("a", text="S or M?"))
    assert replay(desk).amended == 1
    assert [m.text for m in desk.messages(desk.only().id)] == ["S or M?"]


def test_files_that_nobody_knew_of_come_in(desk: Desk, fix: Callable[..., None]) -> None:
    old = payload(said("a", text="", unsupported="a sticker"))
    take(desk, old)
    remote = replace(file("sticker.webp", b""), remote="media/7")
    fix(old, said("a", text="", files=(file("photo.png"), remote)))
    assert replay(desk).amended == 1
    [message] = desk.messages(desk.only().id)
    assert [each.name for each in message.attachments] == ["photo.png", "sticker.webp"]
    assert len(desk.page(search="sticker").rows) == 1
    assert desk.sql("SELECT remote FROM remote_files") == [("media/7",)]


def test_what_was_sent_from_here_is_never_touched(desk: Desk, fix: Callable[..., None]) -> None:
    desk.receive(said("a"))
    answer = desk.send(desk.only().id, "as it was written")
    key = desk.sql("SELECT provider_id FROM messages WHERE id = $1", answer.id)[0][0]
    old = payload(ODD)
    take(desk, old)
    fix(old, said(key, own=True, text="as it came back"), receipt(key, D.DELIVERED))
    assert replay(desk) == Replayed(payloads=2, receipts=1)
    last = desk.messages(desk.only().id)[-1]
    assert (last.id, last.text, last.delivery_status) == (
        answer.id,
        "as it was written",
        D.DELIVERED,
    )


def test_no_status_moves_backwards(desk: Desk, fix: Callable[..., None]) -> None:
    desk.receive(said("a"))
    key = desk.sql("SELECT provider_id FROM messages WHERE id = $1", desk.send(desk.only().id).id)[
        0
    ][0]
    old = payload(ODD)
    take(desk, old, payload(receipt(key, D.READ)))
    fix(old, receipt(key, D.FAILED), receipt(key, D.SENT), receipt(key, D.DELIVERED))
    assert replay(desk).receipts == 0
    assert desk.messages(desk.only().id)[-1].delivery_status is D.READ


def test_what_was_in_quarantine_is_cleared(desk: Desk, fix: Callable[..., None]) -> None:
    poison = Payload(b"poison", payload().meta, "")
    take(desk, poison, payload(said("b", minutes=1)))
    assert replay(desk) == Replayed(payloads=2, broken=1)
    fix(poison, said("a"))
    assert replay(desk) == Replayed(payloads=2, messages=1, cleared=1)
    assert desk.sql("SELECT * FROM quarantine") == []
    assert [m.text for m in desk.messages(desk.only().id)] == ["text a", "text b"]


def test_one_that_breaks_now_stops_no_other(desk: Desk, fix: Callable[..., None]) -> None:
    desk.receive(said("a"))
    old = payload(ODD)
    take(desk, old, Payload(b"poison", payload().meta, ""))
    fix(old, said("b", minutes=1))
    assert replay(desk) == Replayed(payloads=3, messages=1, broken=1)


# --- people who were erased -----------------------------------------------------------------------


def erase(desk: Desk, by: str) -> None:
    [row] = [c for c in desk.all() if c.address.value == by]
    desk.services.erase.delete([row.id], ANN, None)


def test_who_was_erased_stays_so(desk: Desk, fix: Callable[..., None]) -> None:
    """Also where a payload of theirs was not understood, so that no erasure could find it."""
    old, poison = payload(ODD), Payload(b"poison", payload().meta, "")
    take(desk, payload(said("a")), old, poison, payload(said("z", "+491522")))
    erase(desk, "+491511")
    fix(old, said("b", minutes=1), said("c", "+491522", 1), receipt("a", D.READ))
    fix(poison, said("d", "+49", also=(Address(PHONE, "+491511"),)))
    found = replay(desk)
    assert (found.messages, found.cleared) == (1, 1)
    assert [c.address.value for c in desk.all()] == ["+491522"]
    assert "491511" not in repr(everything(desk))
    left = [entry.raw for entry in desk.services.journal.read(0, 9)]
    assert (old.raw in left, poison.raw in left) == (True, False)  # the former is of another, too


def test_nothing_of_who_was_erased_stays_beside_words_nobody_understands(
    desk: Desk, fix: Callable[..., None]
) -> None:
    old, beside = payload(ODD), payload(ODD, ODD)
    take(desk, payload(said("a")), old, beside, payload(said("z", "+491522")))
    erase(desk, "+491511")
    ada, bob = Address(PHONE, "+491511"), Address(PHONE, "+491522")
    fix(old, replace(ODD, addresses=(ada,)), ODD)
    fix(beside, replace(ODD, addresses=(ada,)), replace(ODD, addresses=(bob,)))
    replay(desk)
    left = [entry.raw for entry in desk.services.journal.read(0, 9)]
    assert (len(left), left[0]) == (2, beside.raw)  # it is of Bob, too
    erase(desk, "+491522")
    assert desk.services.journal.count() == 0


def test_what_is_not_understood_is_erased_with_whom_it_is_about(desk: Desk) -> None:
    ada = Address(PHONE, "+491511")
    desk.receive(replace(ODD, addresses=(ada,)), said("a"))  # in one batch, in whatever order
    desk.receive(replace(ODD, addresses=(ada,), understood=True))
    erase(desk, "+491511")
    assert desk.services.journal.count() == 0


def test_what_they_wrote_in_the_thread_of_another_is_still_of_that_one(desk: Desk) -> None:
    ada, bob = "ada@example.org", "bob@example.org"
    desk.receive_mail(
        mail("<1@x>", bob), mail("<2@x>", ada, 1, ["<1@x>"]), mail("<3@x>", bob, 2, ["<1@x>"])
    )
    desk.receive_mail(mail("<4@x>", ada, 3))
    erase(desk, ada)
    before = everything(desk)
    assert replay(desk, desk.mail) == Replayed(payloads=3)
    assert everything(desk) == before
    assert desk.services.journal.count() == 3
    erase(desk, bob)
    assert desk.services.journal.count() == 0


def test_who_was_erased_stays_so_in_every_writing_of_the_number(
    desk: Desk, fix: Callable[..., None]
) -> None:
    old = payload(ODD)
    take(desk, payload(said("a", "+5511988887777")), old)
    erase(desk, "+5511988887777")
    fix(old, said("b", "+551188887777", minutes=1))
    assert replay(desk).messages == 0
    assert desk.all() == []


def test_who_writes_again_is_new(desk: Desk, fix: Callable[..., None]) -> None:
    old, new = payload(ODD), payload(ODD, said("x", "+491522"))
    take(desk, payload(said("a")), old)
    erase(desk, "+491511")
    take(desk, payload(said("b", minutes=2)), new)
    fix(old, said("c", minutes=1))
    fix(new, said("d", minutes=3))
    assert replay(desk).messages == 1
    [row] = [c for c in desk.all() if c.address.value == "+491511"]
    assert [m.text for m in desk.messages(row.id)] == ["text b", "text d"]


def test_erasing_finds_what_an_earlier_parser_saw(desk: Desk, fix: Callable[..., None]) -> None:
    old = payload(said("a"))
    take(desk, old)
    fix(old)  # the new one sees nothing in it
    replay(desk)
    erase(desk, "+491511")
    assert desk.services.journal.count() == 0


def test_where_somebody_moved_to_is_erased_with_them(desk: Desk) -> None:
    moved = IdentityChanged("m", at(1), (Address(PHONE, "+491511"),), (Address(PHONE, "+491599"),))
    desk.receive(said("a"))
    desk.receive(moved)
    erase(desk, "+491599")
    assert desk.services.journal.count() == 0
    desk.receive(said("b", "+491511", 2))
    replay(desk)
    assert [c.address.value for c in desk.all()] == ["+491511"]


def test_who_moved_on_is_not_called_back(desk: Desk) -> None:
    numbers = [Address(PHONE, f"+49151{n}") for n in (1, 2, 3)]
    moves = [IdentityChanged(f"m{n}", at(n), (numbers[n],), (numbers[n + 1],)) for n in (0, 1)]
    desk.receive(said("a", numbers[0].value))
    desk.receive(*moves)
    assert desk.only().address == numbers[2]
    replay(desk)
    assert desk.only().address == numbers[2]


# --- which ----------------------------------------------------------------------------------------


def test_of_one_channel_and_one_time(desk: Desk, fix: Callable[..., None]) -> None:
    days = [payload(ODD, received=datetime(2026, 3, d, 12, tzinfo=UTC)) for d in (1, 2, 3)]
    raws = [replace(each, raw=each.raw + bytes([n])) for n, each in enumerate(days)]
    letter = payload(mail("m"))
    desk.journal(letter, channel=desk.mail)
    take(desk, *raws)
    for n, each in enumerate(raws):
        fix(each, said(f"day {n + 1}", minutes=n))
    assert desk.services.replays.count(desk.sms, "2026-03-02", "2026-03-02", "UTC") == 1
    assert replay(desk, since="2026-03-02", until="2026-03-02") == Replayed(payloads=1, messages=1)
    assert replay(desk, since="2026-03-03T12:00") == Replayed(payloads=1, messages=1)
    assert replay(desk, until="2026-03-01T12:00") == Replayed()
    assert replay(desk) == Replayed(payloads=3, messages=1)
    assert replay(desk, desk.mail) == Replayed(payloads=1)


def test_many_come_in_portions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "REPLAYED", 4)
    monkeypatch.setattr(receiving, "BATCH", 3)
    desk.receive(*(said(f"m{n}", minutes=n) for n in range(10)))
    assert replay(desk).payloads == 10


def test_only_what_was_applied(desk: Desk) -> None:
    """The rest is the applier's, in its order."""
    desk.receive(said("a"))
    desk.journal(payload(said("b", minutes=1)))
    assert replay(desk).payloads == 1
    desk.services.receiving.apply_pending()
    assert len(desk.messages(desk.only().id)) == 2


def test_a_channel_that_is_gone_can_be_read_again(desk: Desk, fix: Callable[..., None]) -> None:
    desk.receive(said("a"))
    desk.services.accounts.remove(desk.sms, None)
    assert _replay(desk, desk.sms).payloads == 1


def test_what_makes_no_sense_is_named(desk: Desk) -> None:
    with pytest.raises(NotFound):
        replay(desk, 10**9)
    with pytest.raises(InvalidRequest, match="not a date"):
        replay(desk, since="soon")
