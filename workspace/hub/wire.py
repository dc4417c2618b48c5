"""How values travel: what a request may say, and how an answer is encoded."""

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, get_type_hints

from fastapi import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, WithJsonSchema

from workspace.errors import InvalidRequest, TooLarge
from workspace.models import Status, Tab, TemplateChoice
from workspace.services.filters import Filter
from workspace.services.matching import Matching, Targets
from workspace.settings import MAX_TEXT

_HALF = re.compile("[\ud800-\udfff]")
MAX_NAMED = 1_000
"""Conversations one request may name; the client sends more in portions."""


def encoded(endpoint: Callable[..., Any]) -> Callable[..., Response]:
    """Answer with what the endpoint returns, as JSON by its return annotation.

    FastAPI would do the same after validating the value once more in another thread.
    """
    adapter = TypeAdapter(get_type_hints(endpoint, include_extras=True)["return"])

    @wraps(endpoint)
    def answer(*args: Any, **kwargs: Any) -> Response:
        value = endpoint(*args, **kwargs)
        return Response(adapter.dump_json(value), media_type="application/json")

    return answer


def _clean(text: str) -> str:
    """JSON can escape half of a character, and a NUL that PostgreSQL would refuse."""
    if "\0" in text or _HALF.search(text):
        raise ValueError("not Unicode text, or with a NUL character in it")
    return text


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise TooLarge(
            f"The text has {len(text):,} characters; the hub takes at most {MAX_TEXT:,}.",
            limit=MAX_TEXT,
        )
    return text


Id = Annotated[
    int,
    Field(ge=1, le=2**63 - 1),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+$"}),
]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MAX_NAMED)]
Uploads = Annotated[list[Id], Field(max_length=100)]
Limit = Annotated[int, Field(ge=1, le=500)]
Clean = Annotated[str, AfterValidator(_clean)]
Text = Annotated[Clean, AfterValidator(_bounded)]
Word = Annotated[Clean, Field(max_length=1_000)]
Value = bool | int | float | Clean | None


class Said(BaseModel):
    """What a request says. Unknown names are refused: a mistyped filter would match everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Error(BaseModel):
    """What an error looks like. `error` is a code of errors.py, `message` a whole sentence."""

    error: str
    message: str
    detail: dict[str, Any]


class Where(Said):
    """Which conversations; a bare date in `since` or `until` is a whole day in `zone`."""

    tab: Tab = Tab.ALL
    status: tuple[Status, ...] = ()
    search: Word = ""
    since: Word | None = None
    until: Word | None = None
    zone: Word = "UTC"
    channel: Word | None = None
    unread: bool = False
    contact: Id | None = None
    ids: tuple[Id, ...] | None = None
    query: Text = ""

    def filter(self) -> Filter:
        return Filter(**{each.name: getattr(self, each.name) for each in fields(Filter)})


class ListQuery(Where):
    cursor: Word | None = None
    limit: Limit = 50


class MessagesQuery(Said):
    before: Id | None = None
    after: Id | None = None
    around: Id | None = None
    limit: Limit = 50


class ContentsRequest(Said):
    """Either `ids` or `where`."""

    ids: Ids | None = None
    where: Where | None = None

    def targets(self) -> list[int] | Filter:
        ids, where = _one_of(self.ids, self.where)
        return ids if where is None else where.filter()


class VerbRequest(Said):
    """Either `ids`, or `where` with the number of conversations that are `expected` to match.

    `upto` belongs to mark_read alone, `before` to mark_unread, `on` to agent_replies.
    """

    ids: Ids | None = None
    where: Where | None = None
    expected: Annotated[int, Field(ge=0)] | None = None
    upto: Id | None = None
    before: Id | None = None
    on: bool | None = None
    reason: Word = ""

    def targets(self) -> Targets:
        ids, where = _one_of(self.ids, self.where)
        if (self.expected is None) is not (where is None):
            raise InvalidRequest(
                "where needs expected: the number of conversations that match, which their list "
                "tells as total. ids take none."
            )
        if where is None or self.expected is None:
            return ids
        return Matching(where.filter(), self.expected)


def _one_of(ids: list[int] | None, where: Where | None) -> tuple[list[int], Where | None]:
    if ids is None and where is None:
        raise InvalidRequest("ids is missing; or choose conversations by where.")
    if ids is not None and where is not None:
        raise InvalidRequest("Choose conversations by ids or by where, not by both.")
    return ids or [], where


class ViewRequest(Said):
    name: Word
    filter: Where


class Chosen(Said):
    """A template with its values, by the keys of its variables. `header`: the upload of its photo,
    video or document, where it asks for one.
    """

    name: Word
    language: Word
    values: Annotated[dict[Word, Text], Field(max_length=100)] = {}
    header: Id | None = None

    def choice(self) -> TemplateChoice:
        return TemplateChoice(self.name, self.language, self.values, self.header)


class SendRequest(Said):
    """A text, files, or a template alone. `seen`: the newest message the writer saw; refused where
    somebody else answered since. `reply_to`: a message of the conversation that this one quotes.
    """

    text: Text = ""
    uploads: Uploads = []
    seen: Id | None = None
    template: Chosen | None = None
    reply_to: Id | None = None


class ReactRequest(Said):
    """One emoji, or "" to take it back."""

    emoji: Word


class NoteRequest(Said):
    text: Text


class DraftRequest(Said):
    text: Text = ""
    note: bool = False
    uploads: Uploads = []
    reply_to: Id | None = None


class CannedRequest(Said):
    shortcut: Word
    text: Text


class TemplateRequest(Said):
    """One of the business's own. `examples` by the names or numbers of its variables."""

    name: Word
    language: Word
    body: Text
    examples: Annotated[dict[Word, Word], Field(max_length=100)] = {}


class SyncRequest(Said):
    """Without a `channel`: all of them."""

    channel: Id | None = None


class StartRequest(Said):
    channel: Id
    address: Word
    name: Word = ""
    text: Text = ""
    subject: Word = ""
    uploads: Uploads = []
    template: Chosen | None = None


class ContactRequest(Said):
    """What is left out stays as it is."""

    name: Word | None = None
    blocked: bool | None = None
    opted_out: bool | None = None


class ContactsQuery(Said):
    search: Word = ""
    limit: Limit = 50


class MergeRequest(Said):
    """`other` is merged into the contact that is asked."""

    other: Id


class ChannelRequest(Said):
    """Options name secrets (env:NAME, secret:NAME); they never hold one."""

    kind: Word
    name: Word = ""
    options: dict[str, Any] = {}


class ReplayRequest(Said):
    """Payloads received in this time; a bare date is a whole day in `zone`. `after`: the position
    that the answer before named.
    """

    since: Word | None = None
    until: Word | None = None
    zone: Word = "UTC"
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class SqlRequest(Said):
    query: Text
    params: list[Value] = []


class DemoRequest(Said):
    size: Annotated[int, Field(ge=1, le=1_000_000)] = 400
    seed: int = 1
    anchor: datetime | None = None
