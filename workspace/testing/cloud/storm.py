"""A bad day of webhooks: what the model has to tell, and how badly it can be delivered."""

import json
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from workspace.testing.cloud.model import Cloud
from workspace.testing.cloud.records import Customer

Fields = dict[str, Any]

UNKNOWN = {"field": "a_field_to_come", "value": {"something": [1, {"else": None}]}}
LARGEST_BATCH = 12


def storm(cloud: Cloud, customers: Sequence[Customer], size: int, seed: int = 1) -> list[bytes]:
    """`size` payloads in no order: single ones and batches, many of them twice or more, some of
    kinds nobody knows, some cut off. Whatever is cut off or batched comes whole as well.

    Customers write, and everything that was sent to them gets its receipts. What should be known
    afterwards is in `cloud.written` and `cloud.sent`.
    """
    dice = Random(seed)
    _live(cloud, customers, size // 2, dice)
    told = cloud.take_due()
    raws = [_raw(content) for content in told]
    while len(raws) < size * 3 // 4:
        batch = dice.sample(told, dice.randint(2, LARGEST_BATCH))
        raws.append(_raw({**batch[0], "entry": [e for each in batch for e in each["entry"]]}))
    while len(raws) < size:
        raws.append(_odd(dice.choice(told), dice))
    dice.shuffle(raws)
    return raws


def _live(cloud: Cloud, customers: Sequence[Customer], messages: int, dice: Random) -> None:
    for n in range(messages):
        cloud.advance(timedelta(seconds=1))
        who = dice.choice(customers)
        if n % 40 == 0:
            cloud.writes(who, type="hologram", hologram={"id": str(n)})
        else:
            cloud.writes(who, f"Message {n} of {who.name}")
    for sent in list(cloud.sent.values()):
        if sent.status == "delivered" and dice.random() < 0.6:
            cloud.receipt(sent.id, "read", timedelta(seconds=3))
    cloud.advance(timedelta(minutes=1))


def _odd(content: Fields, dice: Random) -> bytes:
    """Again, of a kind nobody knows, or not whole."""
    raw = _raw(content)
    match dice.randrange(4):
        case 0:
            return raw[: dice.randrange(len(raw))] or b"{"
        case 1:
            entry = {**content["entry"][0], "changes": [UNKNOWN, *content["entry"][0]["changes"]]}
            return _raw({**content, "entry": [entry, {"id": "1", "changes": [UNKNOWN]}]})
        case _:
            return raw


def _raw(content: Fields) -> bytes:
    return json.dumps(content).encode()
