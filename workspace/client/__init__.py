"""What notebooks, panels, jobs and the command line hold: a `Workspace`, the client of one hub."""

from workspace.client.pages import (
    Channels,
    Contacts,
    Conversations,
    Messages,
    Outcomes,
    Templates,
)
from workspace.client.results import Result
from workspace.client.watch import Watch
from workspace.client.workspace import Workspace, connect

__all__ = [
    "Channels",
    "Contacts",
    "Conversations",
    "Messages",
    "Outcomes",
    "Result",
    "Templates",
    "Watch",
    "Workspace",
    "connect",
]
