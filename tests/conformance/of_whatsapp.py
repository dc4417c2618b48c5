"""WhatsApp's Cloud API, judged by Meta's specification and by pywa."""

import hmac
import json
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.conformance import judge as judges
from tests.conformance.judge import Judge
from tests.conformance.kit import META, NOW, Judged, Kit, Provider, Refused, Shared
from tests.conformance.whatsapp_payloads import (
    OURS,
    SEEDS,
    USER_ID,
    WA_ID,
    message,
    payload,
    status,
)
from tests.conformance.wrecks import wrecks
from tests.whatsapp.cloud import BUSINESS, NUMBER, OPTIONS, SECRETS, whatsapp
from tests.whatsapp.odd_graph import Odd, odd_graph
from workspace.channels.base import (
    Channel,
    FilledTemplate,
    Meta,
    Outbound,
    OutboundFile,
    React,
    Response,
    Seen,
    Thread,
)
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.channels.whatsapp import answers, codes
from workspace.models import (
    Address,
    AddressKind,
    DeliveryStatus,
    FailureKind,
    MediaKind,
    Template,
)
from workspace.services import Services
from workspace.testing.cloud import Cloud, requests
from workspace.testing.cloud.refusals import Refused as RefusedByCloud

PHONE = Address(AddressKind.PHONE, f"+{WA_ID}")
BSUID = Address(AddressKind.BSUID, USER_ID)
HELLO = Outbound(
    key="0123456789abcdef",
    to=PHONE,
    to_name="Ada",
    text="Hello, is this all?",
    files=(),
    thread=Thread(),
    queued_at=NOW,
)
OPUS = b"OggS" + bytes(22) + b"\x01\x13OpusHead" + bytes(11)
PHOTO = OutboundFile(MediaKind.IMAGE, "mug.jpg", "image/jpeg", b"\xff\xd8 a photo")
LIST = OutboundFile(MediaKind.DOCUMENT, "list.pdf", "application/pdf", b"%PDF-1.7")
VOICE = OutboundFile(MediaKind.AUDIO, "voice.ogg", "audio/ogg", OPUS)
FILM = OutboundFile(MediaKind.VIDEO, "film.mp4", "video/mp4", b"\0\0\0\x18ftypmp42")


def filled(template: Template) -> Outbound:
    header = template.header.media if template.header else None
    file = OutboundFile(header, f"{header}.bin", "image/jpeg", b"x") if header else None
    values = {variable.key: f"value {variable.key}"[:15] for variable in template.variables}
    files = (file,) if file else ()
    return replace(HELLO, text="", files=files, template=FilledTemplate(template, values))


MESSAGES = {
    "a text": HELLO,
    "to a business-scoped id": replace(HELLO, to=BSUID),
    "an answer": replace(HELLO, reply_to="wamid.HBgLMTY"),
    "a photo with a caption": replace(HELLO, files=(PHOTO,)),
    "a document": replace(HELLO, text="", files=(LIST,)),
    "a voice message": replace(HELLO, text="", files=(VOICE,)),
    "a film": replace(HELLO, text="", files=(FILM,)),
} | {f"{each.name} in {each.language}": filled(each) for each in CATALOGUE}
SIGNALS = {
    "a reaction": React(PHONE, "wamid.HBgLMTY", "👍"),
    "a reaction of our own name": React(PHONE, "wamid.HBgLMTY", "👍", "our-own-name"),
    "a reaction taken back": React(BSUID, "wamid.HBgLMTY", ""),
    "a read receipt": Seen(PHONE, "wamid.HBgLMTY"),
    "typing": Seen(PHONE, "wamid.HBgLMTY", typing=True),
}

# What may be left out: it is for our own use, or says what is so anyway.
SPARE = {
    "biz_opaque_callback_data", "recipient_type", "context", "text.preview_url", "image.caption",
    "audio.voice", "document.filename", "typing_indicator", "template.components",
    "template.components.parameters.document.filename",
    "template.components.parameters.parameter_name",
}  # fmt: skip

