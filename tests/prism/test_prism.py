"""What is sent to WhatsApp, judged by Prism: another reading of Meta's specification than ours.

`make prism` fetches it and runs this. It judges the form of requests alone, and keeps nothing.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.conformance.judge import whatsapp_specification
from tests.conformance.kit import attempt
from tests.conformance.of_whatsapp import MESSAGES, SIGNALS
from tests.whatsapp.cloud import whatsapp
from workspace.channels.base import Failure, Sent
from workspace.channels.whatsapp.channel import WhatsAppChannel
from workspace.models import FailureKind

_PATIENCE = 90


@pytest.fixture(scope="session")
def url(shared: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    prism = _prism()
    try:
        path = shared("specs/meta/whatsapp-cloud.judge.json")
    except pytest.skip.Exception as missing:
        pytest.fail(f"Prism has nothing to judge by: {missing}")
    found = whatsapp_specification(path)
    spec = tmp_path_factory.mktemp("prism") / "whatsapp.json"
    spec.write_text(json.dumps(found))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [prism, "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(spec)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _wait(port, running)
            # It reads the specification at the first request.
            httpx.post(f"http://127.0.0.1:{port}/", timeout=_PATIENCE)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def _prism() -> str:
    folder = os.environ.get("CONVO_PRISM")
    if not folder:
        pytest.skip("Prism judges in `make prism` only")
    if not shutil.which("node"):
        pytest.fail("Prism needs Node.js, which is not installed")
    path = Path(folder, "node_modules", ".bin", "prism").resolve()
    if not path.exists():
        pytest.fail("Prism could not be fetched (scripts/prism)")
    return str(path)


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        assert running.poll() is None, "Prism ended by itself"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("Prism did not begin to listen")


@pytest.fixture
def channel(url: str) -> Iterator[WhatsAppChannel]:
    channel = whatsapp(base_url=url)
    yield channel
    channel.close()


@pytest.mark.parametrize("name", MESSAGES)
def test_it_takes_each_message(channel: WhatsAppChannel, name: str) -> None:
    found = attempt(channel, MESSAGES[name])
    assert isinstance(found, Sent), found


@pytest.mark.parametrize("name", SIGNALS)
def test_it_takes_each_signal(channel: WhatsAppChannel, name: str) -> None:
    # Its answer to a read receipt is that to a message: only that it is no refusal counts.
    assert channel.perform(channel.encode_signal(SIGNALS[name])).code == 200


def test_it_refuses_what_is_wrong(url: str, channel: WhatsAppChannel) -> None:
    [request] = channel.encode(MESSAGES["a text"])
    body = dict(request.payload.body)
    path = f"{url}/v23.0/1122334455667/messages"
    plain = {
        "authorization": "Bearer x",
        "user-agent": "test/1.0.0",
        "content-type": "application/json",
    }
    for wrong in (body | {"type": 7}, body | {"messaging_product": "mail"}, {"to": "1"}):
        answer = httpx.post(path, content=json.dumps(wrong), headers=plain)
        assert answer.status_code == 422
    nobody = httpx.post(path, json=body, headers={"user-agent": "test/1.0.0"})
    assert nobody.status_code == 401


def test_a_refusal_is_no_success(url: str) -> None:
    channel = whatsapp(base_url=url)
    message = replace(MESSAGES["a text"], reply_to="wamid.1")
    [request] = channel.encode(message)
    wrong = replace(request.payload, body={**request.payload.body, "type": 7})
    found = channel.decode(channel.perform(replace(request, payload=wrong)))
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.INVALID
    channel.close()
