"""Everything a person reads exists in French."""

from __future__ import annotations

import string
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import dashboard
from dashboard.words import FOLDER

SOURCE = Path(dashboard.__file__).parent


def messages() -> set[str]:
    spoken = [("commands/**.py", "ignore"), ("**.py", "python")]
    found = extract_from_dir(SOURCE, method_map=spoken, keywords={"say": None})
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_message_is_translated_and_no_translation_is_left_over() -> None:
    with (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = {str(entry.id): str(entry.string) for entry in read_po(file, locale="fr") if entry.id}
    assert set(catalogue) == messages()
    assert all(catalogue.values())
    assert {id_ for id_, text in catalogue.items() if fields(id_) != fields(text)} == set()
