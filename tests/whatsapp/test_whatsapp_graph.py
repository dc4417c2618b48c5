"""Asking the Cloud API: templates, files, and who gets to see the token."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloud import BUSINESS, NUMBER, OPTIONS, SECRETS, whatsapp
from signed import signature

from tests.conformance.judge import Judge
from tests.conformance.judge import whatsapp as judge_of_whatsapp
from tests.conformance.of_whatsapp import HELLO, accepted
from workspace.channels import create
from workspace.channels.base import (
    FetchesFiles,
    HasWebhook,
    NotThere,
    OffersTemplates,
    SendFailed,
    SendsSignals,
    Unreachable,
)
from workspace.channels.whatsapp import templates
from workspace.errors import ConfigError, FileGone
from workspace.models import FailureKind, Template, TemplateChoice, VariablePlace
from workspace.rules import Draft, Situation, can_send, template_use
from workspace.settings import Paths, Secrets

PHOTO = b"\x89PNG a photo"


@pytest.fixture(scope="session")
def meta(shared: Callable[[str], Path]) -> Judge:
    return judge_of_whatsapp(shared("specs/meta/whatsapp-cloud.judge.json"))


def test_it_is_all_that_a_channel_may_be() -> None:
    channel = whatsapp()
    for kind in (OffersTemplates, SendsSignals, FetchesFiles, HasWebhook):
        assert isinstance(channel, kind)


# --- options --------------------------------------------------------------------------------------


def test_the_registry_makes_one(tmp_path: Path) -> None:
    channel = create("whatsapp", OPTIONS, Secrets(Paths(tmp_path), dict(SECRETS)), tmp_path, 1)
    assert channel.capabilities.label == "WhatsApp"
    channel.close()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone_number_id": None}, "phone_number_id is missing"),
        ({"phone_number_id": "+49 151"}, "must be an id of digits"),
        ({"phone_number_id": "1/../2"}, "must be an id of digits"),
        ({"token": "EAAG-the-token-itself"}, "the token itself is never stored"),
        ({"version": "v23.0/../x"}, "looks like v23.0"),
        ({"base_url": "http://graph.facebook.com"}, "must begin with https"),
        ({"base_url": "https://user:pw@graph.facebook.com"}, "must be a plain address"),
        ({"base_url": "https://graph.facebook.com?x=1"}, "must be a plain address"),
        ({"base_url": "ftp://127.0.0.1"}, "must begin with https"),
        ({"base_url": "nonsense"}, "must be a plain address"),
        ({"telephone": "1"}, "no option 'telephone'"),
    ],
)
def test_wrong_options_are_named(changes: dict[str, Any], words: str) -> None:
    options = {name: value for name, value in {**OPTIONS, **changes}.items() if value is not None}
    with pytest.raises(ConfigError, match=words) as told:
        whatsapp_of(options)
    assert "EAAG" not in told.value.message


def whatsapp_of(options: dict[str, Any]) -> None:
    create("whatsapp", options, Secrets(Paths(Path()), {}), Path(), 1)


# --- templates ------------------------------------------------------------------------------------


def listed(name: str, **more: Any) -> dict[str, Any]:
    body = {"type": "BODY", "text": "Hi {{1}}", "example": {"body_text": [["Ada"]]}}
    return {"name": name, "language": "en", "status": "APPROVED", "components": [body], **more}


def test_all_pages_are_asked_for(meta: Judge) -> None:
    names = [f"template_{n}" for n in range(5)]

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/v23.0/{BUSINESS}/message_templates"
        at = int(request.url.params.get("after", 0))
        paging: dict[str, Any] = {"cursors": {"before": "0", "after": str(at + 2)}}
        if at + 2 < len(names):
            paging["next"] = "https://elsewhere.example/never-asked"
        data = [listed(name) for name in names[at : at + 2]]
        return httpx.Response(200, json={"data": data, "paging": paging})

    found = whatsapp(meta.before(answer)).templates()
    assert [template.name for template in found] == names


CURSORS: list[Any] = [{"after": "1"}, {"after": ""}, {"after": 7}, {}, None, "1"]


@pytest.mark.parametrize("cursors", CURSORS)
def test_a_list_that_goes_on_nobody_knows_where_is_none(cursors: Any) -> None:
    """Else all templates that were not read would be deleted."""
    page = {"data": [listed("a")], "paging": {"cursors": cursors, "next": "x"}}
    channel = whatsapp(httpx.MockTransport(lambda _: httpx.Response(200, json=page)))
    with pytest.raises(Unreachable, match="has no end"):
        channel.templates()
    assert not {check.name: check.ok for check in channel.test()}["templates"]


def test_a_list_without_end_is_none() -> None:
    pages = count(1)

    def answer(request: httpx.Request) -> httpx.Response:
        paging = {"cursors": {"after": str(next(pages))}, "next": "x"}
        return httpx.Response(200, json={"data": [listed("a")], "paging": paging})

    with pytest.raises(Unreachable, match="has no end"):
        whatsapp(httpx.MockTransport(answer)).templates()
    assert next(pages) == 101


def test_statuses_are_kept_as_they_come() -> None:
    found = templates.read(
        listed("a", status="LIMIT_EXCEEDED_SOON", rejected_reason="ABUSIVE_CONTENT")
    )
    assert found
    assert (found.status, found.reason) == ("LIMIT_EXCEEDED_SOON", "Abusive content")


def test_examples_go_with_their_variables(shared: Callable[[str], Path]) -> None:
    examples = json.loads(shared("specs/pywa/templates/buttons/examples.json").read_text("utf-8"))
    found = templates.read(examples["seasonal_promotion"])
    assert found
    assert found.examples == {
        "header.1": "Summer Sale", "1": "the end of August", "2": "25OFF", "3": "25%",
    }  # fmt: skip
    for content in examples.values():
        other = templates.read(content)
        assert other
        assert all(v.example for v in other.variables if v.place is not VariablePlace.BUTTON), other


def test_what_can_t_be_filled_in_says_so(shared: Callable[[str], Path]) -> None:
    folder = shared("specs/pywa/templates")
    for kind, word in (("carousel", "carousel"), ("limited_time_offer", "limited time offer")):
        for content in json.loads((folder / kind / "examples.json").read_text("utf-8")).values():
            found = templates.read(content | {"status": "APPROVED"})
            assert found
            assert word in found.obstacle
            refusal = refused(found)
            assert refusal is not None
            assert word in refusal


def refused(template: Template) -> str | None:
    channel, now = whatsapp(), whatsapp().now()
    values = {variable.key: "x" for variable in template.variables}
    use = template_use(template, TemplateChoice(template.name, template.language, values))
    found = can_send(channel.capabilities, Draft(template=use), Situation(now, None))
    return found.message if found else None


@pytest.mark.parametrize("odd", [None, [], {}, {"name": 1}, {"name": "a", "language": None}, "x"])
def test_odd_templates_are_left_out(odd: Any) -> None:
    assert templates.read(odd) is None


ODD_PARTS = [
    {"components": 7},
    {"components": [7]},
    {"components": [{"type": "BODY", "text": 7}]},
    {"components": [{"type": "BUTTONS", "buttons": [None]}]},
    {"category": 7},
    {"rejected_reason": []},
]


@pytest.mark.parametrize("odd", ODD_PARTS)
def test_a_template_with_an_odd_part_is_kept(odd: Any) -> None:
    found = templates.read(listed("a", status="PAUSED") | odd)
    assert found is not None
    assert (found.name, found.language, found.status) == ("a", "en", "PAUSED")
    assert "not known here" in found.obstacle
    assert refused(replace(found, status="APPROVED")) is not None


def test_templates_without_a_name_are_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    page = {"data": [listed("a"), {"language": "en"}, 7]}
    channel = whatsapp(httpx.MockTransport(lambda _: httpx.Response(200, json=page)))
    assert [template.name for template in channel.templates()] == ["a"]
    assert "2 templates of WhatsApp have no name" in caplog.text


def test_a_token_that_is_refused_is_for_a_person_to_mend() -> None:
    body = {"error": {"code": 190, "message": "Invalid OAuth access token", "type": "x"}}
    channel = whatsapp(httpx.MockTransport(lambda _: httpx.Response(401, json=body)))
    with pytest.raises(ConfigError, match="access token"):
        channel.templates()
    checks = {check.name: check for check in channel.test()}
    assert checks["secrets"].ok
    assert not checks["number"].ok
    assert "access token" in checks["number"].detail


def test_a_provider_in_trouble_is_for_time_to_heal() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    for transport in (fail, lambda _: httpx.Response(503, content=b"busy")):
        with pytest.raises(OSError, match="WhatsApp"):
            whatsapp(httpx.MockTransport(transport)).templates()


NO_ANSWERS = [b"", b"<html>Sign in</html>", b"[]", b"{}", b'{"data": {}}', b'{"data": null}']


@pytest.mark.parametrize("content", NO_ANSWERS)
def test_a_page_of_a_proxy_is_no_empty_list(content: bytes) -> None:
    """Else all templates of the channel would be deleted, and a customer's file be given up."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    with pytest.raises(Unreachable, match="proxy"):
        whatsapp(transport).templates()
    with pytest.raises(Unreachable, match="proxy"):
        fetched(transport)


