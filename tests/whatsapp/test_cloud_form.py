"""The simulated Cloud API refuses what Meta's specification refuses, and breaks at nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.judge import Judge, Refused
from tests.conformance.judge import whatsapp as judge_of_whatsapp
from tests.conformance.of_whatsapp import BSUID, MESSAGES, PHONE, SIGNALS
from tests.conformance.wrecks import VALUES, replaced, ways, wrecks
from workspace.channels.base import React, Seen
from workspace.channels.whatsapp import encode
from workspace.testing.cloud import Cloud, Customer
from workspace.testing.cloud.model import Answer

HEADERS = {"authorization": "Bearer x", "user-agent": "test/1.0.0"}
ADA = Customer(PHONE.value[1:], "Ada", BSUID.value)


@pytest.fixture(scope="session")
def meta(shared: Callable[[str], Path]) -> Judge:
    return judge_of_whatsapp(shared("specs/meta/whatsapp-cloud.judge.json"))


def prepared(name: str) -> tuple[Cloud, Any]:
    """A provider whom the customer wrote to and who has the file, and what is sent to it."""
    what = (MESSAGES | SIGNALS)[name]
    call = encode.signal(what) if isinstance(what, React | Seen) else encode.message(what)
    cloud = Cloud()
    cloud.writes(ADA, "Hello")
    if call.file is None:
        return cloud, dict(call.body)
    id = cloud.keep(call.file.mime, call.file.data)
    return cloud, encode.with_file(call, id)


def answer(name: str, body: Any) -> Answer:
    return prepared(name)[0].send(body)


@pytest.mark.parametrize("name", [*MESSAGES, *SIGNALS])
def test_what_the_judge_refuses_it_refuses(meta: Judge, name: str) -> None:
    url = "http://127.0.0.1/v23.0/1122334455667/messages"
    _, body = prepared(name)
    let_through = []
    for what, wreck in wrecks(body, ()):
        try:
            meta.judge(httpx.Request("POST", url, headers=HEADERS, json=wreck))
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
