"""A message as a mail: read back by the standard library, and by our own parser."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_samples import read

from workspace.channels.base import Outbound, OutboundFile, SendFailed, Thread
from workspace.channels.mail.compose import MAX_MESSAGE, Envelope, compose, new_key, subject
from workspace.models import Address, AddressKind, FailureKind, MediaKind

WHEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def outbound(**changes: Any) -> Outbound:
    values: dict[str, Any] = {
        "key": "<k1@example.test>",
        "to": Address(AddressKind.EMAIL, "ada@customer.test"),
        "to_name": "Ada Lovelace",
        "text": "Hello.",
        "files": (),
        "thread": Thread(subject="The engine"),
        "queued_at": WHEN,
    }
    return Outbound(**(values | changes))


def composed(name: str = "Support", **changes: Any) -> tuple[Envelope, EmailMessage]:
    envelope = compose(outbound(**changes), "support@example.test", name)
    message = message_from_bytes(envelope.data, policy=policy.default)
    return envelope, cast(EmailMessage, message)


def refusal(**changes: Any) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        composed(**changes)
    return caught.value


def test_a_first_mail() -> None:
    envelope, message = composed()
    assert envelope.sender == "support@example.test"
    assert envelope.to == "ada@customer.test"
    assert envelope.cc == ()
    assert message["Message-ID"] == "<k1@example.test>"
    assert message["From"] == "Support <support@example.test>"
    assert message["To"] == "Ada Lovelace <ada@customer.test>"
    assert message["Subject"] == "The engine"
    assert parsedate_to_datetime(message["Date"]) == WHEN
    assert message["In-Reply-To"] is None
    assert message.get_content() == "Hello.\r\n"
    assert not message.defects


def test_an_answer_names_what_it_answers_and_the_whole_thread() -> None:
    thread = Thread(
        subject="The engine",
        in_reply_to="<three@customer.test>",
        references=("<one@customer.test>", "<two@example.test>"),
        cc=("carol@customer.test", "ADA@customer.test", "support@example.test"),
    )
    envelope, message = composed(thread=thread)
    assert message["Subject"] == "Re: The engine"
    assert message["In-Reply-To"] == "<three@customer.test>"
    assert message["References"].split() == [
        "<one@customer.test>",
        "<two@example.test>",
        "<three@customer.test>",
    ]
    assert envelope.cc == ("carol@customer.test",)
    assert message["Cc"] == "carol@customer.test"


def test_ids_that_are_no_message_ids_are_left_out() -> None:
    """A mail without Message-ID goes by its hash, which means nothing to anyone else."""
    thread = Thread("x", in_reply_to="sha256:00ff", references=("sha256:00ff", "<a@b>"))
    _, message = composed(thread=thread)
    assert message["In-Reply-To"] is None
    assert message["References"] == "<a@b>"


def test_long_threads_keep_their_first_and_last_ids() -> None:
    refs = tuple(f"<{i}@customer.test>" for i in range(100))
    _, message = composed(thread=Thread("x", refs[-1], refs))
    kept = message["References"].split()
    assert len(kept) == 30
    assert kept[0] == refs[0]
    assert tuple(kept[1:]) == refs[-29:]


def test_long_ids_are_neither_folded_nor_encoded() -> None:
    long = f"<{'x' * 400}@customer.test>"
    envelope, message = composed(thread=Thread("x", long, (long,)))
    assert message["In-Reply-To"] == long
    assert f"\r\nReferences: {long}\r\n".encode() in envelope.data


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("Hello", "Re: Hello"),
        ("Re: Hello", "Re: Hello"),
        ("RE: AW: re[2]: Hello", "Re: Hello"),
        ("Antw: Sv: Hello", "Re: Hello"),
        ("Fwd: Hello", "Re: Fwd: Hello"),
        ("Rebate: now", "Re: Rebate: now"),
        ("", "Re:"),
    ],
)
def test_one_re(given: str, sent: str) -> None:
    assert subject(Thread(given, in_reply_to="<a@b>")) == sent


@pytest.mark.parametrize(
    "changes",
    [
        {"thread": Thread(subject="Hi\r\nBcc: spy@evil.test")},
        {"thread": Thread(subject="Hi\nBcc: spy@evil.test")},
        {"thread": Thread(subject="Hi\u2028there")},
        {"to_name": "Ada\r\nBcc: spy@evil.test"},
        {"to": Address(AddressKind.EMAIL, "ada@customer.test\r\nBcc: spy@evil.test")},
        {"thread": Thread("x", in_reply_to="<a@b>\r\nBcc: spy@evil.test")},
        {"thread": Thread("x", cc=("c@d.test\nBcc: spy@evil.test",))},
        {"key": "<a@b>\r\nBcc: spy@evil.test"},
        {"name": "Support\r\nBcc: spy@evil.test"},
    ],
)
def test_line_breaks_in_headers_are_refused(changes: dict[str, Any]) -> None:
    assert refusal(**changes).failure.kind is FailureKind.INVALID


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "is not a mail address"),
        ("a b@customer.test", "is not a mail address"),
        ("jörg@customer.test", "beyond ASCII before the @"),
        ("unknown@invalid", "no sender who can be answered"),
        ("<a@customer.test>", "is not a mail address"),
    ],
)
def test_addresses_that_can_not_be_written_to(address: str, words: str) -> None:
    assert words in refusal(to=Address(AddressKind.EMAIL, address)).failure.detail


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ada@Größe.test", "ada@xn--gre-6ka8i.test"),
        ("a..b@docomo.test", "a..b@docomo.test"),
        ("o'neil+x@customer.test", "o'neil+x@customer.test"),
    ],
)
def test_odd_addresses_that_can(address: str, wire: str) -> None:
    envelope, _ = composed(to=Address(AddressKind.EMAIL, address))
    if address.startswith("ada"):
        wire = "ada@" + address.partition("@")[2].lower().encode("idna").decode()
    assert envelope.to == wire


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=80
).filter(str.strip)


@settings(max_examples=150, deadline=None)
@given(NAMES, NAMES, NAMES)
def test_names_and_subjects_survive_in_any_script(name: str, subject: str, own: str) -> None:
    envelope, message = composed(own, to_name=name, thread=Thread(subject))
    head = envelope.data.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) < 998
    (to,) = message["To"].addresses
    assert to.addr_spec == "ada@customer.test"
    assert [a.addr_spec for a in message["From"].addresses] == ["support@example.test"]
    # Our own parser drops invisible marks on purpose; compare what is left.
    event = read(envelope.data.replace(b"support@", b"other@"))
    seen = read(f"Subject: {subject}\r\n\r\n".encode())
    assert event.subject == seen.subject


@pytest.mark.parametrize(
    "name",
    [
        "Müller, Jörg",
        'Ada "the" Countess',
        "a@b.test",
        "Ada (home)",
        "日本語 " * 20,
    ],
)
def test_names_that_trip_mail_programs(name: str) -> None:
    # Read by our own parser: the library's puts spaces between encoded words.
    envelope, message = composed(name)
    assert read(envelope.data.replace(b"support@", b"other@")).name == name.strip()
    (author,) = message["From"].addresses
    assert author.addr_spec == "support@example.test"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=3_000))
def test_any_text_arrives(text: str) -> None:
    envelope, message = composed(text=text)
    assert envelope.data.isascii()
    assert max(map(len, envelope.data.split(b"\r\n"))) <= 998
    plain = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    assert message.get_content().replace("\r\n", "\n") == plain + "\n"


FILES = (
    OutboundFile(MediaKind.DOCUMENT, "Rechnung März.pdf", "application/pdf", b"%PDF-\x00\xff"),
    OutboundFile(MediaKind.IMAGE, "a;b\"c'd.png", "image/png", b"\x89PNG"),
    OutboundFile(MediaKind.DOCUMENT, "table.csv", "text/csv", b"a,b\r\n1,2\r\n"),
    OutboundFile(MediaKind.DOCUMENT, "forwarded.eml", "message/rfc822", b"Subject: x\r\n\r\ny"),
    OutboundFile(MediaKind.DOCUMENT, "odd", "not a type", b""),
)


def test_files_arrive_as_they_are() -> None:
    envelope, message = composed(files=FILES)
    found = [(p.get_filename(), p.get_content_type()) for p in message.iter_attachments()]
    assert found == [
        ("Rechnung März.pdf", "application/pdf"),
        ("a;b\"c'd.png", "image/png"),
        ("table.csv", "text/csv"),
        ("forwarded.eml", "application/octet-stream"),
        ("odd", "application/octet-stream"),
    ]
    event = read(envelope.data.replace(b"support@", b"other@"))
    assert [file.data for file in event.files] == [file.data for file in FILES]
    assert event.text == "Hello."


def test_composing_twice_gives_the_same_bytes() -> None:
    assert composed(files=FILES)[0] == composed(files=FILES)[0]


def test_a_mail_over_the_limit_is_refused() -> None:
    big = OutboundFile(MediaKind.DOCUMENT, "x.bin", "application/zip", bytes(28_000_000))
    failure = refusal(files=(big,)).failure
    assert failure.kind is FailureKind.MEDIA
    assert f"{MAX_MESSAGE / 1_000_000:.0f} MB" in failure.detail


def test_keys_are_message_ids_of_our_domain() -> None:
    one, two = new_key("support@example.test"), new_key("support@example.test")
    assert one != two
    assert one.endswith("@example.test>")
    assert read(f"Message-ID: {one}\r\n\r\n".encode()).provider_id == one
