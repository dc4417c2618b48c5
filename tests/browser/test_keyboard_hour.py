"""An hour's work by keyboard alone: fifty conversations, the mouse untouched.

What became of it is asked of the hub and of the providers, not of the screen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.browser import hour
from tests.browser.desk import Desk
from tests.browser.hour import DELETED, OWN_LINE, PHOTOS, SAID, SIZE, VOICE, WHATSAPP, customer
from tests.browser.lab import CELLS, Inbox, Lab, inbox_of
from tests.browser.samples import file, sound
from tests.browser.stage import Stage, address, stage
from workspace import connect
from workspace.channels.base import Outbound
from workspace.client import Workspace
from workspace.models import Conversation, DeliveryStatus, Direction

ARRIVED = {DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ}
READ = {"marked_read", "marked_unread"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Fifty customers wait; the first one wrote last. Sends wait for Undo."""
    with (
        stage(tmp_path_factory.mktemp("office") / "demo") as office,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(office.services.replies, "_undo", timedelta(seconds=12))
        office.ws.save_canned_reply("hello", "Hello {{first_name}}, thank you.")
        for name in ("SMS", "WhatsApp"):
            office.channel(name, plays=name.lower())
        for n in range(SIZE, 0, -1):
            simulator = office.channel("WhatsApp" if n in WHATSAPP else "SMS")
            said = SAID.get(n, f"A question, number {n}")
            more = {"files": files(n)} if files(n) else {}
            simulator.customer_writes(address(customer(n), simulator), said, customer(n), **more)
            office.until(lambda left=SIZE - n + 1: office.ws.conversations(limit=1).total >= left)
        yield office


def files(n: int) -> list[dict[str, object]]:
    if n == VOICE:
        return [file("voice.wav", "audio/wav", sound(20))]
    return [{"media": f"photo/mug/{at}"} for at in range(2)] if n == PHOTOS else []


@pytest.fixture
def provided(office: Stage, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the providers were given for each address, in order."""
    took: dict[str, list[str]] = defaultdict(list)

    def watch(perform: Callable[..., object]) -> Callable[..., object]:
        def performed(request: object) -> object:
            payload = request.payload  # type: ignore[attr-defined]
            if isinstance(payload, Outbound):  # or that somebody reads
                took[payload.to.value].append(payload.text)
            return perform(request)

        return performed

    for name in ("SMS", "WhatsApp"):
        simulator = office.channel(name)
        monkeypatch.setattr(simulator, "perform", watch(simulator.perform))
    return took


@pytest.fixture
def operator(office: Stage) -> Iterator[Workspace]:
    """As whom the notebook works."""
    with connect(office.ws.info().folder) as operator:
        yield operator


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_an_hour_by_keyboard_alone(
    lab: Lab,
    office: Stage,
    operator: Workspace,
    provided: dict[str, list[str]],
    pictures: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    cells = ("# Monday", inbox_of(office.ws.info().folder), "kept = 1")
    with lab.open(lab.blank("hour", *cells)) as page:
        desk = Desk(Inbox(page), pictures)
        hour.come_in(desk)
        written = page.evaluate(CELLS)
        sources = [cells[0], f"{cells[1]}\n{OWN_LINE}", cells[2]]
        assert written == [["code", source] for source in sources]
        hour.answer(desk)
        hour.note(desk)
        hour.narrow(desk)
        hour.sweep(desk)
        hour.take_back(desk)
        hour.compose(desk, tmp_path)
        hour.see_and_hear(desk)
        hour.put_in_order(desk)
        hour.many_at_once(desk)
        hour.start_one(desk)
        hour.look_around(desk)
        hour.save(desk)
        assert page.evaluate(CELLS) == written
        assert page.evaluate("pointed") == []
    assert customer(DELETED) not in {row.contact_name for row in office.rows()}
    assert len(office.rows()) == SIZE
    meant_is_done(desk, office, operator, provided)
    record_property("keys", desk.keys)
    record_property("letters", desk.letters)
    record_property("spent", desk.spent)
    assert desk.keys / SIZE < 10


# --- what became of it ----------------------------------------------------------------------------


def meant_is_done(
    desk: Desk, office: Stage, operator: Workspace, provided: dict[str, list[str]]
) -> None:
    office.until(lambda: all(arrived(operator, row) for row in office.rows()))
    rows = {row.contact_name: row for row in office.rows()}
    for name, row in rows.items():
        meant = desk.meant[name]
        page = operator.messages(row.id, limit=100)
        of = {way: [m for m in page if m.direction is way] for way in Direction}
        assert [m.text for m in of[Direction.OUTBOUND]] == meant.sent, name
        assert provided[row.address.value] == meant.sent, name
        assert [m.text for m in of[Direction.NOTE]] == meant.notes, name
        ours = [*of[Direction.OUTBOUND], *of[Direction.NOTE]]
        assert {m.author for m in ours} <= {operator.actor}, name
        done = [event for event in page.events if event.kind not in READ]
        assert [str(event.kind) for event in done] == meant.events, name
        assert {event.actor for event in done} <= {operator.actor}, name
        assert row.archived == meant.archived, name
        assert row.status is meant.status, name
        assert not meant.unread or row.unread > 0, name
        draft = operator.draft(row.id)
        assert (draft.text if draft else "") == meant.draft, name


def arrived(ws: Workspace, row: Conversation) -> bool:
    sent = [m for m in ws.messages(row.id) if m.direction is Direction.OUTBOUND]
    return all(m.delivery_status in ARRIVED for m in sent)
