from collections.abc import Callable

from click.testing import Result

Convo = Callable[..., Result]
"""Runs `convo ...`, and holds the exit code to be the one expected."""
