"""Raw mail becomes an event: whatever it is, something readable comes out and nothing is lost."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from mail_samples import ALTERNATIVE, NOW, OWN, PLAIN, REPLY, mail, read

from workspace.channels.base import Meta
from workspace.channels.mail.parse import parse

# --- who wrote, when, to what ---------------------------------------------------------------------


def test_a_plain_mail() -> None:
    event = read(PLAIN)
    assert event.provider_id == "<one@customer.test>"
    assert event.address.value == "ada@customer.test"
    assert event.name == "Ada Lovelace"
    assert event.subject == "The engine"
    assert event.text == "It does not start."
    assert event.html == ""
    assert event.sender is None
    assert not event.own
    assert not event.automatic


def test_the_server_says_when_it_came_not_the_sender() -> None:
    assert read(PLAIN).occurred_at == datetime(2026, 2, 28, 9, 0, 0, 999_999, tzinfo=UTC)
    assert read(PLAIN, internaldate="nonsense").occurred_at == NOW


@pytest.mark.parametrize(
    ("fetched", "backfill", "counts"),
    [
        ("10:00:00.250", False, "10:00:00.250"),  # nobody can have answered before
        ("10:00:05", False, "10:00:00.999999"),
        ("10:00:05", True, "10:00:00"),  # history answers nothing
        ("09:59:58", False, "10:00:00"),  # clocks differ; the store clamps
    ],
)
def test_the_second_it_came_in_counts_to_its_end(fetched: str, backfill: bool, counts: str) -> None:
    day = "2026-02-28T"
    facts = {"uid": 1, "internaldate": f"{day}10:00:00+00:00"}
    received_at = datetime.fromisoformat(f"{day}{fetched}+00:00")
    (event,) = parse(PLAIN, Meta(received_at, backfill, facts), OWN)
    assert event.occurred_at == datetime.fromisoformat(f"{day}{counts}+00:00")


def test_participants_are_kept_without_ourselves_and_the_one_answered() -> None:
    assert read(PLAIN).cc == ("bob@customer.test", "carol@customer.test")


def test_an_answer_names_its_thread_oldest_first() -> None:
    assert read(REPLY).thread_refs == ("<one@customer.test>", "<two@example.test>")


def test_a_phrase_in_in_reply_to_ties_no_threads() -> None:
    raw = PLAIN.replace(
        b"Date:", b'In-Reply-To: Your mail to <bob@customer.test> of "Monday" <x@y>\r\nDate:'
    )
    assert read(raw).thread_refs == ("<x@y>",)


def test_replies_go_to_reply_to() -> None:
    event = read(PLAIN.replace(b"Date:", b"Reply-To: Desk <desk@customer.test>\r\nDate:"))
    assert event.address.value == "desk@customer.test"
    assert event.name == "Ada Lovelace"
    assert event.sender is not None
    assert event.sender.value == "ada@customer.test"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"=?utf-8?B?TcO8bGxlciwgSsO2cmc=?= <ada@customer.test>", "Müller, Jörg"),
        (b'"=?utf-8?Q?J=C3=B6rg?=" <ada@customer.test>', "Jörg"),
        (b"=?utf-8?B?5pel5g==?=\r\n =?utf-8?B?nKw=?= <ada@customer.test>", "日本"),
        ("Jörg <ada@customer.test>".encode(), "Jörg"),
        ("Jörg <ada@customer.test>".encode("latin-1"), "Jörg"),
        (b'"Ada \\"the\\" Countess" <ada@customer.test>', 'Ada "the" Countess'),
        (b"=?utf-8?Q?=22x=22_=3Cevil=40evil.test=3E?= <ada@customer.test>", '"x" <evil@evil.test>'),
        (b"ada@customer.test (Ada)", "Ada"),
        (b"<ada@customer.test>", ""),
    ],
)
def test_names_of_senders(header: bytes, name: str) -> None:
    event = read(b"From: " + header + b"\r\n\r\nx")
    assert (event.address.value, event.name) == ("ada@customer.test", name)


def test_our_own_mail_from_another_program() -> None:
    event = read(PLAIN.replace(b"Ada Lovelace <ada@customer.test>", b"Sales@Example.TEST"))
    assert event.own
    assert event.address.value == "bob@customer.test"
    assert event.sender is None
    assert event.cc == ("carol@customer.test", "ADA@customer.test")


def test_a_web_form_in_our_name_is_the_customers_mail() -> None:
    raw = mail("""
        From: Website <support@example.test>
        Reply-To: Ada <ada@customer.test>
        To: support@example.test

        Please call me.
        """)
    event = read(raw)
    assert not event.own
    assert (event.address.value, event.name) == ("ada@customer.test", "Ada")
    assert event.sender is None


def test_a_mail_without_id_goes_by_its_hash() -> None:
    raw = PLAIN.replace(b"Message-ID: <one@customer.test>\r\n", b"")
    assert read(raw).provider_id == f"sha256:{sha256(raw).hexdigest()}"


@pytest.mark.parametrize(
    ("header", "id"),
    [
        (b"<a b@c>", "<ab@c>"),
        (b"a@b", "<a@b>"),
        (b"<a@b> (added by relay)", "<a@b>"),
        (b"\r\n <folded@host>", "<folded@host>"),
    ],
)
def test_message_ids_are_normalised(header: bytes, id: str) -> None:
    assert read(PLAIN.replace(b"<one@customer.test>", header)).provider_id == id


def test_a_mail_from_nobody_is_shown_all_the_same() -> None:
    event = read(mail("From: root\n\ndisk full"))
    assert event.address.value == "unknown@invalid"
    assert event.name == "root"
    assert event.text == "disk full"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "Precedence: list",
        "X-Auto-Response-Suppress: All",
        "List-Id: <news.customer.test>",
        "X-Autoreply: yes",
        "Return-Path: <>",
        "From: MAILER-DAEMON@customer.test",
    ],
)
def test_machines_are_recognised(header: str) -> None:
    raw = mail(f"{header}\nTo: support@example.test\n\nI am out of office.")
    assert read(raw).automatic


def test_people_are_not_taken_for_machines() -> None:
    raw = PLAIN.replace(
        b"Date:", b"Auto-Submitted: no\r\nReturn-Path: <ada@customer.test>\r\nDate:"
    )
    assert not read(raw).automatic


# --- text, HTML, files ----------------------------------------------------------------------------


def test_plain_text_is_preferred_and_html_kept_raw() -> None:
    event = read(ALTERNATIVE)
    assert event.text == "The plain words."
    assert event.html.strip() == ('<p>The <b>HTML</b> words. <img src="cid:pic@customer.test"></p>')


def test_files_have_names_and_inline_pictures_are_marked() -> None:
    files = {file.name: file for file in read(ALTERNATIVE).files}
    assert set(files) == {"pic.png", "Rechnung März.pdf", "notes.txt"}
    assert files["pic.png"].inline
    assert files["pic.png"].content_id == "pic@customer.test"
    assert not files["Rechnung März.pdf"].inline
    assert files["Rechnung März.pdf"].data == b"%PDF-"
    assert files["notes.txt"].data.strip() == b"attached, not said"


def test_html_alone_gives_readable_text() -> None:
    raw = mail("""
        From: a@b.test
        Content-Type: text/html; charset=utf-8

        <html><head><title>No</title><style>p{}</style></head><body><p>Dear&nbsp;Ada,</p>
        <ul><li>one<li>two</ul><a href="https://example.test/x">here</a></body></html>
        """)
    assert read(raw).text == "Dear Ada,\n\n- one\n- two\n\nhere (https://example.test/x)"


def test_an_empty_plain_part_gives_way_to_html() -> None:
    raw = ALTERNATIVE.replace(b"The plain words.", b" ")
    assert read(raw).text == "The HTML words."


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "größer".encode(), "größer"),
        ("iso-8859-1", b"\x93quoted\x94 gr\xf6\xdfer", "“quoted” größer"),
        ("us-ascii", "größer".encode(), "größer"),
        ("gb2312", "镕基".encode("gb18030"), "镕基"),
        ("no-such-charset", "größer".encode(), "größer"),
        ("idna", b"plain", "plain"),
        ("zlib", b"plain", "plain"),
        ("utf-8", b"caf\xe9", "café"),
        ("utf-8", "größer ".encode() + b"\xe9", "größer \ufffd"),
        ("iso-2022-jp", "日本".encode("iso-2022-jp"), "日本"),
    ],
)
def test_charsets_declared_rightly_or_not(charset: str, data: bytes, text: str) -> None:
    head = f"From: a@b.test\r\nContent-Type: text/plain; charset={charset}\r\n"
    raw = f"{head}Content-Transfer-Encoding: 8bit\r\n\r\n".encode() + data
    assert read(raw).text == text


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?Q?_K=C3=B6ln?=", "Grüße aus Köln"),
        (b"=?utf-8?B?8J+Y?= =?utf-8?B?gA==?=", "😀"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        (b"=?utf-8?B?broken", "=?utf-8?B?broken"),
        (b"=?x-nowhere?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"two\r\n\tlines", "two lines"),
        (b"=?utf-8?Q?a=0D=0ABcc:_x@y?=", "a Bcc: x@y"),
        (b"nul=?utf-8?Q?=00?=here", "nulhere"),
    ],
)
def test_subjects_are_decoded_onto_one_line(header: bytes, subject: str) -> None:
    assert read(b"From: a@b.test\r\nSubject: " + header + b"\r\n\r\nx").subject == subject


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('filename="=?utf-8?B?w6QucGRm?="', "ä.pdf"),
        ("filename*0=long; filename*1=er.pdf", "longer.pdf"),
        ("filename*=iso-8859-1'de'%E4.pdf", "ä.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        (r'filename="C:\\temp\\x.doc"', "x.doc"),
        ('filename="fdp.\u202eexe"', "fdp.exe"),
        ('filename=""', "attachment-1.pdf"),
        (f'filename="{"x" * 300}.pdf"', f"{'x' * 145}….pdf"),
    ],
)
def test_file_names(parameter: str, name: str) -> None:
    head = f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {parameter}"
    event = read(f"From: a@b.test\r\n{head}\r\n\r\n%PDF".encode())
    assert [file.name for file in event.files] == [name]


def test_a_mail_within_a_mail_is_a_file_that_can_be_opened() -> None:
    raw = mail("""
        From: a@b.test
        Content-Type: multipart/mixed; boundary=b

        --b

        See below.
        --b
        Content-Type: message/rfc822

        Subject: The inner one
        From: c@d.test

        inside
        --b--
        """)
    event = read(raw)
    assert event.text == "See below."
    assert [(f.name, f.mime) for f in event.files] == [("The inner one.eml", "message/rfc822")]
    assert event.files[0].data == b"Subject: The inner one\nFrom: c@d.test\n\ninside"


@pytest.mark.parametrize(
    "kind", ["text/calendar", "application/ms-tnef", "application/pgp-encrypted"]
)
def test_what_is_no_text_is_a_file(kind: str) -> None:
    event = read(f"From: a@b.test\r\nContent-Type: {kind}; name=x.y\r\n\r\nDATA".encode())
    if kind == "text/calendar":  # alone it is all there is to read
        return
    assert [(f.name, f.mime, f.data) for f in event.files] == [("x.y", kind, b"DATA")]


def test_an_invitation_beside_its_text_is_a_file() -> None:
    raw = ALTERNATIVE.replace(
        b"Content-Type: text/html; charset=utf-8", b"Content-Type: text/calendar"
    )
    assert "text/calendar" in {file.mime for file in read(raw).files}


def test_a_lost_boundary_is_found_again() -> None:
    raw = ALTERNATIVE.replace(b"boundary=outer", b"boundary=lost")
    assert read(raw).text == "The plain words."
    assert len(read(raw).files) == 3


def test_a_huge_text_is_cut_and_kept_whole_as_a_file() -> None:
    text = "word " * 300_000
    event = read(f"From: a@b.test\r\n\r\n{text}".encode())
    assert len(event.text) <= 1_000_000
    assert [f.name for f in event.files] == ["message.txt"]
    assert event.files[0].data.decode() == text.rstrip("\n")


def test_parts_beyond_any_reason_are_told_of() -> None:
    parts = b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 1_500
    raw = b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--"
    event = read(raw)
    assert len(event.files) == 999
    assert "501 further parts" in event.unsupported


def test_a_mail_too_large_to_fetch_says_so() -> None:
    event = read(PLAIN.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", too_large=62_000_000)
    assert event.provider_id == "<one@customer.test>"
    assert event.unsupported.startswith("This mail is 62 MB, too large to be fetched")


def test_a_mail_the_server_can_not_hand_out_still_counts() -> None:
    one, two = read(b"", unreadable=True, uid=5), read(b"", unreadable=True, uid=6)
    assert one.provider_id != two.provider_id
    assert "could not hand out" in one.unsupported


def test_a_cursor_without_a_mail_is_no_event() -> None:
    assert parse(b"", Meta(NOW, data={"mailbox": "INBOX", "uidvalidity": 3}), OWN) == []
