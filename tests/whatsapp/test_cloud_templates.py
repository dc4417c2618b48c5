"""The simulated Cloud API takes a template only with what it asks for, in each of its parts."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.conformance.of_whatsapp import PHONE, filled
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.channels.whatsapp import encode
from workspace.models import ParameterFormat, TemplateHeader
from workspace.testing.cloud import Cloud

Component = dict[str, Any]
TEXT = {"type": "text", "text": "x"}
ORDER, VOUCHER, DELAYED = "order_update", "welcome_voucher", "delivery_delayed"
"""Values go by number into header, body and the end of a link; by number into the body, and a code
to copy; by name into the body.
"""


def sent(name: str, change: Callable[[list[Component]], object]) -> int:
    """The code that a template in English is refused with after a change; 0: it is taken."""
    template = next(t for t in CATALOGUE if (t.name, t.language) == (name, "en"))
    body = copy.deepcopy(dict(encode.message(filled(template)).body))
    change(body["template"]["components"])
    status, answer = Cloud().send(body)
    return 0 if status == 200 else int(answer["error"]["code"])


def put(place: int, **changes: Any) -> Callable[[list[Component]], object]:
    return lambda components: components[place].update(changes)


def add(component: Component) -> Callable[[list[Component]], object]:
    return lambda components: components.append(component)


def button(index: int, sub_type: str, *parameters: Component) -> Component:
    return {
        "type": "button", "sub_type": sub_type, "index": str(index), "parameters": [*parameters],
    }  # fmt: skip


def text(value: str, name: str = "") -> Component:
    return {"type": "text", "text": value} | ({"parameter_name": name} if name else {})


CODE = {"type": "coupon_code", "coupon_code": "X"}
PAYLOAD = {"type": "payload", "payload": "x"}
NAMES = ("customer_name", "order_number", "new_date")


@pytest.mark.parametrize("name", [ORDER, VOUCHER, DELAYED])
def test_what_it_asks_for_is_taken(name: str) -> None:
    assert sent(name, lambda components: components) == 0


TAKEN = {
    "a payload": (ORDER, add(button(1, "quick_reply", PAYLOAD))),
    "a link of the longest": (ORDER, put(2, parameters=[text("x" * (2000 - 27))])),
    "a code of the longest": (VOUCHER, put(1, parameters=[CODE | {"coupon_code": "x" * 15}])),
    "names in another order": (
        DELAYED, put(0, parameters=[text("x", name) for name in reversed(NAMES)]),
    ),
}  # fmt: skip
REFUSED = {
    "a code for a link": (ORDER, put(2, sub_type="copy_code"), 132012),
    "a flow for a link": (ORDER, put(2, sub_type="flow"), 132012),
    "a code in a link": (ORDER, put(2, parameters=[CODE]), 132012),
    "two ends of a link": (ORDER, put(2, parameters=[TEXT, TEXT]), 132012),
    "a link too long": (ORDER, put(2, parameters=[text("x" * (2001 - 27))]), 132005),
    "a link twice": (ORDER, add(button(0, "url", TEXT)), 100),
    "no such button": (ORDER, add(button(7, "quick_reply", PAYLOAD)), 132012),
    "a text for a quick reply": (ORDER, add(button(1, "quick_reply", TEXT)), 132012),
    "the end of a link that has none": (VOUCHER, add(button(1, "url", TEXT)), 132012),
    "a link for a code": (VOUCHER, put(1, sub_type="url", parameters=[text("x" * 3000)]), 132012),
    "a code too long": (VOUCHER, put(1, parameters=[CODE | {"coupon_code": "x" * 16}]), 132005),
    "two bodies": (ORDER, add({"type": "BODY", "parameters": [TEXT] * 3}), 100),
    "two headers": (ORDER, add({"type": "header", "parameters": [TEXT]}), 100),
    "too many in the body": (ORDER, put(1, parameters=[TEXT] * 4), 132000),
    "names where there are numbers": (ORDER, put(1, parameters=[text("x", "1")] * 3), 100),
    "numbers where there are names": (DELAYED, put(0, parameters=[TEXT] * 3), 100),
    "a name twice": (
        DELAYED, put(0, parameters=[text("x", name) for name in (*NAMES, NAMES[0])]), 132000,
    ),
    "another name": (
        DELAYED, put(0, parameters=[text("x", name) for name in (*NAMES[:2], "other")]), 132012,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAKEN)
def test_what_fits_is_taken(what: str) -> None:
    assert sent(*TAKEN[what]) == 0


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_fit_is_refused(what: str) -> None:
    name, change, code = REFUSED[what]
    assert sent(name, change) == code


def test_a_name_in_two_parts_needs_a_value_in_each() -> None:
    cloud = Cloud()
    cloud.templates = [
        replace(cloud.templates[0], body="Dear {{who}}", header=TemplateHeader(text="For {{who}}"),
                parameter_format=ParameterFormat.NAMED, buttons=()),
    ]  # fmt: skip
    parts = [{"type": part, "parameters": [text("Ada", "who")]} for part in ("header", "body")]

    def status(*components: Component) -> int:
        template = {
            "name": ORDER, "language": {"code": "en"}, "components": [*components],
        }  # fmt: skip
        body = {"messaging_product": "whatsapp", "to": PHONE.value[1:], "type": "template"}
        return cloud.send(body | {"template": template})[0]

    assert status(*parts) == 200
    assert status(parts[0]) == 400
    assert status(parts[1]) == 400
