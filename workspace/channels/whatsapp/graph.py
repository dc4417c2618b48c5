"""The only place that talks to the Cloud API.

The access token goes to the configured host, and to the hosts Meta serves files from; to no other,
whatever an answer says.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import httpx

from workspace.channels.base import (
    Failure,
    NotThere,
    OutboundFile,
    Response,
    SendFailed,
    Unreachable,
)
from workspace.channels.whatsapp import answers
from workspace.channels.whatsapp.options import WhatsAppOptions
from workspace.errors import ConfigError, FileGone
from workspace.models import FailureKind
from workspace.version import VERSION

TIMEOUT = httpx.Timeout(10, read=30, write=60, pool=None)
AGENT = f"conversation-workspace/{VERSION}"
MAX_FILE = 100_000_000
"""Bytes; no file on WhatsApp is larger."""

_FILE_HOSTS = (".fbsbx.com", ".fbcdn.net", ".facebook.com", ".whatsapp.net")
_TEMPLATE = (
    "name,language,status,category,components,parameter_format,rejected_reason,quality_score"
)
"""What is asked of a template: why it was rejected is told to those alone who ask for it."""

_PAGES = 100
"""Of a hundred templates each; nobody may have more."""

_UNSENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)  # fmt: skip
"""Nothing has left the machine."""


_NO_ANSWER = "WhatsApp's answer can't be read; a proxy between may have given it."
_NO_END = "WhatsApp's list of templates has no end, so it is not known which there are."
_GONE = "WhatsApp no longer has this file, or the access token may not read it."


class Graph:
    """`token` gives the access token; it is asked for each time, so that a new one is taken."""

    def __init__(
        self,
        options: WhatsAppOptions,
        token: Callable[[], str],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._options = options
        self._token = token
        self._home = httpx.URL(options.base_url)
        self._client = httpx.Client(timeout=TIMEOUT, transport=transport, follow_redirects=False)

    def close(self) -> None:
        self._client.close()

    def _url(self, *path: str) -> str:
        return "/".join([self._options.base_url, self._options.version, *path])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}", "User-Agent": AGENT}

    # --- sending ------------------------------------------------------------------------------

    def send(self, body: Mapping[str, Any]) -> Response:
        """POST to the number's messages. Raises SendFailed where no answer came."""
        url = self._url(self._options.phone_number_id, "messages")
        try:
            answer = self._client.post(url, headers=self._headers(), json=body)
            return _read(answer, receipt=body.get("status") == "read")
        except ConfigError as error:
            raise SendFailed(Failure(FailureKind.AUTH, error.message)) from None
        except _UNSENT as error:
            words = f"WhatsApp can't be reached: {_words(error)}"
            raise SendFailed(Failure(FailureKind.TRANSIENT, words)) from None
        except httpx.HTTPError as error:
            words = f"WhatsApp did not answer ({_words(error)}); it may have sent the message."
            raise SendFailed(Failure(FailureKind.UNKNOWN_OUTCOME, words)) from None

    def upload(self, file: OutboundFile) -> Response:
        """POST to the number's media; nothing is sent by it. Raises SendFailed."""
        url = self._url(self._options.phone_number_id, "media")
        data = {"messaging_product": "whatsapp", "type": file.mime}
        try:
            files = {"file": (file.name, file.data, file.mime)}
            answer = self._client.post(url, headers=self._headers(), data=data, files=files)
            return _read(answer, upload=True)
        except ConfigError as error:
            raise SendFailed(Failure(FailureKind.AUTH, error.message)) from None
        except httpx.HTTPError as error:
            words = f"The file could not be handed to WhatsApp: {_words(error)}"
            raise SendFailed(Failure(FailureKind.TRANSIENT, words)) from None

    # --- asking -------------------------------------------------------------------------------

    def get(self, *path: str, **query: str | int) -> Mapping[str, Any]:
        """The JSON object at a path. Raises ConfigError for what a person must mend, OSError."""
        return self._ask(self._url(*path), query)

    def _ask(self, url: str, query: Mapping[str, str | int]) -> Mapping[str, Any]:
        with _as_os_errors():
            response = _read(self._client.get(url, headers=self._headers(), params=dict(query)))
        if response.code != 200:
            raise _trouble(response)
        if not (found := answers.fields(response)):
            raise Unreachable(_NO_ANSWER)  # of a proxy, most likely: it says nothing of what is
        return found

    def templates(self) -> Iterator[Any]:
        """All templates of the business account as they are listed. Raises as `get`, also where
        only some of them were: who asks drops those that are not among them.
        """
        after: dict[str, str] = {}
        asked = {""}
        for _ in range(_PAGES):
            page = self.get(
                self._options.business_account_id,
                "message_templates",
                fields=_TEMPLATE,
                limit=100,
                **after,
            )
            listed = page.get("data")
            if not isinstance(listed, list):
                raise Unreachable(_NO_ANSWER)
            yield from listed
            if not _goes_on(page):
                return
            if (following := _cursor(page)) in asked:
                break
            asked.add(following)
            after = {"after": following}
        raise Unreachable(_NO_END)

    # --- files --------------------------------------------------------------------------------

    def fetch(self, id: str, into: BinaryIO) -> None:
        """Write a customer's file. Raises FileGone, NotThere, ConfigError, and OSError."""
        try:
            about = self.get(id, phone_number_id=self._options.phone_number_id)
        except NotThere:
            raise NotThere(_GONE) from None
        if not (place := about.get("url")):
            raise Unreachable(_NO_ANSWER)
        with _as_os_errors():
            url = httpx.URL(str(place))
        if not self._serves_files(url):
            raise FileGone(f"WhatsApp names a place for this file that is not its own: {url.host}.")
        digest = self._download(url, into)
        wanted = about.get("sha256")
        if isinstance(wanted, str) and wanted and wanted != digest:
            raise Unreachable("A file of WhatsApp did not arrive whole.")

    def _serves_files(self, url: httpx.URL) -> bool:
        own = (url.scheme, url.host, url.port) == (
            self._home.scheme, self._home.host, self._home.port,
        )  # fmt: skip
        metas = (url.scheme, url.port) == ("https", None) and url.host.endswith(_FILE_HOSTS)
        return own or metas

    def _download(self, url: httpx.URL, into: BinaryIO) -> str:
        """The SHA-256 of what was written, in hexadecimal digits."""
        digest, size = hashlib.sha256(), 0
        with (
            _as_os_errors(),
            self._client.stream("GET", url, headers=self._headers()) as response,
        ):
            if response.status_code in (404, 410):
                raise NotThere(_GONE)
            if response.status_code != 200:
                raise Unreachable(f"WhatsApp's file server answered {response.status_code}.")
            for piece in response.iter_bytes(1 << 16):
                size += len(piece)
                if size > MAX_FILE:
                    raise FileGone(f"The file is larger than {MAX_FILE // 1_000_000} MB.")
                digest.update(piece)
                into.write(piece)
        return digest.hexdigest()