def test_half_a_list_is_none() -> None:
    pages = [{"data": [listed("a")], "paging": {"next": "x", "cursors": {"after": "2"}}}, {}]
    answers = iter(httpx.Response(200, json=page) for page in pages)
    with pytest.raises(Unreachable):
        whatsapp(httpx.MockTransport(lambda _: next(answers))).templates()


# --- the token ------------------------------------------------------------------------------------

TORN = ["EAA secret", "EAA\rsecret", "EAA\nsecret", "EAAsécret", "EAA\0secret", "", " \n"]


@pytest.mark.parametrize("token", TORN)
def test_a_token_that_no_header_takes_is_never_quoted(token: str) -> None:
    channel = whatsapp(httpx.MockTransport(accepted), secrets=SECRETS | {"WA_TOKEN": token})
    [check] = channel.test()
    assert (check.name, check.ok) == ("secrets", False)
    assert "env:WA_TOKEN" in check.detail
    assert "EAA" not in check.detail
    with pytest.raises(SendFailed) as told:
        channel.perform(channel.encode(HELLO)[0])
    assert (told.value.failure.kind, told.value.failure.detail) == (FailureKind.AUTH, check.detail)


def test_blanks_around_a_secret_are_none_of_it() -> None:
    spaced = {name: f" {value}\r\n" for name, value in SECRETS.items()}
    raw = b"{}"
    channel = whatsapp(store("https://lookaside.fbsbx.com/x"), secrets=spaced)
    channel.fetch("65463453", BytesIO())
    assert channel.verify(signature(raw), raw)
    assert channel.challenge(
        {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": SECRETS["WA_VERIFY"]}
    )


# --- files ----------------------------------------------------------------------------------------


def store(url: str, data: bytes = PHOTO, digest: str = "") -> httpx.MockTransport:
    """A provider that serves one file at `url`, and wants its token each time."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {SECRETS['WA_TOKEN']}"
        if request.url.path == "/v23.0/65463453":
            assert request.url.params["phone_number_id"] == NUMBER
            about = {"url": url, "sha256": digest or hashlib.sha256(PHOTO).hexdigest()}
            return httpx.Response(200, json=about)
        assert str(request.url) == url
        return httpx.Response(200, content=data)

    return httpx.MockTransport(answer)


def fetched(transport: httpx.BaseTransport) -> bytes:
    into = BytesIO()
    whatsapp(transport).fetch("65463453", into)
    return into.getvalue()


def test_all_is_asked_of_the_version_that_is_set() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/files/1":
            return httpx.Response(200, content=PHOTO)
        about = {"url": "https://graph.facebook.com/files/1", "data": []}
        return httpx.Response(200, json=about | {"messages": [{"id": "wamid.sent"}]})

    channel = whatsapp(httpx.MockTransport(answer), version="v24.0")
    channel.perform(channel.encode(HELLO)[0])
    channel.templates()
    channel.fetch("65463453", BytesIO())
    assert asked == [
        f"/v24.0/{NUMBER}/messages",
        f"/v24.0/{BUSINESS}/message_templates",
        "/v24.0/65463453",
        "/files/1",
    ]


@pytest.mark.parametrize(
    "url",
    ["https://lookaside.fbsbx.com/whatsapp?mid=1", "https://graph.facebook.com/files/1"],
)
def test_a_file_is_fetched_from_the_provider(url: str) -> None:
    assert fetched(store(url)) == PHOTO


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "https://evilfbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "http://lookaside.fbsbx.com/x",
        "https://graph.facebook.com:8443/x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "//lookaside.fbsbx.com/x",
    ],
)
def test_the_token_goes_nowhere_else(url: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json={"url": url})

    with pytest.raises(FileGone):
        fetched(httpx.MockTransport(answer))
    assert asked == ["graph.facebook.com"]


@pytest.mark.parametrize("url", ["https://[::1", "https://lookaside.fbsbx.com:x/", "https://a\n"])
def test_an_address_that_is_none_is_asked_for_again(url: str) -> None:
    with pytest.raises(Unreachable):
        fetched(store(url))


def test_a_redirect_is_not_followed() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if len(asked) == 1:
            return httpx.Response(200, json={"url": "https://lookaside.fbsbx.com/x"})
        return httpx.Response(302, headers={"location": "https://evil.example/"})

    with pytest.raises(OSError, match="302"):
        fetched(httpx.MockTransport(answer))
    assert len(asked) == 2


def test_half_a_file_is_tried_again() -> None:
    with pytest.raises(OSError, match="whole"):
        fetched(store("https://lookaside.fbsbx.com/x", PHOTO[:4]))


def answering(status: int, body: Any) -> httpx.MockTransport:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.MockTransport(lambda _: httpx.Response(status, content=content))


@pytest.mark.parametrize("error", [{"code": 100, "error_subcode": 33}, {"code": 33}])
def test_a_file_that_is_gone_is_not_there(error: dict[str, Any]) -> None:
    """Meta says the same of a missing permission, so those who are told hear of both."""
    with pytest.raises(NotThere, match="no longer has this file, or the access token may not"):
        fetched(answering(400, {"error": {"message": "does not exist", "type": "x", **error}}))


@pytest.mark.parametrize("status", [404, 410])
def test_a_place_where_no_file_is_may_be_asked_for_anew(status: int) -> None:
    """Where a file can be had is told for five minutes."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v23.0/65463453":
            return httpx.Response(200, json={"url": "https://lookaside.fbsbx.com/x"})
        return httpx.Response(status)

    with pytest.raises(NotThere):
        fetched(httpx.MockTransport(answer))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"<html>Not Found</html>"),
        (404, b""),
        (404, {"error": "no route"}),
        (400, {"error": {"code": 100, "message": "Invalid parameter"}}),
        (400, {"error": {"code": 100, "error_subcode": 2018278}}),
    ],
)
def test_what_says_nothing_of_a_file_does_not_end_it(status: int, body: Any) -> None:
    with pytest.raises(Unreachable) as told:
        fetched(answering(status, body))
    assert not isinstance(told.value, NotThere)


