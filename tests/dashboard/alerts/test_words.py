"""Everything an alert says exists in French."""

from __future__ import annotations

import string
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import dashboard.alerts
from dashboard.alerts.words import FOLDER

SOURCE = Path(dashboard.alerts.__file__).parent
KEYWORDS = {"tell": None, "plural": (1, 2)}


def messages() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(SOURCE, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_message_is_translated_and_no_translation_is_left_over() -> None:
    with (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale="fr") if entry.id]
    assert {entry.id for entry in entries} == messages()
    for entry in entries:
        sources = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        translations = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        assert all(translations)
        assert {name for text in translations for name in fields(text)} == {n for s in sources for n in fields(s)}
