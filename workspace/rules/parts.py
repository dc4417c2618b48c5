"""What a text with files becomes, where one message can't carry them all."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from workspace.models import Capabilities, MediaKind
from workspace.rules.text import text_size


@dataclass(frozen=True, slots=True)
class Part:
    """One message of several. `files` are positions among those that were given."""

    text: str = field(repr=False)
    files: tuple[int, ...] = ()


def parts(channel: Capabilities, text: str, kinds: Sequence[MediaKind]) -> list[Part]:
    """Messages in the order in which they are to be sent; one, where the channel can.

    Where it takes one file a message, each is a message of its own. The text goes with the first,
    or before it where it can't be that file's caption.
    """
    everything = Part(text, tuple(range(len(kinds))))
    if not kinds or channel.max_attachments != 1:
        return [everything]
    files = [Part("", (n,)) for n in range(len(kinds))]
    if not text.strip():
        return files
    if _is_caption(channel, text, kinds[0]):
        return [Part(text, (0,)), *files[1:]]
    return [Part(text), *files]


def _is_caption(channel: Capabilities, text: str, kind: MediaKind) -> bool:
    rule = channel.media.get(kind)
    return rule is not None and text_size(text, channel.text_limit.unit) <= rule.caption_limit
