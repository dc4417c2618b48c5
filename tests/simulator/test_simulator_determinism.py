"""The same seed and anchor give the same world, byte for byte, in any process."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from simulating import ANCHOR, Make, happened, send

from workspace.channels import create
from workspace.channels.simulated import feed
from workspace.channels.simulated.history import World
from workspace.channels.simulated.plays import PLAYS
from workspace.settings import Paths, Secrets

DIGEST = """
import hashlib, sys, tempfile
from datetime import timedelta
from pathlib import Path
from simulating import ANCHOR, happened, send
from workspace.channels.simulated import feed, payloads
from workspace.channels.simulated.history import World
from workspace.channels.simulated.media import media
from workspace.channels.simulated.plays import PLAYS
from workspace.channels.simulator import Simulator

seed = int(sys.argv[1])
digest = hashlib.sha256()
files = set()
for playing in PLAYS:
    world = World(seed, ANCHOR, playing, 40)
    for number in range(40):
        plan = world.plan(number)
        for chapter in plan.chapters:
            for _, events in feed.chapter(world, plan, chapter):
                digest.update(payloads.dump(events))
                files |= {f["media"] for e in events for f in e.get("files", ())}
    with tempfile.TemporaryDirectory() as folder:
        options = {"plays": playing, "seed": seed, "anchor": ANCHOR, "clock": "frozen",
                   "customers": 40, "pace": 60, "start": "free", "window_hours": 0}
        simulator = Simulator(options, Path(folder) / "1.sqlite")
        for number in range(8):
            send(simulator, "Could you send a photo?", to=world.person(number).address)
        simulator.advance(timedelta(hours=1))
        for payload in happened(simulator):
            digest.update(payload.raw + payload.cursor.encode())
        simulator.close()
for name in sorted(files):
    digest.update(media(name).data)
print(digest.hexdigest())
"""


def digest_in_a_new_process(seed: int, hash_seed: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, str(seed)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=Path(__file__).parent,
    )
    return done.stdout.strip()


@pytest.mark.slow
def test_two_processes_see_the_same_world_and_another_seed_another() -> None:
    first = digest_in_a_new_process(7, hash_seed=1)
    assert digest_in_a_new_process(7, hash_seed=2) == first
    assert digest_in_a_new_process(8, hash_seed=1) != first


def test_the_anchor_moves_the_past() -> None:
    later = ANCHOR + timedelta(days=10)
    assert World(1, ANCHOR, "sms", 5).plan(0) != World(1, later, "sms", 5).plan(0)


@pytest.mark.parametrize("playing", PLAYS)
def test_nothing_of_the_past_lies_after_the_anchor_or_out_of_order(playing: str) -> None:
    world = World(3, ANCHOR, playing, 120)
    for number in range(world.customers):
        plan = world.plan(number)
        times = [m.at for c in plan.chapters for m in c.moments]
        assert times == sorted(times)
        assert ANCHOR - timedelta(days=90) < times[0]
        assert times[-1] <= ANCHOR
        for chapter, following in zip(plan.chapters, plan.chapters[1:], strict=False):
            assert chapter.resolved_at is not None
            assert chapter.moments[-1].at < chapter.resolved_at < following.moments[0].at


def test_ids_are_unique_in_the_whole_world() -> None:
    ids: list[str] = []
    for playing in PLAYS:
        world = World(3, ANCHOR, playing, 60)
        for number in range(60):
            plan = world.plan(number)
            for chapter in plan.chapters:
                for _, events in feed.chapter(world, plan, chapter):
                    ids += [e["id"] for e in events if e["type"] == "message"]
    assert len(ids) == len(set(ids))


def test_the_same_sends_bring_about_the_same(make: Make) -> None:
    def world(record: str) -> list[bytes]:
        simulator = make(record=record, plays="simulator", customers=5, pace=30, seed=4)
        for text in ("One?", "Two, thanks", "Could you send a picture?"):
            send(simulator, text)
            simulator.advance(timedelta(minutes=1))
        return [p.raw for p in happened(simulator)]

    first = world("a")
    assert len(first) > 10
    assert world("b") == first


def test_it_is_a_channel_of_the_registry(tmp_path: Path) -> None:
    channel = create("simulator", {"plays": "sms"}, Secrets(Paths(tmp_path)), tmp_path, 7)
    assert channel.capabilities.kind == "sms"
    assert (tmp_path / "7.sqlite").exists()
    assert all(check.ok for check in channel.test())
    channel.close()