def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workspace.channels.whatsapp.graph.MAX_FILE", 8)
    with pytest.raises(FileGone, match="larger"):
        fetched(store("https://lookaside.fbsbx.com/x"))


# --- webhooks -------------------------------------------------------------------------------------


def test_without_a_secret_nothing_is_signed() -> None:
    """Right, wrong, missing and altered signatures are the matter of the suite of all channels."""
    raw = b"{}"
    with pytest.raises(ConfigError):
        whatsapp(secrets={}).verify(signature(raw), raw)
    assert not whatsapp(secrets=SECRETS | {"WA_APP_SECRET": ""}).verify(signature(raw, ""), raw)


def test_the_handshake_echoes_for_meta_alone() -> None:
    channel = whatsapp()
    asked = {
        "hub.mode": "subscribe", "hub.challenge": "1158201444",
        "hub.verify_token": SECRETS["WA_VERIFY"],
    }  # fmt: skip
    assert channel.challenge(asked) == "1158201444"
    assert channel.challenge(asked | {"hub.verify_token": "other"}) is None
    assert channel.challenge(asked | {"hub.mode": "unsubscribe"}) is None
    assert channel.challenge({}) is None
    empty = whatsapp(secrets=SECRETS | {"WA_VERIFY": ""})
    assert empty.challenge(asked | {"hub.verify_token": ""}) is None
