"""Contacts that are merged and part again, as pure rules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workspace.models import Actor, ActorKind
from workspace.rules.contacts import ContactPart, Whole

ANA = Actor(ActorKind.OPERATOR, "ana")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

ALONE = st.lists(
    st.tuples(st.sampled_from(["", "Eva", "Bea"]), st.booleans(), st.booleans()),
    min_size=2,
    max_size=6,
).map(lambda each: [Whole([ContactPart(n + 1, *own)]) for n, own in enumerate(each)])


def alone(id: int, name: str = "", *, blocked: bool = False, opted_out: bool = False) -> Whole:
    return Whole([ContactPart(id, name, blocked, opted_out)])


def shown(whole: Whole) -> tuple[int, str, bool, bool, tuple[ContactPart, ...]]:
    return whole.id, whole.name, whole.blocked, whole.opted_out, whole.parts


def test_what_a_merged_contact_is_shown_as() -> None:
    one = alone(1).merge(alone(2, "Bea", opted_out=True), NOON, ANA)
    assert (one.id, one.name, one.blocked, one.opted_out) == (1, "Bea", False, True)
    assert alone(1, "Eva").merge(one, NOON, ANA).name == "Eva"


@given(ALONE, st.data())
def test_an_unmerge_gives_back_what_was(alone: list[Whole], data: st.DataObject) -> None:
    """However the merges were nested, the newest undone first."""
    wholes, before = list(alone), []
    for n in range(len(alone) - 1):
        into, other = data.draw(st.permutations(wholes))[:2]
        before.append((into, other))
        wholes = [w for w in wholes if w not in (into, other)]
        wholes.append(into.merge(other, NOON + timedelta(hours=n), ANA))
    [whole] = wholes
    wholes = {whole.id: whole}
    for into, other in reversed(before):
        stays, parted = wholes[into.id].unmerge(other.id)
        assert shown(stays) == shown(into)
        assert shown(parted) == shown(other)
        wholes |= {into.id: stays, other.id: parted}
    assert {id: shown(w) for id, w in wholes.items()} == {w.id: shown(w) for w in alone}


@given(ALONE, st.data())
def test_in_any_order_all_are_themselves_again(alone: list[Whole], data: st.DataObject) -> None:
    wholes = list(alone)
    for n in range(len(alone) - 1):
        into, other = data.draw(st.permutations(wholes))[:2]
        wholes = [w for w in wholes if w not in (into, other)]
        wholes.append(into.merge(other, NOON + timedelta(hours=n), ANA))
    while merged := [(w, p) for w in wholes for p in w.parts if p.merged]:
        whole, part = data.draw(st.sampled_from(merged))
        wholes = [w for w in wholes if w is not whole] + list(whole.unmerge(part.id))
    assert {w.id: shown(w) for w in wholes} == {w.id: shown(w) for w in alone}


@given(ALONE, st.data())
def test_who_is_forgotten_leaves_the_others_together(
    alone: list[Whole], data: st.DataObject
) -> None:
    wholes = list(alone)
    for n in range(len(alone) - 1):
        into, other = data.draw(st.permutations(wholes))[:2]
        wholes = [w for w in wholes if w not in (into, other)]
        wholes.append(into.merge(other, NOON + timedelta(hours=n), ANA))
    [whole] = wholes
    gone = set(data.draw(st.lists(st.sampled_from(whole.ids), unique=True)))
    left = whole.without(gone)
    assert (left is None) == (gone == set(whole.ids))
    assume(left is not None)
    assert left is not None
    assert set(left.ids) == set(whole.ids) - gone
    assert [p.id for p in left.parts if p.merged is None] == [left.id]
    assert all(p.merged.into in left.ids for p in left.parts if p.merged)
    assert left.id == whole.id or whole.id in gone
    for id in left.ids[1:]:  # and each can still leave
        stays, parted = left.unmerge(id)
        assert set(stays.ids) | set(parted.ids) == set(left.ids)
        assert not set(stays.ids) & set(parted.ids)


@pytest.mark.parametrize("opted_out", [True, False])
def test_what_is_decided_of_the_whole_stays_with_the_parts(opted_out: bool) -> None:
    one = alone(1).merge(alone(2, "Bea", opted_out=not opted_out), NOON, ANA)
    if opted_out:
        one = one.decide(one.name, one.blocked, opted_out=True)
    else:
        one = one.decide("Both", one.blocked, opted_out=False)
    stays, parted = one.unmerge(2)
    assert stays.opted_out is parted.opted_out is opted_out
    assert (stays.name, parted.name) == ("" if opted_out else "Both", "Bea")
