"""The rules of the domain, on examples and as properties."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace import rules
from workspace.errors import InvalidRequest
from workspace.models import (
    ActorKind,
    DeliveryStatus,
    EventKind,
    Origin,
    Status,
)
from workspace.rules import Inbound, Outbound, State, Verb

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def reply(id: int, minutes: float, origin: Origin = Origin.SINGLE, **more: bool) -> Outbound:
    author = ActorKind.AGENT if origin is Origin.AGENT else ActorKind.OPERATOR
    return Outbound(id, at(minutes), origin, author, **{"accepted": True, **more})


# --- status -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "status"),
    [
        ([], Status.CREATED),
        ([reply(1, 0)], Status.CREATED),
        ([Inbound(1, at(0))], Status.PENDING),
        ([Inbound(1, at(0)), reply(2, 1)], Status.REPLIED),
        ([Inbound(1, at(0)), reply(2, 1, Origin.AGENT)], Status.REPLIED),
        ([Inbound(1, at(0)), reply(2, 1, Origin.TEMPLATE)], Status.REPLIED),
        ([Inbound(1, at(0)), reply(2, 1, Origin.BULK)], Status.PENDING),
        ([Inbound(1, at(0)), reply(2, 1, Origin.AUTOMATIC)], Status.PENDING),
        ([Inbound(1, at(0)), reply(2, 1, accepted=False)], Status.PENDING),
        ([Inbound(1, at(0)), reply(2, 1), Inbound(3, at(2))], Status.PENDING),
        # Queued before the customer's second message, accepted after it: not an answer to it.
        ([Inbound(1, at(0)), reply(2, 1), Inbound(3, at(1.5))], Status.PENDING),
        # The second message is stored late but was written before the reply.
        ([Inbound(1, at(0)), reply(2, 2), Inbound(3, at(1))], Status.REPLIED),
        ([Inbound(1, at(0)), reply(2, 0)], Status.PENDING),
        ([Inbound(1, at(0)), Verb(2, EventKind.RESOLVED)], Status.RESOLVED),
        ([Inbound(1, at(0)), Verb(2, EventKind.RESOLVED), reply(3, 1)], Status.RESOLVED),
        ([Verb(1, EventKind.RESOLVED), Inbound(2, at(-99))], Status.PENDING),
        ([Verb(1, EventKind.RESOLVED), Inbound(2, at(0), backfill=True)], Status.RESOLVED),
        ([Verb(1, EventKind.RESOLVED), Inbound(2, at(0), silent=True)], Status.RESOLVED),
        ([Verb(1, EventKind.RESOLVED), Verb(2, EventKind.REOPENED)], Status.CREATED),
        ([Inbound(1, at(0), silent=True)], Status.CREATED),
    ],
)
def test_status_follows_from_the_log(log: list[rules.Entry], status: Status) -> None:
    assert rules.replay(log).status is status


def test_an_inbound_on_a_resolved_conversation_begins_an_episode() -> None:
    log = [Inbound(1, at(0)), Verb(2, EventKind.RESOLVED), Inbound(3, at(1)), Inbound(4, at(2))]
    assert rules.replay(log).episode == 2
    assert rules.episodes(log) == [rules.Episode(1, 1, 2), rules.Episode(2, 3, None)]


def test_reopening_by_hand_continues_the_episode() -> None:
    log = [Inbound(1, at(0)), Verb(2, EventKind.RESOLVED), Verb(3, EventKind.REOPENED)]
    assert rules.episodes(log) == [rules.Episode(1, 1, None)]


def test_inbound_and_an_operators_single_send_unarchive_and_nothing_else_does() -> None:
    archived = Verb(1, EventKind.ARCHIVED)
    assert not rules.replay([archived, Inbound(2, at(0))]).archived
    assert not rules.replay([archived, reply(2, 0)]).archived
    for quiet in (
        Inbound(2, at(0), backfill=True),
        Inbound(2, at(0), silent=True),
        reply(2, 0, Origin.AGENT),
        reply(2, 0, Origin.BULK),
        reply(2, 0, Origin.AUTOMATIC),
    ):
        assert rules.replay([archived, quiet]).archived, quiet


def test_a_bulk_send_leaves_archived_unread_and_status_alone() -> None:
    before = [Inbound(1, at(0)), Verb(2, EventKind.ARCHIVED)]
    assert rules.replay([*before, reply(3, 1, Origin.BULK)]) == rules.replay(before)


def test_the_read_mark_covers_only_what_was_seen() -> None:
    log = [Inbound(1, at(0)), Inbound(2, at(1)), Verb(3, EventKind.MARKED_READ, read_mark=1)]
    state = rules.replay(log)
    assert (state.unread, state.read_mark) == (1, 1)
    assert rules.replay([*log, Verb(4, EventKind.MARKED_READ)]).unread == 0


def test_what_was_read_can_be_unread_again() -> None:
    log = [Inbound(1, at(0)), Inbound(2, at(1)), Verb(3, EventKind.MARKED_READ), Inbound(4, at(2))]
    state = rules.replay([*log, Verb(5, EventKind.MARKED_UNREAD, read_mark=1)])
    assert (state.unread, state.read_mark, state.unread_badge) == (2, 1, 2)
    raised = rules.replay([*log, Verb(5, EventKind.MARKED_UNREAD, read_mark=9)])
    assert (raised.unread, raised.read_mark) == (1, 3), "that never reads anything"


def test_mark_as_unread_shows_a_badge_without_an_inbound() -> None:
    state = rules.replay([reply(1, 0), Verb(2, EventKind.MARKED_UNREAD)])
    assert (state.unread, state.unread_badge) == (0, 1)
    assert rules.replay(
        [Verb(1, EventKind.MARKED_UNREAD), Verb(2, EventKind.MARKED_READ)]
    ) == State(read_mark=2)


# --- order ------------------------------------------------------------------------------------

moments = st.integers(0, 20).map(at)
provider_entries = st.one_of(
    st.builds(Inbound, st.just(0), moments, st.booleans(), st.booleans()),
    st.builds(
        Outbound,
        st.just(0),
        moments,
        st.sampled_from([Origin.BULK, Origin.AUTOMATIC, Origin.AGENT]),
        st.just(ActorKind.AGENT),
        st.booleans(),
    ),
)
verbs = st.builds(Verb, st.just(0), st.sampled_from(list(EventKind)))


def numbered(parts: list[list[rules.Entry]]) -> list[rules.Entry]:
    return [replace(e, id=n) for n, e in enumerate((e for part in parts for e in part), 1)]


@given(st.data())
def test_shuffling_provider_events_between_verbs_changes_nothing(data: st.DataObject) -> None:
    parts = data.draw(
        st.lists(st.one_of(st.lists(provider_entries, max_size=5), st.tuples(verbs).map(list)))
    )
    shuffled = [data.draw(st.permutations(part)) for part in parts]
    a, b = rules.replay(numbered(parts)), rules.replay(numbered(shuffled))
    assert a == b


@given(st.lists(st.one_of(provider_entries, verbs)))
def test_stepping_gives_what_replaying_gives(entries: list[rules.Entry]) -> None:
    log = numbered([entries])
    state = State()
    unread: list[int] = []
    for entry in log:
        if isinstance(entry, Inbound) and not (entry.silent or entry.backfill):
            unread.append(entry.id)
        if isinstance(entry, Verb) and entry.kind is EventKind.MARKED_READ:
            unread = []
        state = rules.step(state, entry, unread_after=len(unread))
    assert rules.replay(log) == state
    assert rules.replay(reversed(log)) == state


@given(st.lists(st.one_of(provider_entries, verbs)))
def test_episodes_are_numbered_and_only_the_last_may_be_open(entries: list[rules.Entry]) -> None:
    log = numbered([entries])
    found = rules.episodes(log)
    assert [e.number for e in found] == list(range(1, len(found) + 1))
    assert all(e.resolved_id for e in found[:-1])
    if found:
        assert found[-1].number == rules.replay(log).episode
        assert (found[-1].resolved_id is not None) == rules.replay(log).resolved


# --- delivery ---------------------------------------------------------------------------------

receipts = st.sampled_from(
    [DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED]
)


@given(st.sampled_from(list(DeliveryStatus)), st.lists(receipts), st.data())
def test_receipts_may_come_in_any_order_and_twice(
    start: DeliveryStatus, reported: list[DeliveryStatus], data: st.DataObject
) -> None:
    def end(order: list[DeliveryStatus]) -> DeliveryStatus:
        status = start
        for receipt in order:
            status = rules.advance(status, receipt)
        return status

    shuffled = data.draw(st.permutations(reported))
    assert end(reported) == end([*shuffled, *reported])


def test_a_late_failure_beats_sent_but_no_proof_of_delivery() -> None:
    sent, read, failed = DeliveryStatus.SENT, DeliveryStatus.READ, DeliveryStatus.FAILED
    assert rules.advance(sent, failed) is failed
    assert rules.advance(failed, sent) is failed
    assert rules.advance(read, failed) is read
    assert rules.advance(failed, DeliveryStatus.DELIVERED) is DeliveryStatus.DELIVERED
    assert rules.advance(DeliveryStatus.IN_DOUBT, sent) is sent
    assert rules.advance(DeliveryStatus.CANCELLED, sent) is DeliveryStatus.CANCELLED
    assert not rules.accepted(DeliveryStatus.IN_DOUBT)


# --- time -------------------------------------------------------------------------------------


def test_a_stamp_from_the_future_is_clamped() -> None:
    assert rules.clamp(at(5), at(1)) == at(1)
    assert rules.clamp(at(0), at(1)) == at(0)


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, True), (0, False), (1, False)])
def test_the_window_is_open_until_its_very_end(seconds: int, is_open: bool) -> None:
    now = T0 + DAY + timedelta(seconds=seconds)
    assert rules.window_open(DAY, T0, now) is is_open


def test_without_a_window_it_is_always_open_and_before_the_customer_wrote_never() -> None:
    assert rules.window_open(None, None, T0)
    assert not rules.window_open(DAY, None, T0)


def test_a_date_until_includes_that_day_in_the_operators_zone() -> None:
    since, until = rules.interval("2026-03-28", "2026-03-29", "Europe/Berlin")
    assert since is not None
    assert until is not None
    # The clocks go forward that night, so the two days are 47 hours long.
    assert (since.astimezone(UTC), until.astimezone(UTC)) == (
        datetime(2026, 3, 27, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )


def test_instants_stay_instants() -> None:
    since, until = rules.interval("2026-03-01T10:00", "2026-03-01T12:30+02:00", "UTC")
    assert since == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert until == datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "bad",
    ["31.03.2026", "2026-02-30", "yesterday", "2026", "9999-12-31", "\x00", "2026-13-01T00:00"],
)
def test_malformed_dates_are_refused_in_words(bad: str) -> None:
    with pytest.raises(InvalidRequest, match="not a date"):
        rules.interval(None, bad, "UTC")


@pytest.mark.parametrize("bad", ["Mars/Phobos", "", "../../etc/passwd", "\x00", "x" * 5000])
def test_unknown_zones_are_refused_in_words(bad: str) -> None:
    with pytest.raises(InvalidRequest, match="not a time zone"):
        rules.interval("2026-03-01", None, bad)


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="empty"):
        rules.interval("2026-03-02", "2026-03-01", "UTC")


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_days_interval_holds_that_day_and_nothing_else(day: date) -> None:
    since, until = rules.interval(day, day, "America/Sao_Paulo")
    assert since is not None
    assert until is not None
    assert since.date() == day
    assert (until - timedelta(microseconds=1)).date() == day
    assert until.date() == day + timedelta(days=1)


# --- text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Straße", "STRASSE"),
        ("ﬁle", "file"),
        ("İstanbul", "istanbul"),
    ],
)
def test_folding_forgets_case_and_accents(a: str, b: str) -> None:
    assert rules.fold(a) == rules.fold(b)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert rules.fold(rules.fold(text)) == rules.fold(text)
