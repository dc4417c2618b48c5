"""The listener for webhooks: what it takes, what it refuses, and that strangers learn nothing."""

import contextlib
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cloud import OPTIONS, SECRETS
from signed import HELLO, signature
from wires import HALF_A_HEAD, NO_BODY, wire

from workspace.errors import ConfigError, JournalUnavailable
from workspace.hub import connections
from workspace.hub.bodies import MAX_BODY
from workspace.hub.webhooks import (
    CONNECTIONS,
    MAX_HEADERS,
    STRANGERS,
    Listener,
    parsed,
)
from workspace.models import Rate
from workspace.services import Services
from workspace.services.accounts import Accounts
from workspace.services.filters import Filter
from workspace.settings import Paths, Settings
from workspace.testing.cloud import Cloud, CloudServer, Customer, NotSubscribed


def test_a_signed_payload_is_kept_and_applied(
    services: Services, post: Callable[..., httpx.Response], channel: int
) -> None:
    answer = post(HELLO, **signature(HELLO))
    assert (answer.status_code, answer.content) == (200, b"")
    assert services.receiving.apply_pending() == 1
    [row] = services.inbox.conversations(Filter()).rows
    assert (row.channel_id, row.address.value, row.preview.text) == (
        channel, "+972987654321", "Hello",
    )  # fmt: skip
    assert services.accounts.get(channel).state == "connected"


def test_the_provider_tells_an_address_that_proves_to_be_ours(
    services: Services, listener: Listener, channel: int
) -> None:
    server = CloudServer(Cloud())
    for address, token in (
        (f"{listener.url}{channel}", "another"),
        (f"{listener.url}{channel + 9}", None),
        (f"http://127.0.0.1:1/webhooks/{channel}", None),
    ):
        with pytest.raises(NotSubscribed):
            server.subscribe(address, token)
    server.cloud.writes(Customer("4915112345678", "Ada"), "Hello")
    server.advance()
    assert (server.refused, kept(services)) == ([0], 0)
    server.subscribe(f"{listener.url}{channel}")
    server.advance(timedelta(minutes=1))
    assert services.receiving.apply_pending() == 1
    [row] = services.inbox.conversations(Filter()).rows
    assert (row.address.value, row.preview.text) == ("+4915112345678", "Hello")


def kept(services: Services) -> int:
    return services.journal.last()


def test_what_is_not_signed_is_not_kept(
    services: Services, post: Callable[..., httpx.Response]
) -> None:
    altered = HELLO.replace(b"Hello", b"Hallo")
    for content, headers in (
        (HELLO, {}),
        (altered, signature(HELLO)),
        (HELLO, signature(HELLO, "another")),
        (HELLO, {"x-hub-signature-256": "sha256="}),
    ):
        answer = post(content, **headers)
        assert (answer.status_code, answer.content) == (403, b"")
    assert kept(services) == 0


def test_other_addresses_tell_nothing(
    services: Services, post: Callable[..., httpx.Response], listener: Listener, channel: int
) -> None:
    mail = services.accounts.add(
        "mail", "Mail",
        {
            "address": "a@example.org", "password": "env:X", "imap_host": "127.0.0.1",
            "smtp_host": "127.0.0.1",
        },
    ).id  # fmt: skip
    for to in (
        channel + 999,
        mail,
        0,
        -1,
        "x",
        "1" * 500,
        f"{channel:020}{'5' * 5000}",
        "%00",
        "٣",
        "..%2f1",
        f"{channel}/",
    ):
        answer = post(HELLO, to, **signature(HELLO))
        assert (answer.status_code, kept(services)) == (404, 0), to
    root = listener.url.removesuffix("webhooks/")
    for path in ("", "v1/conversations", "docs", "openapi.json", "webhooks", "webhooks/"):
        assert httpx.get(f"{root}{path}").status_code == 404
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert httpx.request(method, f"{listener.url}{channel}").status_code == 405
    headers = httpx.get(f"{listener.url}{channel}").headers
    assert "server" not in headers


