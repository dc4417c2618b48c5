"""A verb asked for twice with one key happens once, and both times gives the same answer."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import TypeAdapter

from workspace.errors import Conflict
from workspace.store.driver import Driver
from workspace.store.sql import query

T = TypeVar("T")


def once(
    tx: Driver,
    key: str | None,
    request: Mapping[str, Any],
    result_type: Any,
    work: Callable[[], T],
) -> T:
    """Do `work` in this transaction, or give the answer of the first time.

    `request` is everything that makes two requests different, in JSON values. Without a key the
    work is simply done. Raises Conflict for one key with two requests.
    """
    if key is None:
        return work()
    asked = sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    adapter = TypeAdapter(result_type)
    for request_hash, response in tx.execute(query("idempotency.find"), [key]):
        if request_hash != asked:
            raise Conflict(
                "This idempotency key was used for another request; make a new key for each."
            )
        answer: T = adapter.validate_json(response)
        return answer
    result = work()
    tx.execute(query("idempotency.keep"), [key, asked, adapter.dump_json(result).decode()])
    return result


def trim(tx: Driver) -> None:
    """Forget keys older than a day: a client retries for minutes."""
    tx.execute(query("idempotency.trim"))
