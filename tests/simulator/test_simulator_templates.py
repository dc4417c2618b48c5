"""Templates of the simulated provider: it offers and reviews them, and looks at each use."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from simulating import Make, outbound

from workspace.channels.base import Failure, FilledTemplate, OutboundFile, Response
from workspace.channels.simulator import Simulator
from workspace.models import Address, AddressKind, FailureKind, MediaKind, StartRule, Template

CUSTOMER = Address(AddressKind.PHONE, "+4915112345678")
PHOTO = OutboundFile(MediaKind.IMAGE, "a.png", "image/png", b"png")


def found(simulator: Simulator, name: str, language: str = "en") -> Template:
    [template] = [t for t in simulator.templates() if (t.name, t.language) == (name, language)]
    return template


def use(
    simulator: Simulator,
    template: Template,
    values: Mapping[str, str] | None = None,
    *files: OutboundFile,
) -> Response:
    filled = FilledTemplate(template, template.examples if values is None else values)
    message = replace(outbound(simulator, to=CUSTOMER), template=filled, files=files)
    [request] = simulator.encode(message)
    return simulator.perform(request)


def test_only_what_has_templates_offers_them(make: Make) -> None:
    whatsapp = make(plays="whatsapp")
    offered = whatsapp.templates()
    assert len({t.language for t in offered}) == 3
    assert {t.status for t in offered} == {"APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"}
    assert make(record="2", plays="sms").templates() == []
    assert make(record="3", plays="sms", start=StartRule.TEMPLATE_ONLY.value).templates() == offered


def test_a_template_goes_outside_the_window(make: Make) -> None:
    simulator = make(plays="whatsapp")
    for template in simulator.templates():
        if template.status == "APPROVED" and not (template.header and template.header.media):
            assert use(simulator, template).code == 200
    assert use(simulator, found(simulator, "photo_of_your_order"), None, PHOTO).code == 200
    simulator.advance(timedelta(days=3))
    assert use(simulator, found(simulator, "hello")).code == 200


@pytest.mark.parametrize(
    ("name", "language", "changed", "words"),
    [
        ("feedback_request", "en", {}, "PAUSED (132015)"),
        ("payment_failed", "en", {}, "REJECTED (132001)"),
        ("summer_sale", "es", {}, "DISABLED (132016)"),
        ("order_update", "es", {}, "PENDING (132001)"),
        ("order_update", "en", {"1": " "}, "number of values"),
        ("order_update", "en", {"9": "more"}, "number of values"),
        ("order_update", "en", {"1": "two\nlines"}, "line breaks"),
        ("order_update", "en", {"1": "a     b"}, "line breaks"),
        ("order_update", "en", {"1": "x" * 1100}, "text is too long"),
        ("order_update", "en", {"header.1": "x" * 60}, "header is too long"),
        ("photo_of_your_order", "en", {}, "does not have the file"),
    ],
)
def test_the_provider_looks_for_itself(
    make: Make, name: str, language: str, changed: dict[str, str], words: str
) -> None:
    simulator = make(plays="whatsapp")
    template = found(simulator, name, language)
    # The workspace may believe what it likes.
    answer = use(simulator, replace(template, status="APPROVED"), {**template.examples, **changed})
    assert words in answer.text
    failure = simulator.decode(answer)
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.TEMPLATE


def test_an_unknown_template_is_refused(make: Make) -> None:
    simulator = make(plays="whatsapp")
    made_up = replace(found(simulator, "hello"), name="made_up")
    assert "does not exist" in use(simulator, made_up).text


def test_a_review_is_remembered(make: Make) -> None:
    simulator = make(plays="whatsapp")
    simulator.review("hello", "en", "PAUSED", "Too many complaints.")
    simulator.close()
    again = make(plays="whatsapp")
    template = found(again, "hello")
    assert (template.status, template.reason) == ("PAUSED", "Too many complaints.")
    assert "PAUSED" in use(again, template).text
    again.review("hello", "en", "APPROVED")
    assert use(again, template).code == 200
