"""System files of tests: the lines that every one of them needs, in one place."""

from __future__ import annotations

HEAD = """\
id: {id}
kind: {kind}
title: {title}
purpose: {{fr: Essai, en: Trial}}
owner: Steward
status: pilot
risk: high
"""


def system_text(id: str, rest: str, *, kind: str = "selection", title: str = "{fr: Essai, en: Trial}") -> str:  # noqa: A002 (the key's own name)
    """The text of a system file: what it is, then the lines that a test is about."""
    return HEAD.format(id=id, kind=kind, title=title) + rest.lstrip("\n")
