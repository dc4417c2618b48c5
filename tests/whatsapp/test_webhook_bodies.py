"""Bodies of webhooks: which are read at all, and how much memory they may take."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import timedelta

import httpx
import pytest
from signed import HELLO, signature
from wires import NO_BODY, answer, hang_up, head, wire

from workspace.hub import bodies, webhooks
from workspace.hub.webhooks import Listener
from workspace.models import Rate
from workspace.services import Services

INVENTED = {"x-hub-signature-256": "sha256=00"}


def test_what_can_not_be_taken_is_refused_before_its_body(listener: Listener, channel: int) -> None:
    for to, headers, status in (
        (channel, {}, 403),
        (channel + 999, INVENTED, 404),
        ("x", INVENTED, 404),
        ("1" * 30, {}, 404),
    ):
        with closing(wire(listener)) as half:
            half.sendall(head(to, 4_000_000, **headers))
            assert answer(half).startswith(f"http/1.1 {status}"), to


def test_so_are_strangers_beyond_their_limit(
    services: Services, channel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "STRANGERS", Rate(1, timedelta(hours=1), burst=1))
    with closing(Listener("127.0.0.1:0", services.webhooks)) as listener:
        for to, status in ((channel, 403), (channel, 429), ("x", 429)):
            with closing(wire(listener)) as half:
                half.sendall(head(to, 4_000_000))
                assert answer(half).startswith(f"http/1.1 {status}")
        url = f"{listener.url}{channel}"
        assert httpx.post(url, content=HELLO, headers=signature(HELLO)).status_code == 200


def test_a_body_that_is_not_read_is_no_next_request(
    services: Services, listener: Listener, channel: int
) -> None:
    genuine = head(channel, len(HELLO), **signature(HELLO)) + HELLO
    with closing(wire(listener)) as kept:
        kept.sendall(head(channel, len(genuine)) + genuine + genuine)  # all at once
        assert answer(kept).startswith("http/1.1 403")
        assert answer(kept).startswith("http/1.1 200")
        kept.sendall(head(channel, len(genuine)))
        assert answer(kept).startswith("http/1.1 403")
        kept.sendall(genuine + genuine)  # once it is refused
        assert answer(kept).startswith("http/1.1 200")
    assert services.journal.count() == 2


def test_half_bodies_do_not_fill_the_memory(
    services: Services,
    listener: Listener,
    channel: int,
    post: Callable[..., httpx.Response],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "BODIES", 300_000)
    with ExitStack() as stack:
        crowd = [stack.enter_context(wire(listener)) for _ in range(3)]
        for each, size in zip(crowd, (100_000, 100_000, 150_000), strict=True):
            each.sendall(head(channel, 4_000_000, **INVENTED) + b"x" * size)
        said = answer(crowd.pop())  # the largest
        assert said.startswith("http/1.1 429")
        assert "retry-after: 1" in said
        assert post(HELLO, **signature(HELLO)).status_code == 200
        for each in crowd:
            hang_up(each)
    large = b"x" * 300_000
    for _ in range(2):  # what they held is free again, and so is what was answered
        assert post(large, **signature(large)).status_code == 200
    assert services.journal.count() == 3


def test_a_body_that_takes_too_long_is_not_waited_for(
    services: Services, listener: Listener, channel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.1)
    with closing(wire(listener)) as slow:
        slow.sendall(NO_BODY + b"{")
        assert answer(slow).startswith("http/1.1 408")
    assert services.journal.count() == 0


def test_more_than_can_be_served_at_once_are_to_come_again(
    services: Services, channel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "CONNECTIONS", 5)
    with closing(Listener("127.0.0.1:0", services.webhooks)) as listener, ExitStack() as stack:
        crowd = [stack.enter_context(wire(listener)) for _ in range(5)]
        url = f"{listener.url}{channel}"
        assert httpx.post(url, content=HELLO, headers=signature(HELLO)).status_code == 503
        for each in crowd:
            hang_up(each)
        assert httpx.post(url, content=HELLO, headers=signature(HELLO)).status_code == 200
    assert services.journal.count() == 1
