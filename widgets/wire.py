"""Domain values as the browser gets them: JSON with ids as strings and times as ISO 8601."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from workspace.errors import InvalidRequest
from workspace.models import (
    Channel,
    Contact,
    Conversation,
    ConversationEvent,
    Message,
    Quoted,
    SavedDraft,
    Template,
    TemplateSync,
    TemplateVariable,
    Upload,
)
from workspace.rules import Blank, body_parts, button_parts, header_parts
from workspace.rules.templates import Parts

_conversation = TypeAdapter(Conversation)
_message = TypeAdapter(Message)
_event = TypeAdapter(ConversationEvent)
_contact = TypeAdapter(Contact)
_upload = TypeAdapter(Upload)
_draft = TypeAdapter(SavedDraft | None)
_quoted = TypeAdapter(Quoted)
_variables = TypeAdapter(tuple[TemplateVariable, ...])
_sync = TypeAdapter(TemplateSync)


def conversation(value: Conversation) -> dict[str, Any]:
    return dict(_conversation.dump_python(value, mode="json"))


def message(value: Message) -> dict[str, Any]:
    """Raw HTML stays behind: `html` only says whether there is any."""
    plain = dict(_message.dump_python(value, mode="json"))
    return {**plain, "html": bool(value.html)}


def event(value: ConversationEvent) -> dict[str, Any]:
    return dict(_event.dump_python(value, mode="json"))


def contact(value: Contact) -> dict[str, Any]:
    return dict(_contact.dump_python(value, mode="json"))


def channel(value: Channel) -> dict[str, Any]:
    """What a filter shows of a channel; its options stay behind."""
    return {"id": str(value.id), "name": value.name, "look": value.capabilities.kind}


def upload(value: Upload) -> dict[str, Any]:
    return dict(_upload.dump_python(value, mode="json"))


def upload_of(plain: dict[str, Any]) -> Upload:
    """An upload as the browser gives it back. Raises InvalidRequest."""
    try:
        return _upload.validate_python(plain)
    except ValidationError:
        raise InvalidRequest("This is not an upload; attach the file again.") from None


def quoted(value: Quoted | None) -> dict[str, Any] | None:
    return None if value is None else dict(_quoted.dump_python(value, mode="json"))


def quoted_of(plain: dict[str, Any] | None) -> Quoted | None:
    """A message in short as the browser gives it back. Raises InvalidRequest."""
    try:
        return None if plain is None else _quoted.validate_python(plain)
    except ValidationError:
        raise InvalidRequest("This is no message to be quoted; choose it again.") from None


def draft(value: SavedDraft | None) -> dict[str, Any] | None:
    plain: dict[str, Any] | None = _draft.dump_python(value, mode="json")
    return plain


def template_sync(value: TemplateSync) -> dict[str, Any]:
    return dict(_sync.dump_python(value, mode="json"))


def template(value: Template) -> dict[str, Any]:
    """Its texts are cut where values go, so that the browser can fill them in as one types."""
    header = value.header
    return {
        "name": value.name,
        "language": value.language,
        "category": value.category,
        "status": value.status,
        "reason": value.reason,
        "obstacle": value.obstacle,
        "own": value.own,
        "media": header.media if header else None,
        "header": _parts(header_parts(value)),
        "body": _parts(body_parts(value)),
        "footer": value.footer,
        "buttons": [
            {"type": b.type, "text": b.text, "target": _parts(button_parts(value, n))}
            for n, b in enumerate(value.buttons)
        ],
        "variables": list(_variables.dump_python(value.variables, mode="json")),
    }


def _parts(parts: Parts) -> list[str | dict[str, str]]:
    return [{"key": p.key, "written": p.written} if isinstance(p, Blank) else p for p in parts]
