"""Templates: what they ask for, and what they say when filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace import rules
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.models import (
    PLACEHOLDER,
    MediaKind,
    ParameterFormat,
    Template,
    TemplateButton,
    TemplateChoice,
    TemplateHeader,
    VariablePlace,
)

ORDER = Template(
    "order",
    "en",
    "UTILITY",
    "APPROVED",
    "Hi {{1}}, order {{ 2 }} comes {{1}}.",
    TemplateHeader(text="Order {{1}}"),
    "Thanks",
    (
        TemplateButton("QUICK_REPLY", "Fine"),
        TemplateButton("URL", "Track", "https://shop.example/{{1}}"),
        TemplateButton("COPY_CODE", "Copy"),
        TemplateButton("PHONE_NUMBER", "Call", phone_number="+4930123456"),
    ),
    examples={"1": "Ada", "header.1": "A-1"},
)
VALUES = {"header.1": "A-7", "1": "Ada", "2": "A-7", "button.1": "x7", "button.2": "SAVE"}
NAMED = Template(
    "delay",
    "en",
    "UTILITY",
    "APPROVED",
    "{{customer_name}}: {{day}}",
    TemplateHeader(text="For {{customer_name}}"),
    parameter_format=ParameterFormat.NAMED,
)


def test_each_variable_is_asked_for_once_where_it_stands() -> None:
    found = [(v.key, v.name, v.place, v.example) for v in ORDER.variables]
    assert found == [
        ("header.1", "1", VariablePlace.HEADER, "A-1"),
        ("1", "1", VariablePlace.BODY, "Ada"),
        ("2", "2", VariablePlace.BODY, ""),
        ("button.1", "1", VariablePlace.BUTTON, ""),
        ("button.2", "2", VariablePlace.BUTTON, ""),
    ]
    assert [v.label for v in ORDER.variables][3:] == ["Track: end of the link", "Copy: code"]


def test_one_name_is_one_value_wherever_it_stands() -> None:
    assert [(v.key, v.label) for v in NAMED.variables] == [
        ("customer_name", "Customer name"),
        ("day", "Day"),
    ]
    rendered = rules.render_template(NAMED, {"customer_name": "Ada", "day": "today"})
    assert (rendered.header, rendered.body) == ("For Ada", "Ada: today")


def test_a_filled_template() -> None:
    rendered = rules.render_template(ORDER, VALUES)
    assert rendered.text == "Order A-7\n\nHi Ada, order A-7 comes Ada.\n\nThanks"
    assert [b.target for b in rendered.buttons] == [
        "",
        "https://shop.example/x7",
        "SAVE",
        "+4930123456",
    ]
    assert rendered.missing == ()


def test_what_is_missing_still_stands_in_the_text() -> None:
    rendered = rules.render_template(ORDER, {"1": "Ada", "2": "  "})
    assert rendered.body == "Hi Ada, order {{ 2 }} comes Ada."
    assert rendered.missing == ("header.1", "2", "button.1", "button.2")


def test_a_value_is_not_a_template_itself() -> None:
    rendered = rules.render_template(ORDER, {**VALUES, "1": "{{2}}", "2": r"\g<0>{{1}}"})
    assert rendered.body == r"Hi {{2}}, order \g<0>{{1}} comes {{2}}."


texts = st.one_of(st.text(), st.sampled_from(["{{1}}", "{{ 2}}{{1}}", "{{name}}", "{{", "}}{{{"]))
templates = st.builds(
    Template,
    name=texts,
    language=texts,
    category=texts,
    status=texts,
    body=st.lists(texts).map("".join),
    header=st.none() | st.builds(TemplateHeader, format=st.sampled_from(["TEXT", "IMAGE", "?"])),
    footer=texts,
    buttons=st.lists(
        st.builds(
            TemplateButton,
            type=st.sampled_from(["URL", "COPY_CODE", "FLOW"]),
            text=texts,
            url=texts,
        )
    ).map(tuple),
    parameter_format=st.sampled_from(ParameterFormat),
)


@given(templates, st.dictionaries(texts, texts))
def test_anything_can_be_rendered(template: Template, values: dict[str, str]) -> None:
    rendered = rules.render_template(template, values)
    keys = [v.key for v in template.variables]
    assert set(rendered.missing) <= set(keys)
    assert len(keys) == len(set(keys))
    rules.template_use(template, TemplateChoice("x", "y", values))


@given(templates, st.text(alphabet="abc ", min_size=1).filter(str.strip))
def test_with_all_values_no_placeholder_is_left(template: Template, value: str) -> None:
    rendered = rules.render_template(template, {v.key: value for v in template.variables})
    assert rendered.missing == ()
    # Text between the placeholders stays, even where a value makes it look like one: {{{{1}}}}.
    assert rendered.body == value.join(PLACEHOLDER.split(template.body)[::2])


def test_long_hostile_text_takes_no_time() -> None:
    body = "{{ " * 50_000 + "{{" + "a" * 200_000 + " " * 200_000
    assert rules.render_template(Template("x", "en", "", "", body), {}).body == body


@pytest.mark.parametrize("template", CATALOGUE, ids=lambda t: f"{t.name}-{t.language}")
def test_every_variable_of_the_catalogue_has_an_example(template: Template) -> None:
    assert {v.key for v in template.variables} == set(template.examples)
    assert not rules.render_template(template, template.examples).missing
    assert template.status == "APPROVED" or template.reason


def test_the_header_says_which_file_it_wants() -> None:
    use = rules.template_use(
        Template("x", "en", "", "APPROVED", "Hi", TemplateHeader("VIDEO")),
        TemplateChoice("x", "en"),
    )
    assert use.header_media is MediaKind.VIDEO
    assert rules.template_use(None, TemplateChoice("gone", "en")).status == "unknown"
