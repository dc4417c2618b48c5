"""Every conversation of a business, as a panel, as a Python call, as a SQL row.

Names are loaded when they are asked for: the hub imports this package too and needs no client.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from workspace.version import VERSION

if TYPE_CHECKING:
    from workspace.client import Workspace, connect

__version__ = VERSION
__all__ = ["Workspace", "__version__", "connect"]


def __getattr__(name: str) -> Any:
    if name in ("Workspace", "connect"):
        return getattr(import_module("workspace.client"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
