"""Canned replies: what their variables become, and what is a shortcut."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace import rules
from workspace.errors import InvalidRequest
from workspace.models import (
    Address,
    AddressKind,
    Conversation,
    Preview,
    Status,
)

VALUES = {"name": "Ada Merrow", "first_name": "Ada", "subject": ""}
names = st.from_regex(r"\A[a-z_]{1,8}\Z")
texts = st.lists(
    st.one_of(st.text(), names.map("{{{{{}}}}}".format), st.sampled_from(["{{", "}}", "{", "{{ "]))
).map("".join)


def test_values_go_where_their_variables_stand() -> None:
    text = "Hello {{first_name}}, {{ name }}. {{ first_name }}!"
    assert rules.fill(text, VALUES) == rules.Filled("Hello Ada, Ada Merrow. Ada!", ())


def test_what_is_not_known_stays_and_is_told() -> None:
    text = "{{subject}} {{nmae}} {{name}} {{nmae}} {{}} {{a b}} {name}"
    filled = rules.fill(text, VALUES)
    assert filled.text == "{{subject}} {{nmae}} Ada Merrow {{nmae}} {{}} {{a b}} {name}"
    assert filled.missing == ("subject", "nmae")


def test_a_customer_called_like_a_variable_is_not_filled_in_turn() -> None:
    filled = rules.fill("Dear {{name}}", {"name": "{{operator}}", "operator": "ana"})
    assert filled == rules.Filled("Dear {{operator}}", ())


@given(texts, st.dictionaries(names, st.text()))
def test_filling_takes_anything(text: str, values: dict[str, str]) -> None:
    filled = rules.fill(text, values)
    assert all(not values.get(name) for name in filled.missing)
    assert len(set(filled.missing)) == len(filled.missing)
    if not filled.missing and "{{" not in text:
        assert filled.text == text


@given(texts)
def test_without_values_a_text_stays_as_it_is(text: str) -> None:
    assert rules.fill(text, {}).text == text


@given(st.lists(st.one_of(names, st.none()), max_size=6), st.dictionaries(names, st.text()))
def test_each_variable_alone_decides_what_it_becomes(
    parts: list[str | None], values: dict[str, str]
) -> None:
    text = "|".join("-" if part is None else f"{{{{{part}}}}}" for part in parts)
    expected = ["-" if part is None else values.get(part) or f"{{{{{part}}}}}" for part in parts]
    assert rules.fill(text, values).text == "|".join(expected)


def conversation(name: str) -> Conversation:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Conversation(
        *(1, 2, "mail", "Support", 3, name, Address(AddressKind.EMAIL, "ada@example.org")),
        *("Your order", Status.PENDING, False, 0, False, 1, Preview(""), False, at, at, None, None),
    )


def test_what_the_variables_stand_for() -> None:
    assert rules.reply_values(conversation("Ada  Merrow"), "ana") == {
        "name": "Ada  Merrow",
        "first_name": "Ada",
        "operator": "ana",
        "channel": "Support",
        "subject": "Your order",
    }


def test_an_address_is_no_name() -> None:
    values = rules.reply_values(conversation("ada@example.org"), "ana")
    assert (values["name"], values["first_name"]) == ("", "")


# --- shortcuts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("refund-sent", "refund-sent"),
        (" /Refund_Sent ", "refund_sent"),
        ("Größe2", "größe2"),
        ("ＦＵＬＬ", "full"),
        ("挨拶", "挨拶"),
    ],
)
def test_a_shortcut_is_kept_in_one_form(given: str, kept: str) -> None:
    assert rules.shortcut(given) == kept
    assert rules.shortcut(kept) == kept


@pytest.mark.parametrize("wrong", ["", "/", "two words", "a/b", "a.b", "x" * 51, "a\nb", "{{a}}"])
def test_what_is_no_shortcut_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(InvalidRequest, match="letters, digits, - and _"):
        rules.shortcut(wrong)


@given(st.text())
def test_any_text_is_a_shortcut_or_refused(text: str) -> None:
    try:
        short = rules.shortcut(text)
    except InvalidRequest:
        return
    assert rules.shortcut(short) == short
