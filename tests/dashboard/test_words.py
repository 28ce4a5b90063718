"""Everything a person reads exists in French: on pages, in reports and in alerts, each with a catalogue of its own."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from boussole import dashboard
from boussole.charter import records
from boussole.dashboard.alerts.words import FOLDER as ALERTS
from boussole.dashboard.report.words import FOLDER as REPORT
from boussole.dashboard.words import FOLDER as PAGES

SOURCE = Path(dashboard.__file__).parent
MODELS = Path(records.__file__).parent
ELSEWHERE = ("alerts", "commands", "report")
"""Folders whose words are not those of pages; the command line speaks English."""
CATALOGUES = {
    "pages": (SOURCE, PAGES, "say", ELSEWHERE),
    "alerts": (SOURCE / "alerts", ALERTS, "tell", ()),
    "report": (SOURCE / "report", REPORT, "tell", ()),
}


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_message_is_translated_and_no_translation_is_left_over(name: str) -> None:
    source, folder, spoken, without = CATALOGUES[name]
    methods = [*((f"{each}/**.py", "ignore") for each in without), ("**.py", "python")]
    found = extract_from_dir(source, method_map=methods, keywords={spoken: None, "plural": (1, 2)})
    with (folder / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = {entry.id: entry.string for entry in read_po(file, locale="fr") if entry.id}
    said = {message for _, _, message, _, _ in found}
    if name == "pages":  # forms say what the models of records ask
        said |= {message for _, _, message, _, _ in extract_from_dir(MODELS, keywords={"message": None, "unfit": None})}
    assert set(catalogue) == said
    for original, translated in catalogue.items():
        pairs = zip(original, translated, strict=True) if isinstance(original, tuple) else [(original, translated)]
        for one, text in pairs:
            assert text, one
            assert fields(one) == fields(text)
