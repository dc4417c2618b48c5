"""The model as an HTTP server on loopback, which calls the business's webhook as well."""

import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from workspace.testing.cloud import listing
from workspace.testing.cloud.model import Cloud
from workspace.testing.cloud.records import Account, Hook
from workspace.testing.cloud.refusals import Refused
from workspace.testing.serving import serving

_PATIENCE = 10.0
_WHOLE = re.compile(r"[0-9]{1,12}")


class NotSubscribed(Exception):
    """The address did not prove that it is the business's."""


class CloudServer:
    """`cloud` is the model; take `lock` to change it. `webhooks`: where the business is told; see
    `subscribe`. `duplicates`: this share of what is told is told twice, at first; `reordering`:
    what is due together is told in any order. Each seed plays its own dice.
    """

    def __init__(
        self, cloud: Cloud, duplicates: float = 0, reordering: bool = False, seed: int = 1
    ) -> None:
        self.cloud = cloud
        self._duplicates, self._reordering, self._dice = duplicates, reordering, Random(seed)
        self.lock = threading.RLock()
        self._asked = threading.Condition(self.lock)
        self.url = ""
        self.webhooks = ""
        self.requests: list[tuple[str, str]] = []
        """Method and path of all that was asked."""
        self.refused: list[int] = []
        """What the business answered instead of 200; 0: nothing."""

    # --- webhooks -----------------------------------------------------------------------------

    def subscribe(self, address: str, verify_token: str | None = None) -> None:
        """Tell an address from now on, once it has proved to be the business's: it knows the verify
        token (None: the account's), and gives the challenge back as it is. Raises NotSubscribed,
        and tells nobody any more.
        """
        self.webhooks = ""
        challenge = str(self._dice.getrandbits(40))
        known = self.cloud.account.verify_token if verify_token is None else verify_token
        query = {"mode": "subscribe", "challenge": challenge, "verify_token": known}
        asked = {f"hub.{name}": value for name, value in query.items()}
        try:
            answer = httpx.get(address, params=asked, timeout=_PATIENCE)
        except httpx.HTTPError as error:
            raise NotSubscribed(f"{address} does not answer: {error}") from None
        if (answer.status_code, answer.text) != (200, challenge):
            raise NotSubscribed(f"{address} answers {answer.status_code}, not with the challenge.")
        self.webhooks = address

    def advance(self, by: timedelta = timedelta()) -> None:
        """Let time pass, and tell what there is to tell by then; what is not acknowledged is due
        again later.
        """
        with self.lock:
            self.cloud.advance(by)
            due = self._badly(self.cloud.take_hooks())
        refused = {id(hook): hook for hook in due if not self.tell(hook.content)}
        with self.lock:
            for hook in refused.values():  # once, however often it was told
                self.cloud.again(hook)

    def _badly(self, due: list[Hook]) -> list[Hook]:
        """As often and in the order in which they are told."""
        new = [hook for hook in due if not hook.tries]
        told = [*due, *(hook for hook in new if self._dice.random() < self._duplicates)]
        if self._reordering:
            self._dice.shuffle(told)
        return told

    def tell(self, content: Mapping[str, Any]) -> bool:
        """Post a payload once, signed; whether it was acknowledged."""
        raw = json.dumps(content).encode()
        sign = hmac.digest(self.cloud.account.app_secret.encode(), raw, "sha256").hex()
        headers = {"X-Hub-Signature-256": f"sha256={sign}", "Content-Type": "application/json"}
        try:
            answer = httpx.post(self.webhooks, content=raw, headers=headers, timeout=_PATIENCE)
        except httpx.HTTPError:
            self.refused.append(0)
            return False
        if answer.status_code != 200:
            self.refused.append(answer.status_code)
        return answer.status_code == 200

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60) -> bool:
        """Wait until the business has asked for something; whether it has."""
        with self._asked:
            return self._asked.wait_for(condition, seconds)

    # --- the API ------------------------------------------------------------------------------

    def app(self) -> Starlette:
        """As https://graph.facebook.com, for one version."""
        account = self.cloud.account
        number = f"/{{version}}/{account.phone_number_id}"
        business = f"/{{version}}/{account.business_account_id}"
        return Starlette(
            routes=[
                Route(f"{number}/messages", self._messages, methods=["POST"]),
                Route(f"{number}/media", self._media, methods=["POST"]),
                Route(number, self._number),
                Route(f"{business}/message_templates", self._templates),
                Route(f"{business}/subscribed_apps", self._apps),
                Route("/files/{id}", self._file),
                Route("/{version}/{id}", self._about_file),
            ],
            exception_handlers={Refused: _refuse},
        )

    def _check(self, request: Request) -> None:
        self.requests.append((request.method, request.url.path))
        if request.headers.get("authorization") != f"Bearer {self.cloud.account.token}":
            raise Refused(190, 401)

    async def _messages(self, request: Request) -> Response:
        self._check(request)
        raw = await request.body()
        try:
            body = json.loads(raw)
            json.dumps(body, ensure_ascii=False).encode()  # halves of characters are no text
        except (ValueError, RecursionError):
            raise Refused(100, details="The body is not JSON.") from None
        with self.lock:
            status, answer = self.cloud.send(body)
            self._asked.notify_all()
            if status == 200 and self.cloud.loses_answer(body):
                return Response("upstream request timeout", 504)
        return JSONResponse(answer, status)

    async def _media(self, request: Request) -> Response:
        self._check(request)
        async with request.form() as form:
            file = form.get("file")
            if form.get("messaging_product") != "whatsapp" or file is None or isinstance(file, str):
                raise Refused(100, details="messaging_product and file are required.")
            data = await file.read()
            mime = str(form.get("type") or file.content_type)
        with self.lock:
            return JSONResponse({"id": self.cloud.keep(mime, data)})

    async def _number(self, request: Request) -> Response:
        self._check(request)
        number = {"display_phone_number": self.cloud.account.number, "verified_name": "The Shop"}
        return JSONResponse({**number, "quality_rating": "GREEN"})

    async def _templates(self, request: Request) -> Response:
        self._check(request)
        asked = request.query_params
        at = _whole(asked.get("after") or "0", "after")
        limit = _whole(asked.get("limit") or "25", "limit")
        fields, counts = _names(asked.get("fields", "")), _names(asked.get("summary", ""))
        with self.lock:
            answer = self.cloud.list_templates(at, limit, fields)
            if counts:
                answer["summary"] = listing.summary(self.cloud.templates, counts)
        return JSONResponse(answer)

    async def _apps(self, request: Request) -> Response:
        self._check(request)
        return JSONResponse({"data": [{"whatsapp_business_api_data": {"name": "Ours"}}]})

    async def _about_file(self, request: Request) -> Response:
        self._check(request)
        id = request.path_params["id"]
        with self.lock:
            status, answer = self.cloud.about_file(id, f"{self.url}/files/{id}")
        return JSONResponse(answer, status)

    async def _file(self, request: Request) -> Response:
        self._check(request)
        until = _whole(request.query_params.get("ext") or "0", "ext")
        with self.lock:
            file = self.cloud.download(request.path_params["id"], until)
        return Response(file.data, media_type=file.mime) if file else Response(status_code=404)


def _whole(said: str, name: str) -> int:
    """A number of a query. Raises Refused as Meta would."""
    if not _WHOLE.fullmatch(said):
        raise Refused(100, details=f"The parameter {name} is no whole number that can be.")
    return int(said)


def _names(said: str) -> list[str]:
    return [name for name in said.split(",") if name]


async def _refuse(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    status, answer = refused.answer
    return JSONResponse(answer, status)


@contextmanager
def cloud_server(
    account: Account | None = None,
    *,
    duplicates: float = 0,
    reordering: bool = False,
    seed: int = 1,
) -> Iterator[CloudServer]:
    """A provider on loopback until the end of the block."""
    server = CloudServer(Cloud(account), duplicates, reordering, seed)
    with serving(server.app()) as url:
        server.url = url
        yield server
