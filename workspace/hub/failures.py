"""Every error as the wire form of errors.py, and none with more in it than its sentence."""

import asyncio
import json
import logging
import secrets
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workspace.errors import ConvoError, HubUnavailable, InvalidRequest, NotFound

log = logging.getLogger(__name__)
NO_JSON = "The body is not valid JSON."
STOPPED = "The hub was stopped meanwhile; what was asked may or may not have been done."


def wire(error: ConvoError, status: int | None = None) -> Response:
    """The answer that the client turns back into the same error."""
    content = {"error": error.code, "message": error.message, "detail": error.detail}
    status = status or error.status
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    body = json.dumps(content, ensure_ascii=False, default=str)
    return Response(body, status, headers, media_type="application/json")


def install(app: FastAPI) -> None:
    app.add_exception_handler(ConvoError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _routing)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, ConvoError)
    return wire(error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return wire(InvalidRequest(explain(error.errors())))


async def _routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return wire(NotFound("This address does not exist; /docs lists those that do."))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        refusal = InvalidRequest(f"{request.method} is not possible here; use {allowed}.")
        return wire(refusal, 405)
    return wire(InvalidRequest(NO_JSON))  # nested too deeply, or no Unicode


def explain(problems: Sequence[Any]) -> str:
    """One sentence that names each wrong field; never what was in it."""
    return " ".join(dict.fromkeys(_sentence(problem) for problem in problems))


def _sentence(problem: Any) -> str:
    place = [str(part) for part in problem["loc"][1:]]
    match problem["type"]:
        case "json_invalid":
            return NO_JSON
        case "model_attributes_type" | "dict_type" if not place:
            return "The body must be a JSON object (Content-Type: application/json)."
        case "missing":
            return f"{_named(problem, place)} is missing."
        case "extra_forbidden":
            return f"{_named(problem, place)} is not known here."
    message = problem["msg"].partition(", unable")[0].removeprefix("Value error, ")
    return f"{_named(problem, place)}: {message[:1].lower()}{message[1:]}."


def _named(problem: Any, place: list[str]) -> str:
    match problem["loc"][0]:
        case "header":
            return f"The header {'-'.join(part.title() for part in place[0].split('-'))}"
        case "body" if not place:
            return "The body"
    return ".".join(place)


class Guard:
    """The last resort: an unexpected error is logged under a reference and told without content."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, note)
        except asyncio.CancelledError:
            # The hub stops and has waited long enough: the server cancels for no other reason.
            if started:
                raise
            await wire(HubUnavailable(STOPPED))(scope, receive, send)
        except Exception:
            answer = unexpected()
            if not started:  # else the connection breaks off, which the client notices
                await answer(scope, receive, send)


def unexpected() -> Response:
    """Log the current exception (without its message, see log.py); the answer names the entry."""
    reference = secrets.token_hex(4)
    log.exception("unexpected error, reference %s", reference)
    return wire(
        ConvoError(
            f"The hub met an unexpected error; hub.log has it under reference {reference}.",
            reference=reference,
        )
    )
