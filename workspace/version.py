"""Which version this is, by the installed distribution."""

from importlib.metadata import version

VERSION = version("conversation-workspace")
