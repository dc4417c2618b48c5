"""Every error a user can meet, grouped by what the user can do about it.

Over HTTP an error travels as ``{"error": code, "message": text, "detail": {...}}``; the client
raises the same class again. The message is a whole sentence that says what to do.
"""

from typing import Any, ClassVar


class ConvoError(Exception):
    """Base of all errors of this package.

    ``detail`` holds plain JSON values for programs; it never holds a secret or a message body.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


# --- the request is wrong: change it ----------------------------------------------------------


class InvalidRequest(ConvoError):
    """An argument has the wrong type, form or size."""

    code = "invalid_request"
    status = 422


class NotFound(ConvoError):
    """No conversation, message, channel or file has this id (it may have been deleted)."""

    code = "not_found"
    status = 404


class Conflict(ConvoError):
    """The request contradicts what is stored, such as one idempotency key for two requests."""

    code = "conflict"
    status = 409


class AnsweredMeanwhile(Conflict):
    """Somebody else wrote to the customer after what the writer saw; nothing was sent.

    ``detail`` has ``who`` (a name, which may be empty), their ``kind`` and the ``message_id``.
    """

    code = "answered_meanwhile"


class TooLate(Conflict):
    """The message no longer waits to be sent, so it can't be taken back."""

    code = "too_late"


class CountChanged(Conflict):
    """Another number of conversations matches than was expected; nothing was done.

    ``detail`` has both: ``expected`` and ``found``.
    """

    code = "count_changed"


class TooLarge(ConvoError):
    """A text, file or request is over its limit; the message names the limit."""

    code = "too_large"
    status = 413


class CannotSend(ConvoError):
    """`rules.can_send` refused; the message says what would be accepted."""

    code = "cannot_send"
    status = 422


class BrokenRecording(ConvoError):
    """A recording is damaged, or not what browsers record; record it again."""

    code = "broken_recording"
    status = 422


class FileGone(ConvoError):
    """The provider does not have a customer's file any more, or will never hand it over."""

    code = "file_gone"
    status = 410


class CannotStart(ConvoError):
    """This channel can't start a conversation; the message says why."""

    code = "cannot_start"
    status = 422


class QueryRefused(ConvoError):
    """SQL that is not one SELECT over the ``v1`` views."""

    code = "query_refused"
    status = 422


class QueryFailed(ConvoError):
    """DuckDB could not run the query; the message is DuckDB's own."""

    code = "query_failed"
    status = 422


class QueryLimit(ConvoError):
    """The query ran past its time, memory or size limit, or too many run at once."""

    code = "query_limit"
    status = 429


# --- the setup is wrong: fix the configuration ------------------------------------------------


class ConfigError(ConvoError):
    """A setting, channel option or secret is missing or wrong."""

    code = "config"
    status = 400


class ProviderUnavailable(ConvoError):
    """The provider of a channel can't be reached or does not answer; try again later."""

    code = "provider_unavailable"
    status = 503


class Unauthorized(ConvoError):
    """The token is missing or wrong, or the request comes from a foreign host or page."""

    code = "unauthorized"
    status = 401


class JobParameterError(ConvoError):
    """A notebook parameter is unknown or has the wrong type."""

    code = "job_parameter"
    status = 422


# --- the machine or a process is in the way: act, then try again ------------------------------


class HubUnavailable(ConvoError):
    """The hub does not answer; what was asked may or may not have been done."""

    code = "hub_unavailable"
    status = 503


class HubVersionError(ConvoError):
    """Hub and client speak different versions, and the hub could not be restarted."""

    code = "hub_version"
    status = 409


class StoreLocked(ConvoError):
    """Another process holds the database file; the message names it."""

    code = "store_locked"
    status = 503


class StoreUnavailable(ConvoError):
    """The database can't be read or written now: the disk or the memory is full."""

    code = "store_unavailable"
    status = 503


class StoreClosed(StoreUnavailable):
    """The workspace was closed, because its hub is stopping; open it again, then try again."""

    code = "store_closed"


class StoreRefused(ConvoError):
    """What was to be written breaks a rule of the database, which is a defect; please report it."""

    code = "store_refused"
    status = 500


class StoreTooNew(ConvoError):
    """The database was written by a newer version of this package; upgrade the package."""

    code = "store_too_new"
    status = 500


class JournalMismatch(ConvoError):
    """Journal and database don't belong together, or the journal lost its end."""

    code = "journal_mismatch"
    status = 500


class JournalUnavailable(ConvoError):
    """The journal can't be read or written: disk full, no access, or held by another program."""

    code = "journal_unavailable"
    status = 503


def _tree(base: type[ConvoError]) -> dict[str, type[ConvoError]]:
    found = {base.code: base}
    for child in base.__subclasses__():
        found |= _tree(child)
    return found


def from_wire(code: str, message: str, detail: dict[str, Any]) -> ConvoError:
    """The error a hub reported, as the class it was raised with (an unknown code: ConvoError)."""
    return _tree(ConvoError).get(code, ConvoError)(message, **detail)
