"""What is done to the bytes of sound: pure, without a codec and without a file."""

from workspace.media.ogg import is_opus
from workspace.media.rewrap import REWRAPS, rewrapped
from workspace.media.webm import is_sound

__all__ = ["REWRAPS", "is_opus", "is_sound", "rewrapped"]
