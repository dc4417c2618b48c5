"""What is wrong with a template, by rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.models import Template, TemplateButton, TemplateHeader
from workspace.rules import lint_template, own_template

FINE = Template(
    "order_update",
    "en",
    "UTILITY",
    "PENDING",
    "Hi {{1}}, order {{2}} is on its way.",
    TemplateHeader(text="Order {{1}}"),
    "Thanks",
    (
        TemplateButton("QUICK_REPLY", "Fine"),
        TemplateButton("URL", "Track", "https://shop.example/{{1}}"),
        TemplateButton("PHONE_NUMBER", "Call", phone_number="+4930123456"),
        TemplateButton("COPY_CODE", "Copy"),
    ),
    examples={"header.1": "A", "1": "Ada", "2": "A", "button.1": "x", "button.3": "SAVE10"},
)


def found(template: Template) -> list[tuple[str, str]]:
    return [(each.place, each.message) for each in lint_template(template)]


def test_nothing_is_wrong_with_a_good_one() -> None:
    assert found(FINE) == []


def test_of_the_catalogue_what_was_rejected_is_wrong() -> None:
    wrong = {(t.name, t.language): found(t) for t in CATALOGUE if found(t)}
    assert [*wrong] == [("payment_failed", "en")]
    said = [message for _, message in wrong["payment_failed", "en"]]
    assert [words.partition(";")[0] for words in said] == [
        "The text starts with a variable",
        "The text ends with a variable",
    ]


def buttons(*types: str) -> tuple[TemplateButton, ...]:
    of = {
        "QUICK_REPLY": TemplateButton("QUICK_REPLY", "Yes"),
        "URL": TemplateButton("URL", "Open", "https://shop.example"),
        "PHONE_NUMBER": TemplateButton("PHONE_NUMBER", "Call", phone_number="+4930123456"),
        "FLOW": TemplateButton("FLOW", "Begin"),
    }
    return tuple(of[type] for type in types)


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"name": "Order update"}, "name", "small letters"),
        ({"name": "x" * 513}, "name", "at most 512"),
        ({"header": TemplateHeader(text="x" * 61)}, "header", "at most 60"),
        ({"header": TemplateHeader(text=" ")}, "header", "is empty"),
        ({"header": TemplateHeader(text="{{1}} {{2}}")}, "header", "takes one variable"),
        (
            {"header": TemplateHeader(text="Sale *now* 🎉\n")},
            "header",
            "no line breaks and no emoji",
        ),
        ({"body": ""}, "body", "is empty"),
        ({"body": "x" * 1025}, "body", "at most 1,024"),
        ({"body": "{{1}}, hello"}, "body", "starts with"),
        ({"body": "hello {{1}} \n"}, "body", "ends with"),
        ({"body": "for {{1}} {{2}}."}, "body", "side by side"),
        ({"body": "for {{1}}, {{3}}."}, "body", "numbered 1, 3"),
        ({"body": "for {{2}}."}, "body", "numbered 2"),
        ({"body": "for {{1}}, {{day}}."}, "body", "mixed"),
        ({"body": "for {{Day}}."}, "body", "small letters"),
        ({"body": "for {{customer name}}."}, "body", "Braces"),
        ({"body": "for {{1}."}, "body", "Braces"),
        ({"body": "for {{day}}.", "examples": {"day": "x"}}, "body", "differently"),
        ({"examples": {**FINE.examples, "header.1": ""}}, "header", "has no example"),
        ({"footer": "x" * 61}, "footer", "at most 60"),
        ({"footer": "Bye {{1}}"}, "footer", "no variables"),
        ({"buttons": buttons(*["QUICK_REPLY"] * 11)}, "buttons", "at most 10"),
        ({"buttons": buttons(*["URL"] * 3)}, "buttons", "At most 2 links"),
        ({"buttons": buttons(*["PHONE_NUMBER"] * 2)}, "buttons", "At most 1 phone"),
        ({"buttons": buttons("QUICK_REPLY", "URL", "QUICK_REPLY")}, "buttons", "each kind"),
        ({"buttons": (TemplateButton("QUICK_REPLY", "x" * 26),)}, "buttons", "at most 25"),
        ({"buttons": (TemplateButton("QUICK_REPLY", ""),)}, "buttons", "no words"),
        ({"buttons": (TemplateButton("QUICK_REPLY", "Hi {{1}}"),)}, "buttons", "none takes"),
        ({"buttons": (TemplateButton("URL", "Go", "shop.example"),)}, "buttons", "https://"),
        (
            {"buttons": (TemplateButton("URL", "Go", "https://a.example/{{1}}/b"),)},
            "buttons",
            "at the end",
        ),
        (
            {"buttons": (TemplateButton("URL", "Go", f"https://a.example/{'x' * 2000}"),)},
            "buttons",
            "at most 2,000",
        ),
        (
            {"buttons": (TemplateButton("PHONE_NUMBER", "Go", phone_number="call me"),)},
            "buttons",
            "phone number",
        ),
        (
            {"buttons": FINE.buttons, "examples": {**FINE.examples, "button.3": "x" * 16}},
            "buttons",
            "at most 15",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_said(
    changed: dict[str, object], place: str, words: str
) -> None:
    said = found(replace(FINE, **changed))  # type: ignore[arg-type]
    assert [where for where, message in said if words in message] == [place], said


def test_at_the_edge_nothing_is_wrong() -> None:
    edge = replace(
        FINE,
        name="x" * 512,
        header=TemplateHeader(text="x" * 60),
        body="x" * 1024,
        footer="x" * 60,
        buttons=(TemplateButton("QUICK_REPLY", "x" * 25), *buttons("URL", "URL", "FLOW")),
        examples={},
    )
    assert found(edge) == []


def test_what_the_provider_writes_itself_is_not_judged() -> None:
    assert found(replace(FINE, category="AUTHENTICATION", body="{{1}}", examples={})) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{{name}}", None),
        ("{{1}}{{2}}", None),
        ("x" * 5000, None),
        (" \n", "is empty"),
        ("{{1}} and {{name}}", "mixed"),
        ("{{2}}", "numbered 2"),
        ("Hi {{first name}}", "Braces"),
    ],
)
def test_an_own_one_is_judged_by_what_it_needs_itself(body: str, words: str | None) -> None:
    said = found(own_template("Hello!", "en", body, {}))
    assert (words is None) == (said == [])
    assert all(words in message for _, message in said if words)


def test_an_own_one_needs_nobody_and_keeps_its_examples() -> None:
    made = own_template("Hello!", "en", "Hi {{name}}", {"name": "Ada", "other": "x"})
    assert (made.own, made.status, made.examples) == (True, "APPROVED", {"name": "Ada"})


TEXT = st.text(max_size=40) | st.sampled_from(["{{1}}", "{{a}}{{b}}", "{{ 9 }} {{", "}}{{1}}"])


@given(
    st.builds(
        Template,
        TEXT,
        TEXT,
        st.sampled_from(["UTILITY", "AUTHENTICATION", "?"]),
        TEXT,
        TEXT,
        st.none() | st.builds(TemplateHeader, st.sampled_from(["TEXT", "IMAGE", "GIF"]), TEXT),
        TEXT,
        st.lists(
            st.builds(
                TemplateButton,
                st.sampled_from(["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "?"]),
                TEXT,
                TEXT,
                TEXT,
            ),
            max_size=12,
        ).map(tuple),
        own=st.booleans(),
    )
)
def test_whatever_a_template_is_something_whole_is_said(template: Template) -> None:
    for finding in lint_template(template):
        assert finding.place in ("name", "header", "body", "footer", "buttons")
        assert finding.message.endswith(".")
