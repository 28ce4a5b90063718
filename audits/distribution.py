"""The distribution that is installed: its name on a package index is not that of its import."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

NAME = "boussole-charter"


def own_version() -> str:
    """The version of Boussole that is installed."""
    return version(NAME)


def locked_packages() -> bytes:
    """The packages that this version is tested with, each with its hashes: `requirements.lock` of its release."""
    return (Path(__file__).resolve().parent.parent / "requirements.lock").read_bytes()
