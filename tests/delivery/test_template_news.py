"""What a provider tells of its templates while, before and after they are read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from wire import CAPABILITIES, NOW, Office, Wire, open_office

from workspace.channels.base import TemplateChanged
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.errors import ConvoError, Unauthorized
from workspace.models import Template
from workspace.store import templates

[HELLO] = [t for t in CATALOGUE if (t.name, t.language) == ("hello", "en")]


@dataclass
class Telling(Wire):
    """A provider that has something to tell while it gives its list."""

    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    broken: ConvoError | None = None

    def templates(self) -> list[Template]:
        listed = super().templates()
        while self.meanwhile:
            self.meanwhile.pop()()
        if self.broken:
            raise self.broken
        return listed


@pytest.fixture
def wire() -> Telling:
    return Telling(capabilities=CAPABILITIES, offers=[HELLO])


@pytest.fixture
def office(tmp_path: Path, wire: Telling) -> Iterator[Office]:
    office = open_office(tmp_path, wire)
    yield office
    office.services.close()


def tell(office: Office, status: str, at: datetime = NOW) -> None:
    raw = f"{status} {at}".encode()
    office.wire.parsed[raw] = [TemplateChanged("7", at, HELLO.name, HELLO.language, status)]
    office.tell(raw)


def found(office: Office) -> Template:
    [template] = office.services.templates.of(office.channel)
    return template


def mark_stale(office: Office) -> None:
    """As a webhook that tells a change in part."""
    office.services.store.write(lambda tx: templates.stale(tx, office.channel))


def test_one_that_can_t_be_reached_is_not_asked_by_each_reader(
    office: Office, wire: Telling
) -> None:
    def asked() -> None:
        times.append(office.clock.now)

    def read() -> None:
        wire.meanwhile = [asked]
        with pytest.raises(Unauthorized, match="no longer valid"):
            office.services.templates.of(office.channel)

    times: list[datetime] = []
    office.services.syncing.channel_removed(office.channel)  # as if it was never asked
    wire.broken = Unauthorized("The token is no longer valid.")
    for _ in range(2):
        read()
    assert times == [NOW]
    office.clock.advance(60)
    for _ in range(2):
        read()
    assert times == [NOW, office.clock.now]
    wire.broken = None
    office.clock.advance(600)
    assert found(office) == replace(HELLO, channel_id=office.channel)


@pytest.mark.parametrize("readings_before", [0, 1])
def test_what_becomes_stale_while_it_is_read_is_read_again(
    office: Office, wire: Telling, readings_before: int
) -> None:
    syncing = office.services.syncing
    for _ in range(readings_before):
        syncing.sync()
    edited = replace(HELLO, body="Hello there!")

    def edit() -> None:
        wire.offers = [edited]
        mark_stale(office)

    wire.meanwhile = [edit]
    syncing.sync()
    assert found(office).body == HELLO.body
    assert syncing.sync_due() == 1
    assert found(office).body == edited.body
    assert syncing.sync_due() == 0


def test_a_mark_from_before_the_reading_is_done_with_it(office: Office) -> None:
    found(office)
    mark_stale(office)
    assert office.services.syncing.sync_due() == 1
    assert office.services.syncing.sync_due() == 0


def test_a_reading_that_broke_off_is_due_still(office: Office, wire: Telling) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    wire.meanwhile = [die]
    with pytest.raises(KeyboardInterrupt):
        office.services.syncing.sync()
    assert office.services.syncing.untried() == [office.channel]
    assert office.services.syncing.sync_due() == 1


def test_a_list_asked_for_earlier_does_not_let_older_news_win(
    office: Office, wire: Telling
) -> None:
    found(office)
    wire.clock = asked = NOW + timedelta(seconds=100)

    def pause() -> None:
        wire.clock = asked + timedelta(seconds=5)
        tell(office, "PAUSED", wire.clock)

    wire.offers, wire.meanwhile = [replace(HELLO, body="Hello there!")], [pause]
    office.services.syncing.sync()
    assert (found(office).body, found(office).status) == ("Hello there!", "PAUSED")
    tell(office, "APPROVED", asked + timedelta(seconds=2))
    assert found(office).status == "PAUSED"


@pytest.mark.parametrize("word", ["REINSTATED", "UNARCHIVED"])
def test_what_happened_to_a_template_has_the_list_read(
    office: Office, wire: Telling, word: str
) -> None:
    wire.offers = [replace(HELLO, status="DISABLED")]
    assert found(office).status == "DISABLED"
    wire.offers = [HELLO]
    tell(office, word)
    assert office.services.syncing.sync_due() == 1
    assert found(office).status == "APPROVED"


def test_a_deleted_one_is_gone_soon(office: Office, wire: Telling) -> None:
    found(office)
    wire.offers = []
    tell(office, "DELETED")
    assert office.services.syncing.sync_due() == 1
    assert office.services.templates.of(office.channel) == []


@pytest.mark.parametrize("status", ["PENDING", "REJECTED", "PAUSED", "DISABLED", "APPROVED"])
def test_what_a_template_is_needs_no_reading(office: Office, status: str) -> None:
    found(office)
    tell(office, status)
    assert found(office).status == status
    assert office.services.syncing.sync_due() == 0
