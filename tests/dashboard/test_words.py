"""Everything a person reads exists in French, reasons for rows set aside too; technical words are explained."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from boussole import audits, dashboard
from boussole.audits.decisions.overview import SchemaChangeCount
from boussole.audits.decisions.report import ChangeKind
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs import LOG_TYPES
from boussole.charter import record_types
from boussole.charter.committee.papers.words import LOCALE as COMMITTEE
from boussole.charter.record_types.inputs import input_of
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.record_types.work import THEMES
from boussole.dashboard.alerts.words import FOLDER as ALERTS
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.glossary import (
    called,
    glossary_page,
    linked,
    marked,
    plain_letters,
    sorted_by_name,
    themes,
    words,
)
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import FOLDER as PAGES
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import glossary_href
from boussole.dashboard.pages.data.blocks import reason_words
from boussole.dashboard.pages.data.sources import change_words
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


VALUES = {"year": 1990, "limit": "1,000", "low": "0", "high": "1", "why": "too many columns (2 lines)", "value": "#N/A"}
NOT_KEPT = ("sensitive_column", "sensitive_unclear")
"""Told by the import alone."""
ENGLISH = re.compile(r"\b(the|is|not|of|and|it|was|there|which)\b", re.IGNORECASE)
MEASURING = Path(audits.__file__).parent


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_is_known_again_and_said_in_both_languages(reason: Reason) -> None:
    told = reason.told(**VALUES)
    assert Reason.of(told) is reason
    english, french = reason_words(told, speaker("en")), reason_words(told, speaker("fr"))
    for one, other in zip(english, french, strict=True):
        assert one != other
        assert one
        assert other.endswith(".")
        assert not ENGLISH.search(re.sub(r"`[^`]+`", "", other)), other
    assert english[0] != told


@pytest.mark.parametrize("kind", [kind for kind in get_args(ChangeKind) if kind not in NOT_KEPT])
def test_each_note_is_said_in_both_languages(kind: ChangeKind) -> None:
    moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    noted = SchemaChangeCount(log="decisions", kind=kind, column="c", detail="text -> date", times=1, last=moment)
    english, french = change_words(noted, speaker("en")), change_words(noted, speaker("fr"))
    for one, other in zip(english, french, strict=True):
        assert one != other
        assert one
        assert not ENGLISH.search(re.sub(r"`[^`]+`", "", other)), other


def test_no_reason_is_written_elsewhere() -> None:
    """A row is set aside for a `Reason` alone: types hold the code to it, this test the SQL."""
    texts = {reason.value for reason in Reason}
    found = [
        f"{path.relative_to(MEASURING)}: {text}"
        for path in sorted(MEASURING.rglob("*.py"))
        if path.name != "reasons.py"
        for text in texts
        if f'"{text}"' in path.read_text(encoding="utf-8")
    ]
    assert not found
    writers = [path for path in MEASURING.rglob("*.py") if "INTO rejected" in path.read_text(encoding="utf-8")]
    assert writers
    for path in writers:
        for line in re.findall(r"INTO rejected[^\n]*(?:\n[^\n]*)?", path.read_text(encoding="utf-8")):
            assert "eason" in line or "?" in line, (path.name, line)


def test_whatever_must_be_there_has_a_reason_of_its_own() -> None:
    """Identifiers are asked for by their role (`contracts.sections`)."""
    roles = {read.role for log in LOG_TYPES.values() for read in log.reads if read.how in ("person", "keyed")}
    assert roles
    assert all(f"{role.upper()}_MISSING" in Reason.__members__ for role in roles)


LANGS = ("fr", "en")
TECHNICAL = {
    "fr": """
        intervalle seuil seuils psi dérive attestation quorum mandat procuration déport saisine
        empreinte racine scellé instantané présélection calibration
        étalonnage qpv rqth rome pseudonyme purge cubes mlflow evidently oscal masqué holm p-value
        croisement aipd fria wasserstein
    """,
    "en": """
        interval threshold thresholds psi drift attestation quorum mandate proxy recusal referral
        fingerprint root sealed snapshot shortlisted calibration qpv rqth
        rome pseudonym purge cubes mlflow evidently oscal suppressed holm p-value intersection fria
        wasserstein
    """,
}
"""Words that a job seekers' representative need not know: wherever a page says one, the glossary has it."""


def text(markup: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<img[^>]+>", " ", markup))


@pytest.mark.parametrize("lang", LANGS)
def test_every_technical_word_has_its_entry(lang: str) -> None:
    known = {plain_letters(part) for word in words().values() for form in called(word, lang) for part in form.split()}
    assert {word for word in TECHNICAL[lang].split() if plain_letters(word) not in known} == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_is_explained_in_one_or_two_plain_sentences(lang: str) -> None:
    for word in words().values():
        told = word.text[lang]
        assert 15 < len(told) < 300, word.id
        assert 1 <= len(re.findall(r"[.!?](?= |$)", told)) <= 3, word.id
        assert not word.word[lang][0].islower(), word.id
        assert set(word.see) <= set(words()), word.id


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_has_its_place_on_the_page_and_in_the_alphabet(lang: str) -> None:
    say = speaker(lang)
    shown = Template("pages/glossary/glossary.html", say)("page", glossary_page(say))
    anchors = re.findall(r'<dt id="word-([a-z0-9_]+)"', shown)
    assert anchors == [word.id for theme in themes() for word in theme.words]
    assert len(set(re.findall(r' id="([^"]+)"', shown))) == len(re.findall(r' id="', shown))
    letters = [plain_letters(word.word[lang])[0] for word in sorted_by_name(lang)]
    assert letters == sorted(letters)


def test_only_the_first_time_that_a_word_stands_in_a_text_it_is_a_link() -> None:
    shown = linked("A threshold <b>: the threshold, PSI", speaker("en"))
    assert re.findall(r'href="([^"]+)"', shown) == [
        glossary_href(word, query={"lang": "en"}) for word in ("threshold", "psi")
    ]
    assert text(shown).split() == ["A", "threshold", "&lt;b&gt;:", "the", "threshold,", "PSI"]
    assert isinstance(shown, Html)


def test_a_word_inside_another_is_not_that_word() -> None:
    assert marked("epsilon, rooted, uprooted", "en") == [("epsilon, rooted, uprooted", "")]