def _read(answer: httpx.Response, **kind: bool) -> Response:
    return answers.response(answer.status_code, answer.headers, answer.content, **kind)


def _goes_on(page: Mapping[str, Any]) -> bool:
    paging = page.get("paging")
    return isinstance(paging, dict) and bool(paging.get("next"))


def _cursor(page: Mapping[str, Any]) -> str:
    """Of the page after this one, which goes on; empty: it is not told."""
    cursors = page["paging"].get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) else ""


def _trouble(response: Response) -> Exception:
    failed = answers.failure(response)
    if failed.kind is FailureKind.AUTH:
        return ConfigError(f"WhatsApp refused: {failed.detail}")
    # Without its error object a 404 is of a proxy: of what there is it says nothing.
    error = answers.fields(response).get("error")
    more = error.get("error_subcode") if isinstance(error, dict) else None
    if failed.code == "33" or (failed.code, more) == ("100", 33):
        return NotThere(f"WhatsApp has nothing there: {failed.detail}")
    return Unreachable(f"WhatsApp refused: {failed.detail}")


@contextmanager
def _as_os_errors() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"WhatsApp can't be reached: {_words(error)}") from None


def _words(error: Exception) -> str:
    quotes_us = isinstance(error, httpx.LocalProtocolError)  # a header, and the token in it
    return ("" if quotes_us else str(error)) or type(error).__name__
