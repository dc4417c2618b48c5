"""pywa, which others wrote from Meta's documents, sends to the simulated Cloud API and reads what
that tells: what both understand was not agreed on between two halves of one program.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from queue import Queue
from typing import Any

import httpx
import pytest
from cloud import SECRETS
from starlette.applications import Starlette

from tests.conformance.of_whatsapp import BSUID
from workspace.channels.simulated.catalogue import CATALOGUE
from workspace.models import Template, VariablePlace
from workspace.testing.cloud import Cloud, CloudServer, Customer, cloud_server
from workspace.testing.cloud.refusals import error_of
from workspace.testing.serving import serving

pywa = pytest.importorskip("pywa")
errors = pytest.importorskip("pywa.errors")
components = pytest.importorskip("pywa.types.templates")

ADA = Customer("4915112345678", "Ada", BSUID.value)
HIDDEN = Customer("", "Somebody", "US.99887766554433221100")
JPEG, PDF, OGG, MP4 = b"\xff\xd8 a photo", b"%PDF-1.7", b"OggS", b"\0\0\0\x18ftypmp42"


class Redirected(httpx.HTTPTransport):
    """The client has no option for another host."""

    def __init__(self, home: httpx.URL) -> None:
        super().__init__()
        self._home = home

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        home = self._home
        request.url = request.url.copy_with(scheme=home.scheme, host=home.host, port=home.port)
        return super().handle_request(request)


@pytest.fixture
def server() -> Iterator[CloudServer]:
    with cloud_server() as server:
        yield server


@pytest.fixture
def cloud(server: CloudServer) -> Cloud:
    return server.cloud


ABOUT = (
    "message", "message_status", "callback_button", "user_marketing_preferences",
    "template_status_update", "template_quality_update", "template_components_update",
)  # fmt: skip


class Business:
    """A program of others: its requests, and at the other end of the webhook its server, its look
    at signatures and its parser.
    """

    def __init__(self, provider: CloudServer, session: httpx.Client) -> None:
        self._provider = provider
        self._heard: list[Any] = []
        self._done: Queue[None] = Queue()
        self.app = Starlette()
        account = provider.cloud.account
        self.client = pywa.WhatsApp(
            phone_id=account.phone_number_id,
            waba_id=account.business_account_id,
            token=SECRETS["WA_TOKEN"],
            app_secret=SECRETS["WA_APP_SECRET"],
            session=session,
            server=self.app,
            verify_token=account.verify_token,
        )
        for what in ABOUT:
            getattr(self.client, f"on_{what}")()(lambda _, update: self._heard.append(update))
        self.client.on_raw_update()(lambda *_: self._done.put(None))  # the last of each payload

    def hears(self, after: timedelta = timedelta()) -> Sequence[Any]:
        """What it understood of all that is told by then."""
        self._heard.clear()
        self._provider.cloud.advance(after)
        for content in self._provider.cloud.take_due():
            assert self._provider.tell(content), "its server refused the payload"
            self._done.get(timeout=10)
        return list(self._heard)


@pytest.fixture
def business(server: CloudServer) -> Iterator[Business]:
    with httpx.Client(transport=Redirected(httpx.URL(server.url))) as session:
        business = Business(server, session)
        with serving(business.app) as url:
            server.subscribe(url)
            yield business


@pytest.fixture
def client(business: Business) -> Any:
    return business.client


# --- it sends -------------------------------------------------------------------------------------

SENDS: Mapping[str, Callable[[Any, str, str], Any]] = {
    "text": lambda client, to, heard: client.send_message(to, "Hello *Ada*", tracker="our-key"),
    "text with a link": lambda client, to, heard: client.send_message(
        to, "https://shop.example", preview_url=True
    ),
    "text quoting": lambda client, to, heard: client.send_message(
        to, "Yes", reply_to_message_id=heard
    ),
    "image": lambda client, to, heard: client.send_image(
        to, JPEG, caption="A mug", mime_type="image/jpeg"
    ),
    "document": lambda client, to, heard: client.send_document(
        to, PDF, filename="list.pdf", mime_type="application/pdf"
    ),
    "audio": lambda client, to, heard: client.send_audio(to, OGG, mime_type="audio/ogg"),
    "voice": lambda client, to, heard: client.send_voice(to, OGG, mime_type="audio/ogg"),
    "video": lambda client, to, heard: client.send_video(to, MP4, mime_type="video/mp4"),
    "sticker": lambda client, to, heard: client.send_sticker(to, b"RIFF", mime_type="image/webp"),
    "reaction": lambda client, to, heard: client.send_reaction(to, "👍", heard),
    "reaction taken back": lambda client, to, heard: client.remove_reaction(to, heard),
}


@pytest.mark.parametrize("to", [ADA.wa_id, ADA.user_id])
@pytest.mark.parametrize("name", SENDS)
def test_each_kind_it_sends_is_taken(client: Any, cloud: Cloud, name: str, to: str) -> None:
    heard = cloud.writes(ADA, "Hello")
    sent = SENDS[name](client, to, heard)
    body = cloud.sent[sent.id].body
    assert body["type"] == name.partition(" ")[0].replace("voice", "audio")
    held = body[body["type"]]
    if "id" in held:
        assert cloud.files[held["id"]].data in (JPEG, PDF, OGG, MP4, b"RIFF")
    if "quoting" in name:
        assert body["context"] == {"message_id": heard}
    if "reaction" in name:
        assert cloud.reactions[heard] == ("" if "back" in name else "👍")


def filled(template: Template) -> Sequence[Any]:
    """The template's values as this client names them."""
    values = {variable.key: variable.example for variable in template.variables}
    found: list[Any] = []
    if template.header and not template.header_text:
        kind = template.header.format.lower()
        mime, data = ("image/jpeg", JPEG) if kind == "image" else ("application/pdf", PDF)
        header = getattr(components, f"Header{kind.title()}")
        found.append(header.params(**{kind: data}, mime_type=mime))
    for place, part in (
        (VariablePlace.HEADER, components.HeaderText),
        (VariablePlace.BODY, components.BodyText),
    ):
        own = [v for v in template.placed if v.place is place]
        named = bool(own) and not own[0].name.isdecimal()
        if own and named:
            found.append(part.params(**{v.name: values[v.key] for v in own}))
        elif own:
            found.append(part.params(*(values[v.key] for v in own)))
    for n, button in enumerate(template.buttons):
        if button.type == "QUICK_REPLY":
            found.append(components.QuickReplyButton.params(callback_data=f"b{n}", index=n))
        elif button.varies:
            value = values[template.key(VariablePlace.BUTTON, str(n))]
            url = button.type == "URL"
            found.append(
                components.URLButton.params(url_variable=value, index=n)
                if url
                else components.CopyCodeButton.params(coupon_code=value, index=n)
            )
    return found


