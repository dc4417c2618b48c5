"""Recordings as PyAV makes them, which alone knows the codec: a judge that is not ours."""

import io
import math
from fractions import Fraction

import av
import numpy as np

RATE = 48_000


def webm(seconds: float = 1.0, *, live: bool = False, **track: str) -> bytes:
    """A tone. `live`: as a browser records it, with clusters of unknown size."""
    file = io.BytesIO()
    options = {"live": "1"} if live else {}
    with av.open(file, "w", format="webm", options=options) as container:
        stream = container.add_stream("libopus", rate=RATE, options=track)
        stream.layout = "mono"
        for frame in _tone(seconds):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _tone(seconds: float) -> list[av.AudioFrame]:
    total = round(seconds * RATE)
    times = np.arange(total, dtype=np.float32) / RATE
    wave = (0.4 * np.sin(2 * math.pi * 440 * times)).astype(np.float32)
    frames = []
    for start in range(0, total, 960):
        part = wave[start : start + 960].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        frames.append(frame)
    return frames


def heard(data: bytes) -> tuple[float, int, str]:
    """Seconds of sound that come out of a file, at which rate, and of which format it is."""
    with av.open(io.BytesIO(data)) as container:
        [stream] = container.streams.audio
        total = sum(frame.samples for frame in container.decode(stream))
        return total / stream.rate, stream.rate, container.format.name
