"""Rows <-> models. Everything that is SQL goes through here."""

from workspace.store.store import Priority, Store

__all__ = ["Priority", "Store"]