@pytest.mark.parametrize("template", CATALOGUE, ids=lambda each: f"{each.name}-{each.language}")
def test_each_template_it_fills_is_taken_if_it_is_approved(
    client: Any, cloud: Cloud, template: Template
) -> None:
    def send(params: Sequence[Any]) -> Any:
        language = components.TemplateLanguage(template.language)
        return client.send_template(ADA.wa_id, template.name, language, params)

    if template.status != "APPROVED":
        with pytest.raises(errors.WhatsAppError):
            send(filled(template))
        return
    sent = send(filled(template))
    assert cloud.sent[sent.id].body["template"]["name"] == template.name
    if template.variables:
        with pytest.raises(errors.TemplateParamCountMismatch):
            send([])


def test_it_hears_of_refusals_in_its_own_words(client: Any, cloud: Cloud) -> None:
    with pytest.raises(errors.TemplateNotExists):
        client.send_template(ADA.wa_id, "nowhere", components.TemplateLanguage.ENGLISH, [])
    template = next(t for t in CATALOGUE if t.status == "PAUSED")
    language = components.TemplateLanguage(template.language)
    with pytest.raises(errors.TemplatePaused):
        client.send_template(ADA.wa_id, template.name, language, filled(template))
    for _ in range(45):
        client.send_message(ADA.wa_id, "Once more")
        cloud.advance(timedelta(seconds=1))
    with pytest.raises(errors.TooManyMessages):
        client.send_message(ADA.wa_id, "Once too often")


def test_it_tells_that_somebody_reads_and_types(client: Any, cloud: Cloud) -> None:
    heard = cloud.writes(ADA, "Hello")
    assert client.mark_message_as_read(heard).success
    assert client.indicate_typing(heard).success
    assert cloud.seen == [(heard, False), (heard, True)]


def test_it_lists_the_same_templates(client: Any, cloud: Cloud) -> None:
    listed = list(client.get_templates())
    assert [(t.name, t.language.value, t.status.value) for t in listed] == [
        (each.name, each.language, each.status) for each in CATALOGUE
    ]
    for found, template in zip(listed, CATALOGUE, strict=True):
        body = next(part for part in found.components if part.type.value == "BODY")
        assert body.text == template.body


