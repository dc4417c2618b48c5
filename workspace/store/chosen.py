"""The template of a message, as the column `messages.template` keeps it."""

from pydantic import TypeAdapter

from workspace.models import TemplateChoice

_choice = TypeAdapter(TemplateChoice)


def dump(choice: TemplateChoice) -> str:
    return _choice.dump_json(choice).decode()


def load(text: str) -> TemplateChoice:
    return _choice.validate_json(text)
