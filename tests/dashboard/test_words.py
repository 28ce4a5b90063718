"""Everything a person reads exists in French."""

from __future__ import annotations

import string
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import dashboard
from dashboard.words import FOLDER

SOURCE = Path(dashboard.__file__).parent


def messages() -> set[str | tuple[str, str]]:
    """What the pages say; the command line, the report and alerts have catalogues of their own."""
    own = ("alerts", "commands", "report")
    spoken = [*((f"{name}/**.py", "ignore") for name in own), ("**.py", "python")]
    found = extract_from_dir(SOURCE, method_map=spoken, keywords={"say": None, "plural": (1, 2)})
    return {message for _, _, message, _, _ in found}


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_message_is_translated_and_no_translation_is_left_over() -> None:
    with (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = {entry.id: entry.string for entry in read_po(file, locale="fr") if entry.id}
    assert set(catalogue) == messages()
    for source, translated in catalogue.items():
        pairs = zip(source, translated, strict=True) if isinstance(source, tuple) else [(source, translated)]
        for original, text in pairs:
            assert text, original
            assert fields(original) == fields(text)
