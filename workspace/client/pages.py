"""What lists come as: immutable sequences that turn into DataFrames.

Their text form tells counts only: a notebook saves what a cell shows, and customers' names are to
get into a file only where somebody asks for them.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, overload

from workspace.models import (
    Channel,
    Contact,
    Conversation,
    ConversationEvent,
    ConversationPage,
    Message,
    MessagePage,
    Outcome,
    TabCounts,
    Template,
)
from workspace.rules import lint_template

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

INT, TEXT, FLAG, TIME = "int64", "str", "bool", "datetime64[us, UTC]"
Column = tuple[str, Callable[[Any], Any]]
"""Of a DataFrame: its type, and its value in a row."""


def _fields(dtype: str, *names: str) -> dict[str, Column]:
    return {name: (dtype, attrgetter(name)) for name in names}


class Page(Sequence[T]):
    """A list that can't change, with `.df()`."""

    columns: ClassVar[Mapping[str, Column]]
    noun: ClassVar[str]

    def __init__(self, rows: Sequence[T]) -> None:
        self.rows = tuple(rows)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<{len(self)} {self.noun}>"

    def df(self) -> "pd.DataFrame":
        """One line a row; an empty page has the same columns and types. Times are aware UTC."""
        import pandas as pd

        return pd.DataFrame(
            {
                name: pd.Series([value(row) for row in self.rows], dtype=dtype)
                for name, (dtype, value) in self.columns.items()
            }
        )


class Conversations(Page[Conversation]):
    """One page of the list, newest activity first. `cursor` fetches the next; None at the end.

    `total`: conversations on all pages of this tab. `counts` of the two tabs are unread
    conversations, or matches where `filtered`.
    """

    noun = "conversations"
    columns: ClassVar[Mapping[str, Column]] = {
        **_fields(INT, "id", "channel_id"),
        **_fields(TEXT, "channel_kind", "channel_name"),
        **_fields(INT, "contact_id"),
        **_fields(TEXT, "contact_name"),
        "address_kind": (TEXT, lambda row: row.address.kind.value),
        "address": (TEXT, lambda row: row.address.value),
        **_fields(TEXT, "subject"),
        "status": (TEXT, lambda row: row.status.value),
        **_fields(FLAG, "archived"),
        **_fields(INT, "unread"),
        **_fields(FLAG, "agent_replies"),
        **_fields(INT, "episode"),
        "preview": (TEXT, lambda row: row.preview.text),
        **_fields(FLAG, "failed"),
        **_fields(TIME, "created_at", "last_activity_at", "last_inbound_at", "window_closes_at"),
    }

    def __init__(self, page: ConversationPage) -> None:
        super().__init__(page.rows)
        self.cursor: str | None = page.cursor
        self.counts: TabCounts = page.counts
        self.filtered: bool = page.filtered
        self.total: int = page.total

    def __repr__(self) -> str:
        what = "matches" if self.filtered else "unread"
        counts = f"all {self.counts.all}, archived {self.counts.archived}"
        more = ", more by cursor" if self.cursor else ""
        return f"<{len(self)} of {self.total} conversations; {what}: {counts}{more}>"


class Messages(Page[Message]):
    """Messages of one conversation, oldest first. `more`: older ones exist; `newer`: newer ones.

    `events` are the log entries between them: who resolved, archived, ...
    """

    noun = "messages"
    columns: ClassVar[Mapping[str, Column]] = {
        **_fields(INT, "id", "conversation_id"),
        "direction": (TEXT, lambda row: row.direction.value),
        "author_kind": (TEXT, lambda row: row.author.kind.value),
        "author": (TEXT, lambda row: row.author.name),
        **_fields(TEXT, "text", "html"),
        **_fields(TIME, "occurred_at", "received_at"),
        "files": (INT, lambda row: len(row.attachments)),
        "origin": (TEXT, lambda row: row.origin and row.origin.value),
        "delivery_status": (TEXT, lambda row: row.delivery_status and row.delivery_status.value),
        "failure_kind": (TEXT, lambda row: row.failure_kind and row.failure_kind.value),
        **_fields(TEXT, "failure"),
        **_fields(FLAG, "automatic"),
        **_fields(TEXT, "unsupported", "template"),
    }

    def __init__(self, page: MessagePage) -> None:
        super().__init__(page.messages)
        self.events: tuple[ConversationEvent, ...] = page.events
        self.more: bool = page.more
        self.newer: bool = page.newer


class Channels(Page[Channel]):
    noun = "channels"
    columns: ClassVar[Mapping[str, Column]] = {
        **_fields(INT, "id"),
        **_fields(TEXT, "kind", "name", "state", "state_detail"),
    }


class Templates(Page[Template]):
    """`findings` of the DataFrame: what is wrong with it, by rule; empty: nothing."""

    noun = "templates"
    columns: ClassVar[Mapping[str, Column]] = {
        **_fields(TEXT, "name", "language", "category", "status", "reason"),
        "header": (TEXT, lambda row: row.header_text or (row.header and row.header.format)),
        **_fields(TEXT, "body", "footer"),
        "variables": (TEXT, lambda row: ", ".join(v.key for v in row.variables)),
        "findings": (TEXT, lambda row: " ".join(f.message for f in lint_template(row))),
        **_fields(FLAG, "own"),
    }


class Contacts(Page[Contact]):
    noun = "contacts"
    columns: ClassVar[Mapping[str, Column]] = {
        **_fields(INT, "id"),
        **_fields(TEXT, "name"),
        "addresses": (TEXT, lambda row: ", ".join(each.value for each in row.addresses)),
        **_fields(FLAG, "blocked", "opted_out"),
        **_fields(INT, "conversations"),
        "merged": (INT, lambda row: len(row.merged)),
        "marketing_stopped": (FLAG, lambda row: any(each.stopped for each in row.marketing)),
        **_fields(TIME, "first_contact_at", "last_contact_at"),
    }


class Outcomes(Page[Outcome]):
    """What a verb did, in the order of the ids given."""

    noun = "conversations"
    columns: ClassVar[Mapping[str, Column]] = {
        **_fields(INT, "conversation_id"),
        **_fields(FLAG, "changed"),
        **_fields(INT, "event_id"),
    }

    @property
    def changed(self) -> int:
        """How many conversations the verb changed; the others already were so."""
        return sum(outcome.changed for outcome in self.rows)

    def __repr__(self) -> str:
        return f"<{len(self)} conversations, {self.changed} changed>"
