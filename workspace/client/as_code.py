"""A list, or what was done to conversations, as code: to learn from, to keep, to run again."""

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from workspace.client.arguments import Ids, ids_of
from workspace.client.filters import Where, as_asked
from workspace.client.listing import Listing
from workspace.errors import InvalidRequest
from workspace.models import EventKind, Message, Tab, TemplateChoice
from workspace.rules import interval, search

_PAGES = {"self", "cursor", "limit"}
_DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(Listing.conversations).parameters.items()
    if name not in _PAGES
}
"""Filters in the order of the signature."""

_LOGGED = {
    "mark_read": EventKind.MARKED_READ,
    "mark_unread": EventKind.MARKED_UNREAD,
    "resolve": EventKind.RESOLVED,
    "reopen": EventKind.REOPENED,
    "archive": EventKind.ARCHIVED,
    "unarchive": EventKind.UNARCHIVED,
}
_VERBS = {*_LOGGED, "set_agent_replies", "delete"}

_PATHS = "  # files: by their names; give the paths of yours"
_HEADER = "  # header: an upload goes with one message; give the id of another one"

_CONTACT_LOGGED = {
    ("blocked", True): EventKind.BLOCKED,
    ("blocked", False): EventKind.UNBLOCKED,
    ("opted_out", True): EventKind.OPTED_OUT,
    ("opted_out", False): EventKind.OPTED_IN,
}
"""Of the changes of a contact; any other is that of the name."""


def python_of(where: Where) -> str:
    """The call that lists what `where` does, with the arguments that matter."""
    return _call("conversations", _arguments(where))


def python_of_action(
    verb: str,
    ids: Ids | None = None,
    *,
    where: Where | None = None,
    expected: int | None = None,
    **more: Any,
) -> str:
    """The call of a verb on `ids`, or on the `expected` that match `where`.

    `more`: its other arguments, such as `on` or `reason`. Raises InvalidRequest.
    """
    _known(verb)
    if where is None:
        numbers = _ids(ids)
        return _call(verb, more, repr(numbers[0] if len(numbers) == 1 else numbers))
    return _call(verb, {"where": _arguments(where), "expected": expected, **more})


def sql_of(where: Where) -> str:
    """One SELECT over the v1 views: the same conversations in the same order, on one page.

    An id of a thread that was merged into another one is not found by it. Raises InvalidRequest.
    """
    asked = {**_DEFAULTS, **_checked(where)}
    return _select("v1.conversations", _conditions(asked), "last_activity_at DESC, id DESC")


def sql_of_action(verb: str, ids: Ids, *, on: bool = True) -> str:
    """One SELECT over v1.events: what the log tells of a verb on these conversations.

    Raises InvalidRequest for Delete, of which nothing is left to select.
    """
    _known(verb)
    if verb == "delete":
        raise InvalidRequest("Delete leaves nothing to select.")
    switched = EventKind.AGENT_REPLIES_ON if on else EventKind.AGENT_REPLIES_OFF
    kind = _LOGGED.get(verb, switched)
    among = _among("conversation_id", _ids(ids))
    return _select("v1.events", [f"kind = {_literal(kind)}", among], "event_id DESC")


def python_of_contact_change(contact: int, **change: Any) -> str:
    """The call that changes a contact so: its `name`, `blocked`, `opted_out`."""
    return _call("update_contact", change, repr(contact))


def sql_of_contact_change(contact: int, **change: Any) -> str:
    """One SELECT over v1.events: what the log tells of such changes of this contact."""
    kinds = [_CONTACT_LOGGED.get(each, EventKind.RENAMED) for each in change.items()]
    return _contact_events(contact, kinds)


def python_of_merge(contact: int, other: int) -> str:
    """The call that merges two contacts so."""
    return _call("merge_contacts", {}, repr(contact), repr(other))


def python_of_unmerge(contact: int) -> str:
    """The call that makes a merged contact one of its own again."""
    return _call("unmerge_contact", {}, repr(contact))


def sql_of_merges(contact: int) -> str:
    """One SELECT over v1.events: what the log tells of merges of this contact, done and undone."""
    return _contact_events(contact, [EventKind.MERGED, EventKind.UNMERGED])


def _contact_events(contact: int, kinds: Sequence[EventKind]) -> str:
    theirs = f"SELECT conversation_id FROM v1.conversations WHERE contact_id = {contact}"
    conditions = [f"kind IN ({', '.join(map(_literal, kinds))})", f"conversation_id IN ({theirs})"]
    return _select("v1.events", conditions, "event_id DESC")


def python_of_send(sent: Message, template: TemplateChoice | None = None) -> str:
    """The call that sends such a message; a `template` as it was filled in."""
    if template is not None:
        call = python_of_call("send", sent.conversation_id, template=_filled(template))
        return call + (_HEADER if template.header else "")
    files = [file.name for file in sent.attachments]
    given = [sent.conversation_id, *([sent.text] if sent.text else [])]
    quoted = sent.reply_to.id if sent.reply_to else None
    call = python_of_call("send", *given, files=files, reply_to=quoted)
    return call + (_PATHS if files else "")


def python_of_start(
    channel: int, address: str, template: TemplateChoice | None = None, **more: str
) -> str:
    """The call that writes to somebody first; `more`: the name, the text, the subject."""
    filled = _filled(template) if template else {}
    call = python_of_call("start_conversation", channel, address, **more, template=filled)
    return call + (_HEADER if "header" in filled else "")


def python_of_view(name: str, where: Where) -> str:
    """The call that saves a view."""
    return python_of_call("save_view", name, _arguments(where))


