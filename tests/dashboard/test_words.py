"""Everything a person reads exists in French: on pages, in reports and in alerts, each with a catalogue of its own."""

from __future__ import annotations

import re
import string
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from boussole import dashboard
from boussole.charter import record_types
from boussole.charter.committee.papers.words import LOCALE as COMMITTEE
from boussole.charter.record_types.inputs import input_of
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.record_types.work import THEMES
from boussole.dashboard.alerts.words import FOLDER as ALERTS
from boussole.dashboard.markup.words import FOLDER as PAGES
from boussole.dashboard.report.edition import FOLDER as REPORT

SOURCE = Path(dashboard.__file__).parent
MODELS = Path(record_types.__file__).parent
ELSEWHERE = ("alerts", "cli", "report")
"""Folders whose words are not those of pages; the command line speaks English."""
CATALOGUES = {
    "pages": (SOURCE, PAGES, "say", ELSEWHERE),
    "alerts": (SOURCE / "alerts", ALERTS, "tell", ()),
    "report": (SOURCE / "report", REPORT, "tell", ()),
}


def asked_for() -> set[str]:
    """What the models of records call their fields, their values and their forms."""
    forms = [(model, form) for model in KINDS.values() for form in model.forms]
    said = {text for _, form in forms for text in (form.title, form.send, *form.notes)} | {*THEMES.values()}
    inputs = [(model, name, {}) for model in KINDS.values() for name in model.model_fields]
    inputs += [(model, name, form.inputs) for model, form in forms for name in form.inputs]
    for model, name, more in inputs:
        found = input_of(model, name, more)
        said |= {found.label, found.note, *found.words.values()}
    return said - {""}


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_no_catalogue_says_a_message_twice() -> None:
    """Of two translations one is never read, and nobody knows which."""
    root = SOURCE.resolve().parent
    found = {}
    for path in sorted(each for name in ("audits", "charter", "dashboard") for each in (root / name).rglob("*.po")):
        said = Counter(re.findall(r'^msgid (?:""\n)?(.+)$', path.read_text(encoding="utf-8"), flags=re.MULTILINE))
        found[path.parent.name, path.parts[-5]] = [message for message, n in said.items() if n > 1]
    assert len(found) > 3
    assert not any(found.values()), found


@pytest.mark.costly
@pytest.mark.parametrize("name", CATALOGUES)
def test_every_message_is_translated_and_no_translation_is_left_over(name: str) -> None:
    source, folder, spoken, without = CATALOGUES[name]
    ignored = [(f"{each}/**.{kind}", "ignore") for each in without for kind in ("py", "html")]
    methods = [*ignored, ("**.py", "python"), ("**.html", "jinja2")]
    found = extract_from_dir(source, method_map=methods, keywords={spoken: None, "plural": (1, 2)})
    with (folder / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = {entry.id: entry.string for entry in read_po(file, locale="fr") if entry.id}
    said = {message for _, _, message, _, _ in found}
    if name == "pages":  # forms say what the models of records ask
        said |= {message for _, _, message, _, _ in extract_from_dir(MODELS, keywords={"unfit": None})}
        said |= asked_for()
    assert set(catalogue) == said
    for original, translated in catalogue.items():
        pairs = zip(original, translated, strict=True) if isinstance(original, tuple) else [(original, translated)]
        for one, text in pairs:
            assert text, one
            assert fields(one) == fields(text)


@pytest.mark.parametrize("folder", [PAGES, COMMITTEE], ids=["pages", "committee"])
def test_one_thing_has_one_name(folder: Path) -> None:
    """A vote was "ouvert" here and "à main levée" there; an entry of the ledger, "écriture" here and "entrée" there."""
    with (folder / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        said = [text for entry in read_po(file, locale="fr") if entry.id for text in _texts(entry.string)]
    wrong = re.compile(
        r"\bvotes? ouverts?\b|\bà bulletins? secrets?\b|\bentrées? (n°|\{|du registre des preuves)", re.IGNORECASE
    )
    assert [text for text in said if wrong.search(text)] == []
    assert [text for text in said if "main levée" in text]


def _texts(translated: str | tuple[str, ...]) -> tuple[str, ...]:
    return (translated,) if isinstance(translated, str) else tuple(translated)