# What Meta's documents and other clients say of its codes.
MEANINGS: Mapping[FailureKind, Sequence[int]] = {
    FailureKind.AUTH: (
        0, 3, 10, 190, *range(200, 300), 131005,
        131042, 131044,  # payment
        368, 130497, 131031, 131037, 131045, 133010,  # the account
    ),
    FailureKind.RATE_LIMITED: (4, 613, 80007, 130429, 131056, 131057),
    FailureKind.TRANSIENT: (1, 2, 131000, 131016, 133004),
    FailureKind.WINDOW_CLOSED: (131047,),
    FailureKind.UNREACHABLE: (
        130472, 131021, 131026, 131030, 131062, 137000,
        131048, 131049, 131064,  # held back for this customer
    ),
    FailureKind.MARKETING_STOPPED: (131050,),
    FailureKind.MEDIA: (131051, 131052, 131053),
    FailureKind.TEMPLATE: (
        131063, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069,
    ),
    FailureKind.INVALID: (33, 100, 131008, 131009, 135000),
}  # fmt: skip
CODES = [(code, kind) for kind, each in MEANINGS.items() for code in each]
# What the operator is told instead of what Meta says.
ADVICE: Mapping[int, str] = {
    190: "token",
    131026: "this number",
    131030: "test account",
    131042: "payment method",
    131047: "template message is required",
    131048: "reported as spam",
    131049: "marketing messages",
    131050: "stopped marketing messages",
    131062: "phone number",
    132015: "choose another",
    132016: "choose another",
}
SAID = "What is wrong"


def accepted(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/media"):
        return httpx.Response(200, json={"id": "4490709327384033"})
    if json.loads(request.content).get("status") == "read":
        return httpx.Response(200, json={"success": True})
    return httpx.Response(200, json={"messages": [{"id": "wamid.sent"}]})


def error(code: int, details: str = "") -> dict[str, Any]:
    return {
        "error": {
            "message": "(#1) A title that may go",
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details},
        }
    }


_meta = cache(judges.whatsapp)
"""Reading the specification takes seconds."""


