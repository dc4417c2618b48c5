"""The simulated Cloud API refuses what Meta's specification refuses, and breaks at nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.conformance.judge import Judge, Refused
from tests.conformance.judge import whatsapp as judge_of_whatsapp
from tests.conformance.of_whatsapp import BSUID, MESSAGES, PHONE, SIGNALS
from tests.conformance.wrecks import VALUES, replaced, ways, wrecks
from workspace.channels.base import Outbound, React, Seen
from workspace.channels.whatsapp import encode
from workspace.testing.cloud import Cloud, CloudServer, Customer
from workspace.testing.cloud.model import Answer

HEADERS = {"authorization": "Bearer x", "user-agent": "test/1.0.0"}
ADA = Customer(PHONE.value[1:], "Ada", BSUID.value)


@pytest.fixture(scope="session")
def meta(shared: Callable[[str], Path]) -> Judge:
    return judge_of_whatsapp(shared("specs/meta/whatsapp-cloud.judge.json"))


def prepared(name: str) -> tuple[Cloud, Any]:
    """A provider whom the customer wrote to, who has the file and approved all templates; and what
    is sent to it.
    """
    cloud = Cloud()
    cloud.templates = [replace(each, status="APPROVED") for each in cloud.templates]
    what = _about((MESSAGES | SIGNALS)[name], cloud.writes(ADA, "Hello"))
    call = encode.signal(what) if isinstance(what, React | Seen) else encode.message(what)
    if call.file is None:
        return cloud, dict(call.body)
    id = cloud.keep(call.file.mime, call.file.data)
    return cloud, encode.with_file(call, id)


def _about(what: Outbound | React | Seen, heard: str) -> Outbound | React | Seen:
    """The same about a message that there is."""
    if isinstance(what, React | Seen):
        return replace(what, provider_id=heard)
    return replace(what, reply_to=heard) if what.reply_to else what


def answer(name: str, body: Any) -> Answer:
    return prepared(name)[0].send(body)


URL = "http://127.0.0.1/v23.0/1122334455667/messages"


def judged(meta: Judge, body: Any) -> None:
    meta.judge(httpx.Request("POST", URL, headers=HEADERS, json=body))


@pytest.mark.parametrize("name", [*MESSAGES, *SIGNALS])
@pytest.mark.slow
def test_what_the_judge_refuses_it_refuses(meta: Judge, name: str) -> None:
    _, body = prepared(name)
    judged(meta, body)  # else what is wrong with each wreck would be no news
    assert answer(name, body)[0] == 200
    let_through = []
    for what, wreck in wrecks(body, ()):
        try:
            judged(meta, wreck)
        except Refused:
            status, _ = answer(name, wreck)
            if not 400 <= status < 500:
                let_through.append(what)
    assert not let_through


@given(data=st.data())
def test_it_answers_whatever_is_sent(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*MESSAGES, *SIGNALS]))
    _, body = prepared(name)
    way = data.draw(st.sampled_from(list(ways(body))))
    wreck = data.draw(VALUES | st.just(replaced(body, way, data.draw(VALUES))))
    status, said = answer(name, wreck)
    assert status == 200 or 400 <= status < 500
    json.dumps(said, ensure_ascii=False).encode()


ODD_TEXT = st.text(st.characters()) | st.sampled_from(["\ud800", "9" * 5_000, "-1", "٣", ""])
"""With halves of characters, which JSON can say."""
ODD = st.recursive(VALUES | ODD_TEXT, lambda inner: st.lists(inner, max_size=2), max_leaves=3)


@pytest.fixture(scope="module")
def client() -> TestClient:
    """Fails where the app does, instead of answering 500."""
    server = CloudServer(Cloud())
    token = server.cloud.account.token
    return TestClient(server.app(), headers={"authorization": f"Bearer {token}"})


def refused_or_taken(answer: httpx.Response) -> None:
    assert answer.status_code == 200 or 400 <= answer.status_code < 500
    assert answer.status_code == 200 or answer.json()["error"]["code"]


@settings(deadline=None)
@given(data=st.data())
def test_it_answers_over_http(client: TestClient, data: st.DataObject) -> None:
    _, body = prepared(data.draw(st.sampled_from([*MESSAGES, *SIGNALS])))
    wreck = replaced(body, data.draw(st.sampled_from(list(ways(body)))), data.draw(ODD))
    refused_or_taken(client.post(URL, content=json.dumps(wreck).encode()))


HALF_A_CHARACTER = (
    b'{"messaging_product": "whatsapp", "to": "1", "type": "template",'
    b' "template": {"name": "\\ud800", "language": {"code": "en"}}}'
)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[" * 100_000, b"\xff", b"7", b"[]", b"null", b'{"to": 7}', HALF_A_CHARACTER],
    ids=["empty", "deep", "bytes", "number", "list", "null", "to", "half a character"],
)
def test_it_answers_to_what_is_no_message(client: TestClient, raw: bytes) -> None:
    answer = client.post(URL, content=raw)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


@settings(deadline=None)
@given(
    what=st.dictionaries(
        st.sampled_from(["limit", "after", "fields", "summary"]), st.text() | st.integers().map(str)
    )
)
def test_it_answers_to_whatever_is_asked(client: TestClient, what: dict[str, str]) -> None:
    refused_or_taken(client.get("/v23.0/5467539754836534/message_templates", params=what))


@pytest.mark.parametrize("what", ["limit=x", "limit=-1", "limit=1e3", "after=%D9%A3", "after=-7"])
def test_a_number_is_one(client: TestClient, what: str) -> None:
    answer = client.get(f"/v23.0/5467539754836534/message_templates?{what}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
