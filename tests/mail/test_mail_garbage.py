"""Whatever bytes arrive: reading them never fails, nor takes long, nor gives what can't be kept."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mail_samples import ALTERNATIVE, PLAIN, REPLY, dsn, read

from workspace.channels.base import Event, Received
from workspace.journal import Journal, Record


def storable(event: Event) -> None:
    """Fails for what UTF-8, JSON or a database would not take."""
    for name in ("provider_id", "text", "html", "subject", "name", "unsupported", "detail", "what"):
        value = getattr(event, name, "")
        value.encode("utf-8")
        json.dumps(value)
        assert "\x00" not in value, name
    if isinstance(event, Received):
        assert "could not be read" not in event.unsupported  # the last resort is for no one
        for file in event.files:
            file.name.encode("utf-8")
            assert file.name
            assert not set(file.name) & set("/\\\x00\r\n")
        assert "@" in event.address.value
        assert event.occurred_at.tzinfo is not None


SEEDS = [PLAIN, REPLY, ALTERNATIVE, dsn()]

NASTY = st.sampled_from(
    [b"\r\n", b"\x00", b"\xff", b"--", b"=?", b"?=", b"<", b">", b"(", b'"', b"@", b",", b";", b"%",
     b"*0*=", b"charset=", b"boundary=", b"Content-Type: multipart/alternative; boundary=",
     b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n",
     b"Content-Type: message/rfc822\r\n\r\n", b"\xed\xa0\x80", b"&#99999999999;", b"\r\n\r\n"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real mail with pieces cut out, doubled or replaced by what hurts."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 60)))
        put = draw(st.one_of(NASTY, st.binary(max_size=20), st.just(raw[start:end] * 2)))
        raw = raw[:start] + put + raw[end:]
    return raw


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_mutated_mail_never_fails(raw: bytes) -> None:
    storable(read(raw))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"")
@example(b"\x00" * 50)
@example(b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n")
@example(b'Content-Type: text/plain; charset="\x00"\r\n\r\nx')
@example(b"From: \xff\xfe <\xff@\xfe>\r\nSubject: \xed\xa0\x80\r\n\r\n\xed\xa0\x80")
def test_any_bytes_never_fail(raw: bytes) -> None:
    storable(read(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" * 3_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i)
                 for i in range(3_000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
        b"To: " + b"(" * 100_000 + b"\r\n\r\nx",
        b"To: " + b"a@b.test, " * 50_000 + b"\r\n\r\nx",
        b"From: " + b'"' * 7_000 + b"\r\n\r\nx",
        b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\r\n\r\nx",
        b"References: " + b"<" * 200_000 + b"\r\n\r\nx",
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<style>" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000,
        b"Content-Type: text/html\r\n\r\n&#" + b"9" * 1_000_000 + b";",
        b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"a" * 500_000,
        b"Content-Disposition: attachment; " + b"filename*0=a; " * 5_000 + b"\r\n\r\nx",
    ],
    ids=["heads", "nested", "enclosed", "comments", "recipients", "quotes", "words", "refs",
         "deep", "style", "comment", "digits", "idna", "parameters"],
)  # fmt: skip
def test_hostile_mail_takes_no_longer_than_any_other(raw: bytes) -> None:
    began = time.process_time()
    storable(read(raw))
    assert time.process_time() - began < 5


def test_the_journal_keeps_any_mail(email_files: list[Path], tmp_path: Path) -> None:
    assert len(email_files) == 48
    raws = [file.read_bytes() for file in email_files]
    journal = Journal(tmp_path / "journal.sqlite")
    ids = journal.append(Record(1, raw) for raw in raws)
    assert [entry.raw for entry in journal.read(0, 100)] == raws
    assert len(ids) == 48
    journal.close()


def test_a_real_mailing_list(mail_corpus: list[Path]) -> None:
    events = [read(file.read_bytes()) for file in mail_corpus]
    assert len(events) == 53
    assert len({event.provider_id for event in events}) == 52
    assert all(event.text and event.subject and event.name for event in events)
    for event in events:
        storable(event)