class ByMeta(Judged):
    """By Meta's specification. That says nothing of lengths and sizes: those of the simulated Cloud
    API are from Meta's documents, and apart from the channel's.
    """

    def __init__(self, meta: Judge) -> None:
        self._meta = meta
        self._meta.seen.clear()
        self._cloud = Cloud()
        self._cloud.templates = [replace(each, status="APPROVED") for each in CATALOGUE]
        self.channel = whatsapp(meta.before(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/media"):
            return accepted(request)
        return httpx.Response(200, json={"id": self._cloud.keep(*_uploaded(request))})

    def documents(self) -> Sequence[httpx.Request]:
        """Without uploads, which the judge does not read."""
        seen = list(self._meta.seen)
        self._meta.seen.clear()
        return [each for each in seen if each.url.path.endswith("/messages")]

    def again(self, document: httpx.Request) -> httpx.Request:
        return _with(document, json.loads(document.content))

    def wrecks(self, document: httpx.Request) -> Iterable[tuple[str, httpx.Request]]:
        for what, wreck in wrecks(json.loads(document.content), SPARE):
            yield what, _with(document, wreck)

    def judge(self, document: httpx.Request) -> None:
        try:
            self._meta.judge(document)
        except judges.Refused as refused:
            raise Refused(str(refused)) from None
        finally:
            self._meta.seen.pop()  # it was not sent

    def measure(self, document: httpx.Request) -> None:
        try:
            requests.read(json.loads(document.content), self._cloud.templates, self._cloud.file)
        except RefusedByCloud as refused:
            raise Refused(str(refused.answer)) from None


def _uploaded(request: httpx.Request) -> tuple[str, bytes]:
    """Type and bytes of the file in a form."""
    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    parts = (part.partition(b"\r\n\r\n") for part in request.content.split(b"--" + boundary))
    [(head, data)] = [(head, data) for head, _, data in parts if b'name="file"' in head]
    mime = head.lower().partition(b"content-type:")[2].strip().decode()
    return mime, data.removesuffix(b"\r\n")


def _with(document: httpx.Request, body: Any) -> httpx.Request:
    plain = {name: document.headers[name] for name in ("authorization", "user-agent")}
    return httpx.Request("POST", document.url, headers=plain, json=body)


class WhatsApp(Kit):
    kind = "whatsapp"
    options = OPTIONS
    environment = SECRETS
    somebody = PHONE
    quiet = frozenset(
        {
            "outgoing_message text",  # has words instead of a number
            "outgoing_message delete",
            "outgoing_message edit",
            "message interactive_message_with_err",
            "message unsupported",
            "message unsupported_with_type",
            "Unsupported Message",
            "Group Create Message",
            "Group Settings Update",
            "Group Remove Participants",
        }
    )

    def messages(self) -> Mapping[str, Outbound]:
        return MESSAGES

    def signals(self) -> Mapping[str, React | Seen]:
        return SIGNALS

    @contextmanager
    def judged(self, shared: Shared, folder: Path) -> Iterator[Judged]:
        yield ByMeta(_meta(shared("specs/meta/whatsapp-cloud.judge.json")))

    def accepted(self, message: Outbound) -> Response:
        body = {"messages": [{"id": f"wamid.{message.key}"}]}
        return answers.response(200, {}, json.dumps(body).encode())

    def limited(self) -> tuple[Response, float]:
        content = json.dumps(error(130429)).encode()
        return answers.response(429, {"retry-after": "17"}, content), 17.0

    def errors(self) -> Iterator[tuple[str, Response, FailureKind]]:
        assert codes.KIND_OF.keys() <= dict(CODES).keys(), "codes that nobody judges"
        for code, kind in CODES:
            content = json.dumps(error(code, SAID)).encode()
            yield str(code), answers.response(400, {}, content), kind
        for http, content, kind in ODD_ANSWERS:
            yield f"{http} {content[:20]!r}", answers.response(http, {}, content), kind
            # No doubt about a message remains where only its file was handed over.
            later = FailureKind.TRANSIENT if kind is FailureKind.UNKNOWN_OUTCOME else kind
            found = answers.response(http, {}, content, upload=True)
            yield f"upload {http} {content[:20]!r}", found, later

    def late_errors(self) -> Iterator[tuple[str, bytes, FailureKind]]:
        for code, kind in CODES:
            told = status("wamid.1", "failed", errors=[{"code": code, "title": SAID}])
            yield str(code), json.dumps(payload(statuses=[told])).encode(), kind

    def words(self) -> Mapping[str, str]:
        return {str(code): ADVICE.get(code, SAID) for code, _ in CODES}

    @contextmanager
    def cut_before(self, folder: Path) -> Iterator[Channel]:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            channel = whatsapp(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
            yield channel
            channel.close()

    @contextmanager
    def cut_after(self, folder: Path) -> Iterator[Channel]:
        with odd_graph(Odd(at="messages")) as server:
            channel = whatsapp(base_url=server.url)
            yield channel
            channel.close()

    def template(self) -> Template:
        return next(t for t in CATALOGUE if (t.name, t.language) == ("order_update", "en"))

    def said(self, n: int) -> bytes:
        return json.dumps(payload(messages=[message(n)])).encode()

    def stranger(self, n: int) -> bytes:
        who = f"49151999{n:05}"
        contacts = [{"profile": {"name": f"Stranger {n}"}, "wa_id": who}]
        written = message(1000 + n) | {"from": who}
        return json.dumps(payload(messages=[written], contacts=contacts)).encode()

    def receipt(self, provider_id: str, status_: DeliveryStatus, key: str) -> bytes:
        more = {"errors": [{"code": 131026}]} if status_ is DeliveryStatus.FAILED else {}
        told = status(provider_id, status_.value, key, **more)
        return json.dumps(payload(statuses=[told])).encode()

    def told(self) -> frozenset[DeliveryStatus]:
        words = ("sent", "delivered", "read", "failed")
        return frozenset(map(DeliveryStatus, words))

    def echo(self, message_: Outbound, provider_id: str) -> bytes:
        mine = message(0, type="text", text={"body": message_.text})
        mine |= {"id": provider_id, "from": OURS, "to": message_.to.value[1:]}
        content = payload(message_echoes=[mine])
        content["entry"][0]["changes"][0]["field"] = "smb_message_echoes"
        return json.dumps(content).encode()

    def bundle(self, said: int, receipts: int) -> bytes:
        """In several changes of several entries."""
        first = payload(messages=[message(n) for n in range(said - 1)])
        second = payload(messages=[message(said - 1)])
        first["entry"][0]["changes"] += second["entry"][0]["changes"]
        words = ("sent", "delivered", "read")
        told = [status(f"wamid.{n}", words[n % 3]) for n in range(receipts)]
        first["entry"] += payload(statuses=told)["entry"]
        return json.dumps(first).encode()

    def fixtures(self, shared: Shared) -> Mapping[str, tuple[bytes, Meta]]:
        """pywa's, and those of Meta's specification."""
        found = {
            f"{path.stem} {name}": content
            for path in sorted(shared("specs/pywa/updates").glob("*.json"))
            for name, content in json.loads(path.read_text("utf-8")).items()
        }
        spec = json.loads(shared("specs/meta/whatsapp-cloud.judge.json").read_text("utf-8"))
        body = spec["paths"]["/whatsapp/webhooks"]["post"]["requestBody"]["content"]
        examples = body["application/json"]["examples"].items()
        found |= {name: example["value"] for name, example in examples}
        assert len(found) > 40
        return {name: (_as_ours(content), META) for name, content in found.items()}

    def seeds(self) -> Sequence[bytes]:
        return SEEDS

    def signed(self, raw: bytes, secret: str | None = None) -> Mapping[str, str]:
        key = SECRETS["WA_APP_SECRET"] if secret is None else secret
        sign = hmac.digest(key.encode(), raw, "sha256").hex()
        return {"x-hub-signature-256": f"sha256={sign}"}

    @contextmanager
    def provider(self, folder: Path) -> Iterator[Provider]:
        yield Provider(OPTIONS)

    def deliver(self, services: Services, channel_id: int, count: int) -> None:
        """As Meta does: from the first on that was not acknowledged."""
        told = services.paths.folder / "told"
        for n in range(int(told.read_text()) if told.exists() else 0, count):
            raw = self.said(n)
            services.webhooks.take(channel_id, self.signed(raw), raw)
            told.write_text(str(n + 1))


def _as_ours(content: Any) -> bytes:
    """About our number and account, which a channel listens to alone."""
    for entry in content.get("entry", []):
        for change in entry.get("changes", []):
            if "metadata" in change["value"]:
                change["value"]["metadata"]["phone_number_id"] = NUMBER
            else:
                entry["id"] = BUSINESS
    return json.dumps(content).encode()


ODD_ANSWERS = [
    (200, b"", FailureKind.UNKNOWN_OUTCOME),
    (200, b'{"messages": []}', FailureKind.UNKNOWN_OUTCOME),
    (200, b'{"messages": [{"id": 7}]}', FailureKind.UNKNOWN_OUTCOME),
    (200, b'{"messages": "wamid"}', FailureKind.UNKNOWN_OUTCOME),
    (502, b"<html>Bad Gateway</html>", FailureKind.UNKNOWN_OUTCOME),
    (504, b"\xff\xfe", FailureKind.UNKNOWN_OUTCOME),
    (401, b"[]", FailureKind.AUTH),
    (403, b'{"error": "no"}', FailureKind.AUTH),
    (429, b"slower", FailureKind.RATE_LIMITED),
    (400, b'{"error": {"code": null}}', FailureKind.INVALID),
    (400, b'{"error": {"code": 987654}}', FailureKind.INVALID),
    (400, b'{"error": {"code": 1e30, "error_data": []}}', FailureKind.INVALID),
    (400, b"[" * 100_000, FailureKind.INVALID),
]


KITS = [WhatsApp()]
