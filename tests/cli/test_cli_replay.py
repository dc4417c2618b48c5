"""convo channel replay, with a hub whose parser knows more than the one before."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from convo import Convo

from workspace import channels
from workspace.channels.base import Channel, Event, Meta, Payload, Unsupported
from workspace.channels.simulated import payloads as simulated
from workspace.client import Workspace, connect
from workspace.errors import NotFound
from workspace.models import Address, AddressKind
from workspace.services import Services, World, payloads
from workspace.settings import Paths, Secrets
from workspace.testing import at_once
from workspace.testing.hub import running_hub

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
STILL = {"answer_after": 0, "clock": "frozen", "anchor": "2026-04-01"}


def create_older(
    kind: str, options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
) -> Channel:
    """A version that knows no payload."""

    def parse(raw: bytes, meta: Meta) -> list[Event]:
        return [Unsupported("", meta.received_at, "what it may be")]

    channel = channels.create(kind, options, secrets, state_path, channel_id)
    channel.parse = parse  # type: ignore[method-assign]
    return channel


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("replay") / "ws"
    with closing(Services.open(Paths(folder), at_once.settings(), World(create_older))) as services:
        channel = services.accounts.add("simulator", "Line", STILL)
        ada = Address(AddressKind.LOCAL, "ada")
        for n in range(3):
            at = DAY + timedelta(days=n)
            raw = simulated.dump([simulated.message(f"sim.{n}", at, ada, "Ada", text=f"Day {n}")])
            content = Payload(raw, Meta(at), "")
            services.journal.append([payloads.record(channel.id, content)])
        services.receiving.apply_pending()
    with running_hub(folder, demo=False) as ws:
        assert not ws.conversations()
        yield ws


@pytest.fixture
def folder(ws: Workspace) -> Path:
    return Path(ws.info().folder)


def test_a_day_then_all_then_nothing_more(convo: Convo, ws: Workspace) -> None:
    told = convo("channel", "replay", "Line", "--since", "2026-03-02", "--until", "2026-03-02")
    assert "1 payloads were read again" in told.stdout
    [row] = ws.conversations()
    assert row.preview.text == "Day 1"
    seen: list[tuple[int, int]] = []
    changed = ws.replay(row.channel_id, progress=lambda *at: seen.append(at))
    assert (changed.payloads, changed.messages, seen) == (3, 2, [(3, 3)])
    again = json.loads(convo("channel", "replay", "Line", "--json").stdout)
    assert again == {"payloads": 3, "messages": 0, "amended": 0, "receipts": 0, "cleared": 0,
                     "broken": 0, "after": None}  # fmt: skip
    assert [m.text for m in ws.messages(row.id)] == ["Day 0", "Day 1", "Day 2"]


def test_what_makes_no_sense_is_named(convo: Convo, ws: Workspace, folder: Path) -> None:
    assert "not a date" in convo("channel", "replay", "Line", "--since", "soon", code=2).stderr
    assert "Elsewhere" in convo("channel", "replay", "Elsewhere", code=2).stderr
    with connect(folder) as other, pytest.raises(NotFound):
        other.replay(2**60)