# --- it reads -------------------------------------------------------------------------------------


@pytest.mark.parametrize("customer", [ADA, HIDDEN], ids=["with a number", "hidden"])
def test_it_reads_what_a_customer_writes(
    business: Business, cloud: Cloud, customer: Customer
) -> None:
    first = cloud.writes(customer, "Hello")
    cloud.writes(customer, "And this", context={"id": first, "from": cloud.account.number})
    cloud.writes(customer, type="reaction", reaction={"message_id": first, "emoji": "👍"})
    cloud.writes(customer, type="location", location={"latitude": 1.5, "longitude": 2.0})
    cloud.writes(customer, type="button", button={"payload": "b0", "text": "Ask a question"})
    told = business.hears()
    assert [each.id for each in told] == list(cloud.written)
    assert {each.from_user.wa_id or each.from_user.bsuid for each in told} == {customer.address}
    assert {each.from_user.name for each in told} == {customer.name}
    assert {each.timestamp.timestamp() for each in told} == {cloud.now.timestamp()}
    text, answer, reaction, place, button = told
    assert text.text == "Hello"
    assert answer.reply_to_message.id == first
    assert (reaction.reaction.emoji, reaction.reaction.message_id) == ("👍", first)
    assert (place.location.latitude, place.location.longitude) == (1.5, 2.0)
    assert (button.data, button.title) == ("b0", "Ask a question")


def test_it_reads_a_customers_file(business: Business, cloud: Cloud) -> None:
    cloud.sends_file(ADA, "image", "image/jpeg", JPEG, caption="See")
    cloud.sends_file(ADA, "audio", "audio/ogg", OGG, voice=True)
    image, voice = business.hears()
    assert (image.caption, image.image.get_bytes()) == ("See", JPEG)
    assert (voice.audio.voice, voice.audio.get_bytes()) == (True, OGG)


def test_it_reads_how_far_a_message_got(client: Any, business: Business, cloud: Cloud) -> None:
    cloud.writes(ADA, "Hello")
    business.hears()
    sent = client.send_message(ADA.wa_id, "Hello Ada", tracker="our-key")
    told = business.hears(timedelta(seconds=2))
    cloud.receipt(sent.id, "read")
    told = [*told, *business.hears()]
    assert [each.status.value for each in told] == ["sent", "delivered", "read"]
    assert {(each.id, each.tracker) for each in told} == {(sent.id, "our-key")}


@pytest.mark.parametrize("code", [131026, 131047, 131049, 131050, 131053])
def test_it_reads_why_one_failed_later(
    client: Any, business: Business, cloud: Cloud, code: int
) -> None:
    cloud.writes(ADA, "Hello")
    business.hears()
    cloud.refuse[ADA.wa_id] = code
    client.send_message(ADA.wa_id, "Hello Ada")
    [told] = business.hears(timedelta(seconds=2))
    assert told.status.value == "failed"
    assert told.error.code == code
    assert told.error.details == error_of(code)["error_data"]["details"]


def test_it_reads_what_becomes_of_a_template(business: Business, cloud: Cloud) -> None:
    cloud.review("hello", "en", "REJECTED", "INVALID_FORMAT")
    cloud.rate("order_update", "en", "YELLOW")
    cloud.edit("order_update", "de", body="Hallo {{1}}!")
    status, quality, parts = business.hears()
    assert (status.template_name, status.template_language.value) == ("hello", "en")
    assert (status.new_status.value, status.reason.value) == ("REJECTED", "INVALID_FORMAT")
    assert (quality.template_name, parts.template_language.value) == ("order_update", "de")
    assert quality.new_quality_score.value == "YELLOW"


@pytest.mark.parametrize("stopped", [True, False])
def test_it_reads_whether_a_customer_wants_marketing(
    business: Business, cloud: Cloud, stopped: bool
) -> None:
    cloud.chooses(ADA, stopped=stopped)
    [choice] = business.hears()
    assert (bool(choice), choice.from_user.wa_id) == (not stopped, ADA.wa_id)
    assert choice.timestamp.timestamp() == cloud.now.timestamp()


def test_it_refuses_what_another_signed(business: Business, server: CloudServer) -> None:
    server.cloud.account = replace(server.cloud.account, app_secret="another")
    server.cloud.writes(ADA, "Hello")
    [content] = server.cloud.take_due()
    assert not server.tell(content)
    assert server.refused == [403]
