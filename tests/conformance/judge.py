"""A provider's own specification as the judge of what we send to it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers

Answer = Callable[[httpx.Request], httpx.Response]


class Refused(AssertionError):
    """The specification does not allow this request."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What openapi-core wants to know of a request."""

    host_url: str
    path: str
    method: str
    body: bytes
    content_type: str
    parameters: RequestParameters = field(default_factory=RequestParameters)


class Judge:
    """Refuses what the specification does not allow.

    openapi-core judges JSON bodies, paths, parameters and headers. It reads no multipart bodies:
    those are for the test to look at.
    """

    def __init__(self, spec: dict[str, Any]) -> None:
        self._api = OpenAPI.from_dict(spec)
        self.seen: list[httpx.Request] = []

    def judge(self, request: httpx.Request) -> None:
        """Raises Refused with the reason."""
        self.seen.append(request)
        kind, _, _ = request.headers.get("content-type", "").partition(";")
        if kind == "multipart/form-data":
            return
        url = request.url
        parameters = RequestParameters(
            query=dict(url.params), header=Headers(request.headers.items()), path={}
        )
        asked = _Request(
            f"{url.scheme}://{url.netloc.decode()}",
            url.path,
            request.method.lower(),
            request.content,
            kind,
            parameters,
        )
        try:
            self._api.validate_request(asked)
        except OpenAPIError as error:
            raise Refused("\n".join(_reasons(error))) from None

    def before(self, answer: Answer) -> httpx.MockTransport:
        """A transport that judges each request and has `answer` answer what was allowed."""

        def handle(request: httpx.Request) -> httpx.Response:
            self.judge(request)
            return answer(request)

        return httpx.MockTransport(handle)


def _reasons(error: BaseException) -> Iterator[str]:
    yield f"{type(error).__name__}: {error}"
    cause = error.__cause__
    for each in getattr(cause, "schema_errors", ()):
        yield from (f"  {part.validator}: {part.message}" for part in (each, *each.context))


# --- WhatsApp -------------------------------------------------------------------------------------


def whatsapp(path: Path) -> Judge:
    return Judge(whatsapp_specification(path))


def whatsapp_specification(path: Path) -> dict[str, Any]:
    """Meta's, corrected where it contradicts itself or is older than the API."""
    spec: dict[str, Any] = json.loads(path.read_text("utf-8"))
    _close(spec["components"]["schemas"])
    _add_what_is_newer(spec["components"]["schemas"])
    # It stands for the production servers; ours is wherever the test has it.
    spec["servers"] = [{"url": "/"}]
    return spec


def _close(schemas: dict[str, Any]) -> None:
    """JSON Schema knows no discriminators and closes each part of an `allOf` by itself; what the
    specification means is: one of the kinds, and no properties but those of all parts together.
    """
    kinds = {f"#/components/schemas/{n}": s.pop("discriminator", {}) for n, s in schemas.items()}
    for schema in schemas.values():
        _follow(schema, {ref: kind["mapping"].values() for ref, kind in kinds.items() if kind})
    for schema in schemas.values():
        for part in schema.get("allOf", ()):
            if part.pop("additionalProperties", None) is False:
                schema["unevaluatedProperties"] = False
    for name in (*_OF_TEMPLATES, "TemplateMessage"):
        schemas[name]["unevaluatedProperties"] = False
    for name in ("TemplateObject", "MessageContext"):
        schemas[name]["additionalProperties"] = False
    # Their descriptions say so.
    schemas["TextMessage"]["allOf"][1]["properties"]["text"]["required"] = ["body"]
    schemas["MessageContext"]["required"] = ["message_id"]
    reaction = schemas["ReactionMessage"]["allOf"][1]["properties"]["reaction"]
    reaction["required"] = ["message_id", "emoji"]
    for name in ("HeaderComponent", "BodyComponent"):
        schemas[name]["allOf"][1]["required"] = ["parameters"]


_OF_TEMPLATES = (
    "HeaderComponent", "BodyComponent", "ButtonComponent", "TextParameter", "ImageParameter",
    "DocumentParameter", "VideoParameter", "ButtonTextParameter", "ButtonPayloadParameter",
)  # fmt: skip


def _follow(schema: Any, kinds: dict[str, Any]) -> None:
    """The items of lists are one of the kinds that a discriminator names."""
    if isinstance(schema, list):
        for each in schema:
            _follow(each, kinds)
    if not isinstance(schema, dict):
        return
    items = schema.get("items")
    if isinstance(items, dict) and items.get("$ref") in kinds:
        schema["items"] = {"oneOf": [{"$ref": ref} for ref in kinds[items["$ref"]]]}
    for each in schema.values():
        _follow(each, kinds)


def _add_what_is_newer(schemas: dict[str, Any]) -> None:
    base = schemas["BaseMessageProperties"]
    base["properties"] |= {
        # Returned in the webhooks about the message.
        "biz_opaque_callback_data": {"type": "string", "maxLength": 512},
        # A business-scoped user id, instead of a phone number, since spring 2026.
        "recipient": {"type": "string", "pattern": r"^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$"},
    }
    base["required"] = ["messaging_product", "type"]
    base["oneOf"] = [{"required": ["to"]}, {"required": ["recipient"]}]
    # The reference names these for photos, videos and documents; the schema stops at id and link.
    media = schemas["MediaObject"]
    media["properties"] = {
        "caption": {"type": "string"},
        "filename": {"type": "string"},
        "voice": {"type": "boolean"},
    }
    media["unevaluatedProperties"] = False
    # Named templates.
    schemas["TextParameter"]["allOf"][1]["properties"]["parameter_name"] = {"type": "string"}
    # What `TemplateComponent` says of these, own examples and all, contradicts this.
    button = schemas["ButtonComponent"]["allOf"][1]["properties"]
    del button["index"], button["sub_type"]
    # The value of a button that copies a code.
    schemas["ButtonParameterObject"]["properties"]["type"]["enum"].append("coupon_code")
    schemas["ButtonCodeParameter"] = {
        "type": "object",
        "required": ["type", "coupon_code"],
        "unevaluatedProperties": False,
        "properties": {
            "type": {"enum": ["coupon_code"]},
            "coupon_code": {"type": "string", "maxLength": 20},
        },
    }
    schemas["ButtonComponent"]["allOf"][1]["properties"]["parameters"]["items"]["oneOf"].append(
        {"$ref": "#/components/schemas/ButtonCodeParameter"}
    )
