"""One call of each command, so that whatever befalls a workspace befalls every command; a new one calls itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.commands import DAY, commands, value_of

STATED = ["--role", "Steward", "--on", DAY]
OF = ["--system", "trial"]
CALLS: dict[str, list[str]] = {
    "init": ["{out}/new"],
    "demo": ["--home", "{out}/demo", "--people", "500", "--no-open"],
    "import": ["{more}", *OF],
    "log": ["{more}", *OF],
    "audit": [*OF, "--from", "2025-01-01", "--to", "2025-01-31"],
    "drift": [*OF, "--json", "{out}/drift.json"],
    "report": ["--lang", "en"],
    "purge": ["--before", "2025-02-01"],
    "systems add": ["{system}", "--replace"],
    "systems new": ["--from", "{more}", "--out", "{out}/new.yaml"],
    "charter new": [],
    "charter adopt": [*STATED, "--document", "{document}"],
    "record finding": [
        *("--authority", "DPA", "--title", "Letter", "--article", "equite", "--cap", "watch"),
        *(*STATED, "--document", "{document}"),
    ],
    "work training": [
        *("--course", "C", "--users", "40", "--trained", "30", "--before", "20"),
        *("--from", "2025-01-01", "--to", "2025-02-01", *STATED),
    ],
    "incident open": [
        *(*OF, "--severity", "minor", "--title", "T", "--text", "Something", "--happened-on", DAY),
        *("--known", DAY, *STATED),
    ],
    "committee new": ["external"],
    "export csv": ["{out}/csv"],
    "export json": ["{out}/json"],
    "export pack": ["{out}/pack"],
    "export oscal": ["{out}/oscal"],
    "ledger begin": ["--start-new-ledger", "--reason", "tests"],
    "ledger checkpoint": ["{out}/checkpoint"],
    "ledger keygen": ["{out}/college", "--name", "example.org/agents"],
    "ledger prove": ["0", "{out}/proof"],
    "quarantine export": ["{out}/bad.csv", *OF, "--reason", "to mend them"],
    "quarantine discard": [*OF, "--all", "--reason", "tests", "--role", "Steward"],
    "access token new": ["program"],
}
"""What is written after the words of a command; `{out}` is a folder of the disk, `{more}` a file of decisions."""
SERVES = {"dashboard"}
"""Ends when somebody ends it."""


def calls(**places: Path) -> dict[str, list[str]]:
    """The words of every command and what follows them, made of its options where nobody wrote a call for it."""
    return {
        words: [*words.split(), *(each.format(**places) for each in CALLS.get(words, _made(command)))]
        for words, command in commands().items()
        if words not in SERVES
    }


def _made(command: Any) -> list[str]:
    """What a command cannot do without, of the kind that it asks for."""
    made: list[str] = []
    for parameter in command.params:
        if parameter.required:
            name = [parameter.opts[0]] if parameter.param_type_name == "option" else []
            value = "trial" if parameter.name == "system" else value_of(parameter, path="{out}/given.csv")
            made += [*name, value]
    return made
