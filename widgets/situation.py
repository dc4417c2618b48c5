"""What the composer must know of a conversation: whether, what and until when one may write."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from mimetypes import guess_type
from typing import Any

from workspace.models import (
    ActorKind,
    Capabilities,
    Conversation,
    DeliveryStatus,
    Direction,
    MediaKind,
    Message,
)
from workspace.rules import (
    Draft,
    FileFacts,
    Refusal,
    Situation,
    can_send,
    media_kind,
    parts,
)

NO_CHANNEL = "The channel of this conversation is no longer connected; connect it again to reply."
_ANY = Draft(text="…")
_TAKEN_BACK = DeliveryStatus.CANCELLED
_LATER = datetime.max.replace(tzinfo=UTC)


def situation(conversation: Conversation, now: datetime | None) -> Situation:
    """`now`: by the channel's clock, None for this machine's; the hub asks again when it sends."""
    return Situation(
        now or datetime.now(UTC),
        conversation.last_inbound_at,
        conversation.contact_opted_out,
        conversation.contact_blocked,
        conversation.marketing_stopped,
    )


def refusals(takes: Capabilities | None, now: Situation) -> dict[str, str]:
    """Why no text can be sent now, and why none can be once the window is closed; "" where it can.

    `refused_person`: it is about the contact, so that no template helps either.
    """
    if takes is None:
        return {"refusal": NO_CHANNEL, "closed_refusal": NO_CHANNEL, "refused_person": NO_CHANNEL}
    person = can_send(takes, _ANY, replace(now, last_inbound_at=now.now))
    return {
        "refusal": _words(can_send(takes, _ANY, now)),
        "closed_refusal": _words(can_send(takes, _ANY, replace(now, now=_LATER))),
        "refused_person": _words(person),
    }


def limits(takes: Capabilities | None) -> dict[str, Any]:
    """What the browser must know before it asks: the limit of a text, and types to choose from.

    `sounds`: types to record, [] for any, None for none. `photos`: as a file input takes it.
    `templates`: whether some can be chosen; `approved`: by its provider, so that the window does
    not bind them.
    """
    if takes is None:
        nothing = {"templates": False, "approved": False, "typing": False}
        return {"limit": None, "photos": "", "sounds": None, **nothing}
    audio, image = takes.media.get(MediaKind.AUDIO), takes.media.get(MediaKind.IMAGE)
    return {
        "limit": {"n": takes.text_limit.n, "unit": takes.text_limit.unit.value},
        "photos": ",".join(sorted(image.mimes)) if image else "",
        "sounds": sorted({*audio.mimes, *audio.rewrap} if audio.mimes else ()) if audio else None,
        "templates": True,
        "approved": takes.templates is not None,
        "typing": takes.typing is not None,
    }


def facts(files: Sequence[dict[str, Any]]) -> list[FileFacts]:
    """Files as the browser describes them; the hub looks at their bytes later."""
    return [_facts(str(f["name"]), int(f["size"]), str(f["mime"])) for f in files]


def _facts(name: str, size: int, claimed: str) -> FileFacts:
    mime = claimed.partition(";")[0].strip().lower() or guess_type(name)[0]
    mime = mime or "application/octet-stream"
    return FileFacts(media_kind(mime), name, mime, size)


def acceptable(
    takes: Capabilities, now: Situation, present: Sequence[FileFacts], files: Sequence[FileFacts]
) -> tuple[list[int], list[str]]:
    """Positions of the `files` that can join those `present`, and in words why others can't."""
    taken: list[int] = []
    told: dict[str, None] = {}
    for n, file in enumerate(files):
        together = [*present, *(files[m] for m in taken), file]
        if refusal := refused(takes, now, "", together):
            told[refusal.message] = None
        else:
            taken.append(n)
    return taken, list(told)


def refused(
    takes: Capabilities, now: Situation, text: str, files: Sequence[FileFacts]
) -> Refusal | None:
    """What the channel has against any of the messages that these become."""
    drafts = (
        Draft(part.text, [files[n] for n in part.files])
        for part in parts(takes, text, [file.kind for file in files])
    )
    return next((no for draft in drafts if (no := can_send(takes, draft, now))), None)


def in_several(takes: Capabilities, text: str, files: Sequence[FileFacts]) -> str:
    """What to know beforehand where it becomes several messages; empty where it is one."""
    count = len(parts(takes, text, [file.kind for file in files]))
    if count == 1:
        return ""
    return f"{takes.label} takes one file a message: this goes as {count} messages, in this order."


def last_of_others(messages: Sequence[Message], me: str) -> dict[str, str] | None:
    """The newest reply by somebody else; None: there is none among these messages."""
    replies = [m for m in messages if m.direction is Direction.OUTBOUND and not _mine(m, me)]
    if not replies:
        return None
    newest = max(replies, key=lambda m: m.id)
    return {"id": str(newest.id), "who": newest.author.name}


def mine(messages: Sequence[Message], me: str) -> list[dict[str, Any]]:
    """What this operator has sent and noted; it may have been by another page."""
    kinds = (Direction.OUTBOUND, Direction.NOTE)
    return [
        {
            "id": str(m.id),
            "note": m.direction is Direction.NOTE,
            "text": m.text,
            "files": [str(file.id) for file in m.attachments],
        }
        for m in messages
        if m.direction in kinds and _mine(m, me) and m.delivery_status is not _TAKEN_BACK
    ]


def _mine(message: Message, me: str) -> bool:
    return message.author.kind is ActorKind.OPERATOR and message.author.name == me


def _words(refusal: Refusal | None) -> str:
    return refusal.message if refusal else ""