def test_the_handshake(listener: Listener, channel: int) -> None:
    asked = {
        "hub.mode": "subscribe", "hub.challenge": "1158201444",
        "hub.verify_token": SECRETS["WA_VERIFY"],
    }  # fmt: skip
    answer = httpx.get(f"{listener.url}{channel}", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    wrong = httpx.get(f"{listener.url}{channel}", params=asked | {"hub.verify_token": "x"})
    assert (wrong.status_code, wrong.content) == (403, b"")


def test_what_is_too_large_is_refused(
    services: Services, post: Callable[..., httpx.Response]
) -> None:
    large = b"x" * (MAX_BODY + 1)
    assert post(large, **signature(large)).status_code == 413
    edge = b"x" * MAX_BODY
    assert post(edge, **signature(edge)).status_code == 200
    assert kept(services) == 1


def test_so_are_endless_headers(post: Callable[..., httpx.Response], services: Services) -> None:
    for size in (MAX_HEADERS, 2 * MAX_HEADERS, 20 * MAX_HEADERS):
        answer = post(HELLO, **signature(HELLO), **{"x-long": "x" * size})
        assert answer.status_code in (400, 431)
    assert kept(services) == 0


def test_a_body_that_breaks_off_is_not_kept(
    services: Services, listener: Listener, channel: int
) -> None:
    host, port = listener.url.split("/")[2].split(":")
    with socket.create_connection((host, int(port))) as wire:
        head = f"POST /webhooks/{channel} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(HELLO)}\r\n"
        sign = signature(HELLO)["x-hub-signature-256"]
        wire.sendall(f"{head}X-Hub-Signature-256: {sign}\r\n\r\n".encode() + HELLO[:-9])
    assert httpx.get(f"{listener.url}{channel}").status_code == 403  # it goes on
    assert kept(services) == 0


def test_too_many_are_asked_to_come_later(services: Services, channel: int) -> None:
    with closing(
        Listener("127.0.0.1:0", services.webhooks, Rate(1, timedelta(hours=1), burst=2))
    ) as listener:
        url = f"{listener.url}{channel}"
        codes = [
            httpx.post(url, content=HELLO, headers=signature(HELLO)).status_code for _ in range(4)
        ]
        assert codes == [200, 200, 429, 429]
        assert httpx.post(url, content=HELLO).headers["retry-after"] == "1"


def test_what_is_too_much_is_not_even_read(services: Services, channel: int) -> None:
    once = Rate(1, timedelta(hours=1), burst=1)
    with closing(Listener("127.0.0.1:0", services.webhooks, once)) as listener:
        url = f"{listener.url}{channel}"
        assert httpx.post(url, content=HELLO, headers=signature(HELLO)).status_code == 200
        with closing(wire(listener)) as half:
            half.sendall(f"POST /webhooks/{channel} HTTP/1.1\r\nHost: x\r\n".encode())
            half.sendall(b"Content-Length: 4000000\r\n\r\n")
            assert half.recv(20).startswith(b"HTTP/1.1 429")


def test_strangers_use_up_their_own_share(
    services: Services, post: Callable[..., httpx.Response]
) -> None:
    codes = [post(b"junk").status_code for _ in range(STRANGERS.burst * 3)]
    assert set(codes) == {403, 429}
    assert post(HELLO, **signature(HELLO)).status_code == 200
    assert kept(services) == 1


# --- half-open connections ------------------------------------------------------------------------


def test_silence_is_ended(
    listener: Listener, channel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    answered = f"GET /webhooks/{channel} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    refused = HALF_A_HEAD + b"Content-Length: 99\r\n\r\n{"  # its body is not read
    for said in (b"", HALF_A_HEAD, answered, answered + HALF_A_HEAD, refused):
        with closing(wire(listener)) as silent:
            silent.sendall(said)
            while silent.recv(4096):  # ends by their closing; its timeout is an error
                pass


@pytest.mark.parametrize("said", [b"", HALF_A_HEAD, NO_BODY, NO_BODY + b"{"])
def test_a_crowd_that_never_finishes_keeps_nobody_out(
    listener: Listener, post: Callable[..., httpx.Response], services: Services, said: bytes
) -> None:
    """Their deadline is far off: the oldest make room."""
    crowd = [wire(listener) for _ in range(2 * CONNECTIONS)]
    for each in crowd:
        with contextlib.suppress(ConnectionError):
            each.sendall(said)
    assert post(HELLO, **signature(HELLO)).status_code == 200
    assert kept(services) == 1
    for each in crowd:
        each.close()


def test_a_full_disk_is_told_by_no_acknowledgement(
    services: Services, post: Callable[..., httpx.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(records: object) -> None:
        raise JournalUnavailable("The disk is full.")

    monkeypatch.setattr(services.journal, "append", full)
    answer = post(HELLO, **signature(HELLO))
    assert (answer.status_code, answer.content) == (503, b"")


def test_a_missing_secret_is_shown_with_the_channel(
    services: Services, post: Callable[..., httpx.Response], channel: int, tmp_path: Path
) -> None:
    accounts: Accounts = services.accounts
    unset = accounts.add("whatsapp", "Other", {**OPTIONS, "app_secret": "env:WA_UNSET"}).id
    assert post(HELLO, unset, **signature(HELLO)).status_code == 503
    model = accounts.get(unset)
    assert (model.state, "WA_UNSET" in model.state_detail) == ("failing", True)


def test_nothing_of_it_is_in_the_log(
    post: Callable[..., httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    post(HELLO, **signature(HELLO))
    post(HELLO)
    said = caplog.text
    for secret in (*SECRETS.values(), "972987654321", "Hello"):
        assert secret not in said


@pytest.mark.parametrize("address", ["", "8443", "127.0.0.1", "127.0.0.1:x", "a:99999", ":1"])
def test_odd_addresses_are_named(address: str) -> None:
    with pytest.raises(ConfigError, match=r"127\.0\.0\.1:8443"):
        parsed(address)


def test_an_address_that_is_taken_is_named(services: Services, listener: Listener) -> None:
    taken = listener.url.split("/")[2]
    with pytest.raises(ConfigError, match="can't be used"):
        Listener(taken, services.webhooks)


def test_the_settings_name_it(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.settings.write_text('webhooks = "127.0.0.1:8443"\n')
    assert Settings.load(paths).webhooks == "127.0.0.1:8443"
    paths.settings.write_text("webhooks = 8443\n")
    with pytest.raises(ConfigError, match="webhooks must be text"):
        Settings.load(paths)
