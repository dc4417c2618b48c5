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
    first: T | None = recall(tx, key, request, result_type)
    if first is not None:
        return first
    result = work()
    text = TypeAdapter(result_type).dump_json(result).decode()
    tx.execute(query("idempotency.keep"), [key, _hash(request), text])
    return result


def recall(db: Driver, key: str, request: Mapping[str, Any], result_type: Any) -> Any:
    """The answer that a request with this key was given; None: there was none yet.

    Raises Conflict for one key with two requests.
    """
    asked = _hash(request)
    for request_hash, response in db.execute(query("idempotency.find"), [key]):
        if request_hash != asked:
            raise Conflict(
                "This idempotency key was used for another request; make a new key for each."
            )
        return TypeAdapter(result_type).validate_json(response)
    return None


def _hash(request: Mapping[str, Any]) -> str:
    return sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def trim(tx: Driver) -> None:
    """Forget keys older than a day: a client retries for minutes."""
    tx.execute(query("idempotency.trim"))
