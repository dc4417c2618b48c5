"""Mail over any IMAP and SMTP server.

Pure: `parse` (with `headers`, `body`, `html`, `bounce`), `compose` and `send.decode`. Effects:
`receive` (IMAP), `send` (SMTP, and the copy among the sent) and `check`, over `connect`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workspace.channels.base import Channel
from workspace.channels.mail import options as mail_options
from workspace.channels.mail.channel import MailChannel
from workspace.settings import Secrets


def create(
    options: Mapping[str, Any], secrets: Secrets, state_path: Path, channel_id: int
) -> Channel:
    """A channel for these options. Raises ConfigError naming the option that is wrong."""
    checked = mail_options.read(options)
    return MailChannel(checked, lambda: secrets.get(checked.password))
