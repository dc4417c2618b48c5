"""Recorded sound: stored as it came, sent as the provider wants it."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from wire import ANN, CAPABILITIES, Office, Wire, open_office

from tests.media.recordings import heard, webm
from workspace.models import DeliveryStatus, MediaKind, MediaRule

AUDIO = MediaRule(frozenset({"audio/ogg"}), 16_000_000, rewrap={"audio/webm": "audio/ogg"})
D = DeliveryStatus


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    can = replace(CAPABILITIES, media={MediaKind.AUDIO: AUDIO})
    office = open_office(tmp_path / "workspace", Wire(capabilities=can))
    yield office
    office.services.close()


def test_webm_is_stored_and_ogg_is_sent(office: Office) -> None:
    recorded = webm(1.5, live=True)
    conversation = office.hear()
    upload = office.services.replies.upload("voice.webm", BytesIO(recorded))
    assert (upload.kind, upload.mime) == (MediaKind.AUDIO, "audio/webm")
    office.services.replies.send(conversation.id, "", [upload.id], ANN, None)
    office.step()
    [file] = office.wire.took[0].files
    assert (file.name, file.mime) == ("voice.ogg", "audio/ogg")
    assert heard(file.data)[0] == pytest.approx(1.5, abs=0.02)
    assert office.services.files.path(upload.id).read_bytes() == recorded


def test_a_broken_recording_fails_in_words(office: Office) -> None:
    conversation = office.hear()
    whole = webm(1.5, live=True)
    broken = whole[: len(whole) // 2]
    upload = office.services.replies.upload("voice.webm", BytesIO(broken))
    message = office.services.replies.send(conversation.id, "", [upload.id], ANN, None)
    office.step()
    assert office.status(message.id) is D.FAILED
    assert office.wire.took == []
    assert "record it again" in office.message(message.id).failure
