"""How the hub says no."""

import httpx


def refused(answer: httpx.Response, status: int, code: str, *words: str) -> None:
    told = answer.json()
    assert (answer.status_code, told["error"]) == (status, code), told
    assert set(told) == {"error", "message", "detail"}
    assert told["message"].endswith((".", "?")) or " " in told["message"]
    for word in words:
        assert word in told["message"]
    assert len(answer.content) < 1_000, "what was wrong must not come back at length"
