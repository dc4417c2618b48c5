"""Values, as a notebook would save them."""

from datetime import UTC, datetime

from workspace import rules
from workspace.models import (
    Actor,
    ActorKind,
    Address,
    AddressKind,
    Contact,
    Direction,
    Message,
    Preview,
    SavedDraft,
    SavedView,
    Template,
    TemplateButton,
    TemplateChoice,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_repr_tells_no_customers_words_or_names() -> None:
    author = Actor(ActorKind.CUSTOMER, "Ada Merrow")
    message = Message(1, 2, Direction.INBOUND, author, "my secret", "<b>my secret</b>", NOW, NOW)
    address = Address(AddressKind.PHONE, "+447700900000")
    shown = repr([message, address, Preview("my secret", Direction.INBOUND, "Ada Merrow")])
    for private in ("secret", "Merrow", "7700"):
        assert private not in shown


def test_a_repr_tells_nothing_of_what_is_being_written() -> None:
    template = Template(
        "hello",
        "en",
        "UTILITY",
        "APPROVED",
        "Hi {{1}}!",
        buttons=(TemplateButton("COPY_CODE", ""),),
    )
    choice = TemplateChoice("hello", "en", {"1": "my secret", "button.0": "my secret"})
    written = [
        choice,
        rules.template_use(template, choice),
        rules.render_template(template, choice.values),
        rules.fill("{{name}}", {"name": "Ada Merrow"}),
        SavedDraft("my secret", False, (), NOW),
        SavedView("mine", {"search": "Merrow"}, Actor(ActorKind.OPERATOR, "ann"), NOW),
        Contact(1, "Ada Merrow", (), False, False, NOW, NOW, 1),
    ]
    assert "secret" in rules.render_template(template, choice.values).text
    for private in ("secret", "Merrow"):
        assert private not in repr(written)
