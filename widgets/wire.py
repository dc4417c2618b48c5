"""Domain values as the browser gets them: JSON with ids as strings and times as ISO 8601."""

from typing import Any

from pydantic import TypeAdapter

from workspace.models import Channel, Contact, Conversation, ConversationEvent, Message

_conversation = TypeAdapter(Conversation)
_message = TypeAdapter(Message)
_event = TypeAdapter(ConversationEvent)
_contact = TypeAdapter(Contact)


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
