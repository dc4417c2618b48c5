"""Days are counted in the zone of the machine that asks, which a process learns at its start."""

import json
import os
import subprocess
import sys
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from workspace.client import Workspace

EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""14 hours before UTC, and 11 behind it."""


def run(zone: str, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("zone", "found"),
    [
        (EAST, EAST),
        (":Europe/Berlin", "Europe/Berlin"),
        ("/usr/share/zoneinfo/Asia/Kolkata", "Asia/Kolkata"),
        ("<+03>-3", "UTC"),  # a rule without a name
    ],
)
def test_the_zone_of_the_machine(zone: str, found: str) -> None:
    if zone.startswith("/") and not Path(zone).exists():
        pytest.skip("this system has no zone files")
    code = "from workspace.client.zone import local_zone; print(local_zone())"
    assert run(zone, "-c", code).strip() == found


def test_a_day_is_a_day_of_this_machine_unless_another_zone_is_named(ws: Workspace) -> None:
    row = ws.conversations(limit=1)[0]
    at = row.last_activity_at.astimezone(UTC)
    far = EAST if at.hour >= 10 else WEST
    day = at.astimezone(ZoneInfo(far)).date().isoformat()
    assert day != at.date().isoformat()

    def listed(zone: str, *more: str) -> set[int]:
        dates = ("--since", day, "--until", day, "--limit", "500", "--json")
        folder = ws.info().folder
        told = run(zone, "-m", "workspace.cli", "list", "--folder", folder, *dates, *more)
        return {int(one["id"]) for one in json.loads(told)}

    there = {one.id for one in ws.conversations(since=day, until=day, zone=far, limit=500)}
    assert row.id in there
    assert listed(far) == there
    assert listed("UTC", "--zone", far) == there
    assert row.id not in listed("UTC")
    assert row.id not in listed(far, "--zone", "UTC")
