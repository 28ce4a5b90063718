"""The distribution that is installed: its name on a package index is not that of its import."""

from __future__ import annotations

from importlib.metadata import version

NAME = "boussole-charter"


def own_version() -> str:
    """The version of Boussole that is installed."""
    return version(NAME)
