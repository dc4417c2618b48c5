"""What the simulator can be set to, and what it says of wrong settings."""

from datetime import timedelta
from typing import Any

import pytest
from simulating import Make

from workspace.channels.simulated import options
from workspace.channels.simulated.plays import PLAYS
from workspace.errors import ConfigError
from workspace.models import (
    AddressKind,
    DeliveryStatus,
    MediaKind,
    StartRule,
    TextUnit,
)

DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("playing", "address", "start", "window", "limit", "unit", "threads"),
    [
        ("whatsapp", "phone bsuid", "template_only", DAY, 4096, "chars", False),
        ("instagram", "igsid", "never", DAY, 1000, "bytes", False),
        ("telegram", "telegram_chat", "never", None, 4096, "utf16", False),
        ("sms", "phone", "free", None, 1600, "chars", False),
        ("mail", "email", "free", None, 500_000, "chars", True),
        ("simulator", "local", "free", None, 10_000, "chars", False),
    ],
)
def test_it_has_the_limits_of_what_it_plays(
    make: Make,
    playing: str,
    address: str,
    start: str,
    window: timedelta | None,
    limit: int,
    unit: str,
    threads: bool,
) -> None:
    can = make(plays=playing).capabilities
    assert can.kind == playing
    assert can.address == set(map(AddressKind, address.split()))
    assert can.can_start is StartRule(start)
    assert (can.window, can.threads) == (window, threads)
    assert (can.text_limit.n, can.text_limit.unit) == (limit, TextUnit(unit))
    assert bool(can.start_reason) is (can.can_start is not StartRule.FREE)


def test_receipts_and_files_differ_by_channel() -> None:
    read = {k for k, can in PLAYS.items() if DeliveryStatus.READ in can.receipts}
    assert read == {"whatsapp", "instagram", "simulator"}
    assert "audio/ogg" not in PLAYS["instagram"].media[MediaKind.AUDIO].mimes
    assert PLAYS["whatsapp"].media[MediaKind.IMAGE].max_bytes == 5_000_000
    assert set(PLAYS["sms"].media) == {MediaKind.IMAGE}


def test_window_and_start_can_be_changed(make: Make) -> None:
    can = make(record="a", plays="whatsapp", window_hours="1.5", start="free").capabilities
    assert can.window == timedelta(minutes=90)
    assert (can.can_start, can.start_reason) == (StartRule.FREE, "")
    can = make(record="b", plays="sms", start="never").capabilities
    assert can.can_start is StartRule.NEVER
    assert can.start_reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("plays", "fax"),
        ("plays", None),
        ("seed", "many"),
        ("seed", True),
        ("anchor", "yesterday"),
        ("anchor", 5),
        ("clock", "slow"),
        ("pace", "-3"),
        ("pace", "nan"),
        ("pace", "inf"),
        ("pace", []),
        ("customers", 1.5),
        ("customers", -1),
        ("start", "sometimes"),
        ("faults", 0.5),
        ("faults", {"gremlins": 0.1}),
        ("faults", {"timeout": 1.5}),
        ("faults", "timeout"),
        ("password", "x"),
    ],
)
def test_a_wrong_option_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        options.read({name: value})
    assert name in refused.value.message
    assert refused.value.message.endswith(".")


def test_numbers_may_be_text() -> None:
    told = {"seed": "3", "pace": "40", "customers": "10", "faults": "timeout=0.25, lost=0.1"}
    found = options.read(told)
    assert (found.seed, found.pace, found.customers) == (3, 40.0, 10)
    assert (found.faults.timeout, found.faults.lost) == (0.25, 0.1)
