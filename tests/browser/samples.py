"""Files that customers send."""

import base64
import io
import math
import struct
import wave

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc"
    b"\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\xa3\x1d\x1d\xb6\0\0\0\0IEND\xaeB`\x82"
)
"""One pixel."""


def file(name: str, mime: str, data: bytes, **more: object) -> dict[str, object]:
    """As a simulated customer attaches it."""
    return {"name": name, "mime": mime, "data": base64.b64encode(data).decode(), **more}


def sound(seconds: float = 2) -> bytes:
    """A tone that swells and fades, as a WAV file."""
    out, rate = io.BytesIO(), 8000
    tone = (math.sin(n / 4) * abs(math.sin(n / 2500)) for n in range(int(rate * seconds)))
    with wave.open(out, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(b"".join(struct.pack("<h", int(20_000 * value)) for value in tone))
    return out.getvalue()