def python_of_call(verb: str, /, *given: Any, **more: Any) -> str:
    """A call of `Workspace`; of `more`, what is empty is left out."""
    return _call(verb, {key: value for key, value in more.items() if value}, *map(_python, given))


def sql_of_messages(*messages: Message) -> str:
    """One SELECT over v1.messages that finds these."""
    among = _among("message_id", [message.id for message in messages])
    return _select("v1.messages", [among], "message_id")


def sql_of_conversation(id: int | str) -> str:
    """One SELECT over v1.conversations that finds this one."""
    return _select("v1.conversations", [_among("conversation_id", [id])], "conversation_id")


def sql_of_template(name: str, language: str) -> str:
    """One SELECT over v1.templates that finds this one of the business's own."""
    named = [f"name = {_literal(name)}", f"language = {_literal(language)}"]
    return _select("v1.templates", ["own", *named], "name")


def sql_of_synced_templates() -> str:
    """One SELECT over v1.templates that finds what the providers keep."""
    return _select("v1.templates", ["NOT own"], "channel_name, name, language")


def _filled(template: TemplateChoice) -> dict[str, Any]:
    """With what is filled in."""
    return {name: value for name, value in asdict(template).items() if value}


def _known(verb: str) -> None:
    if verb not in _VERBS:
        raise InvalidRequest(f"{verb!r} is no verb; there are: {', '.join(sorted(_VERBS))}.")


def _checked(where: Where) -> dict[str, Any]:
    if unknown := where.keys() - _DEFAULTS.keys():
        raise InvalidRequest(f"{', '.join(sorted(unknown))}: not known as a filter.")
    return as_asked(where)


def _ids(ids: Ids | None) -> list[int]:
    return [int(id) for id in ids_of(ids)]  # type: ignore[arg-type]


# --- Python ---------------------------------------------------------------------------------------


def _arguments(where: Where) -> dict[str, Any]:
    """What differs from a list without a filter."""
    asked = _checked(where)
    if not where.get("zone") or not (asked.get("since") or asked.get("until")):
        asked.pop("zone", None)
    plain = {name: _plain(name, asked[name]) for name in _DEFAULTS if name in asked}
    return {name: value for name, value in plain.items() if value != _DEFAULTS[name]}


def _plain(name: str, value: Any) -> Any:
    """A value as one would write it."""
    match name, value:
        case "status", []:
            return ()
        case "status", [one]:
            return one
        case (("channel" | "contact"), str()) if _is_id(value):
            return int(value)
        case "ids", _:
            return [int(id) for id in value]
    return value


def _call(name: str, arguments: Mapping[str, Any], *first: str) -> str:
    given = [f"{name}={_python(value)}" for name, value in arguments.items()]
    return f"ws.{name}({', '.join([*first, *given])})"


def _python(value: Any) -> str:
    """As `repr`, in double quotes where that needs no more of them."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_python(k)}: {_python(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_python, value))}]"
    text = repr(value)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text


# --- SQL ------------------------------------------------------------------------------------------


def _select(view: str, conditions: Sequence[str], order: str) -> str:
    every = "\n    AND ".join(conditions)
    return f"SELECT *\nFROM {view}\nWHERE {every}\nORDER BY {order}"


def _conditions(asked: Mapping[str, Any]) -> list[str]:
    found = ["archived" if asked["tab"] == Tab.ARCHIVED else "NOT archived"]
    if asked["status"]:
        found.append(f"status IN ({', '.join(map(_literal, asked['status']))})")
    since, until = interval(asked["since"], asked["until"], asked["zone"] or "UTC")
    if since:
        found.append(f"last_activity_at >= {_instant(since)}")
    if until:
        found.append(f"last_activity_at < {_instant(until)}")
    if channel := asked["channel"]:
        named = f"channel_name = {_literal(channel)}"
        found.append(f"channel_id = {int(channel)}" if _is_id(channel) else named)
    if asked["unread"]:
        found.append("unread_count > 0")
    if asked["contact"] is not None:
        found.append(f"contact_id = {int(asked['contact'])}")
    if asked["ids"] is not None:
        found.append(_among("conversation_id", asked["ids"]))
    if asked["query"].strip():
        chosen = f"SELECT id FROM (\n{_bare(asked['query'])}\n) AS chosen(id)"
        found.append(f"conversation_id IN ({chosen})")
    return found + _search(asked["search"])


def _search(text: str) -> list[str]:
    words = search(text)
    if not words:
        return []
    contact, message = _holding(words.contact), _holding(words.message)
    return [
        f"(contact_id IN (SELECT contact_id FROM v1.contacts WHERE {contact})\n"
        f"        OR conversation_id IN (SELECT conversation_id FROM v1.messages WHERE {message}))"
    ]


def _holding(words: Sequence[str]) -> str:
    return " AND ".join(f"contains(folded_text, {_literal(word)})" for word in words)


def _among(column: str, ids: Sequence[int | str]) -> str:
    return f"{column} IN ({', '.join(str(int(id)) for id in ids)})" if ids else "false"


def _instant(at: datetime) -> str:
    try:
        utc = at.astimezone(UTC)
    except OverflowError:  # hours before the first year or after the last: as good as its bound
        utc = (datetime.min if at.year == 1 else datetime.max).replace(tzinfo=UTC)
    return f"TIMESTAMPTZ '{utc.isoformat(' ')}'"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit()


_PIECE = re.compile(
    r"[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|--[^\n]*"
    r"|/\*.*?\*/|;",
    re.DOTALL,
)
"""Of a query: a string, a quoted name, a comment, or a semicolon outside of them."""


def _bare(query: str) -> str:
    """A query that stands in another one: without the semicolon at its end."""
    return _PIECE.sub(lambda piece: "" if piece[0] == ";" else piece[0], query).strip()
