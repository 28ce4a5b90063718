import copy
import datetime as dt
import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import (
    Catalogue,
    capital,
    date_words,
    french,
    inside,
    number,
    percent,
    period_words,
    typeset,
    whole,
)
from boussole.audits.mixed import filled, foreign, joined, marked

PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Kept"
msgstr "Tenu"

msgid "one decision"
msgid_plural "{n} decisions"
msgstr[0] "une décision"
msgstr[1] "{n} décisions"

msgid "left"
msgstr ""
"""


def test_numbers_take_the_separators_of_their_language():
    assert number(1234567.891, "fr") == "1\u202f234\u202f567,89"
    assert number(1234567.891, "en") == "1,234,567.89"
    assert whole(2392282, "fr") == "2\u202f392\u202f282"
    assert whole(73.6, "en") == "74"
    assert number(-2.5, "fr", 1) == "\u22122,5"
    assert number(-0.004, "en") == "0.00"
    assert percent(0.2744, "fr") == "27,4\u202f%"
    assert percent(0.2744, "en", 0) == "27%"


@pytest.mark.parametrize(
    ("day", "fr", "en"),
    [
        (dt.date(2026, 7, 1), "1er juillet 2026", "1 July 2026"),
        (dt.date(2026, 8, 11), "11 août 2026", "11 August 2026"),
        (dt.date(2024, 2, 29), "29 février 2024", "29 February 2024"),
    ],
)
def test_dates_in_words(day, fr, en):
    assert (date_words(day, "fr"), date_words(day, "en")) == (fr, en)


def test_periods_in_words_and_first_letters():
    first, last = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
    assert period_words(first, last, "en") == "from 1 July 2026 to 30 September 2026"
    assert period_words(first, first, "fr") == "du 1er juillet 2026"
    assert (capital("élèves"), inside("Élèves"), inside("RQTH"), inside("")) == ("Élèves", "élèves", "RQTH", "")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Pourquoi ?", "Pourquoi\u202f?"),
        (
            "Non : 12 000 sur 1 234 567 (5 %) ; enfin !",
            "Non\u202f: 12\u202f000 sur 1\u202f234\u202f567 (5\u202f%)\u202f; enfin\u202f!",
        ),
        ("« l'agent »", "«\u202fl’agent\u202f»"),
        ("«\u00a0a\u00a0»", "«\u202fa\u202f»"),
        ("à 10:30, https://a.fr/b?c", "à 10:30, https://a.fr/b?c"),
        ("n° 5", "n°\u00a05"),
        ("le 3 2026", "le 3 2026"),
        ("20 ans 'ici'", "20 ans 'ici'"),
    ],
)
def test_french_typography(typed, printed):
    assert french(typed) == printed
    assert typeset(typed, "fr") == printed
    assert typeset(typed, "en") == typed.replace("l'agent", "l’agent")  # of spaces English keeps what was typed


@given(st.text(alphabet="ab 01«»;:!?%'\u00a0\u202f°n", max_size=40))
def test_french_typography_settles_at_once(text):
    assert french(french(text)) == french(text)


def test_catalogue_reads_po_files(tmp_path: Path):
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PO, encoding="utf-8")
    fr, en = Catalogue(tmp_path, "fr"), Catalogue(tmp_path, "en")
    assert (fr.gettext("Kept"), en.gettext("Kept")) == ("Tenu", "Kept")
    assert fr.gettext("left") == "left"
    assert fr.ngettext("one decision", "{n} decisions", 0) == "une décision"
    assert en.ngettext("one decision", "{n} decisions", 0) == "{n} decisions"


def test_faults_name_what_is_known(tmp_path: Path):
    with pytest.raises(BoussoleError, match="Use fr or en"):
        number(1, "de")
    with pytest.raises(BoussoleError, match=r"fr.LC_MESSAGES.messages\.po"):
        Catalogue(tmp_path, "fr")


def test_a_passage_in_another_language_keeps_it_and_its_own_typography():
    german = foreign("was ist das ?", "de")
    assert capital(german).passages == (("Was ist das ?", "de"),)
    assert inside(capital(german)) == german
    asked = typeset("Qui : " + german + " ?", "fr")
    assert asked == "Qui\u202f: was ist das ?\u202f?"
    assert asked.passages[1] == ("was ist das ?", "de")
    assert typeset(asked, "fr").passages == asked.passages
    assert (german + "").rstrip(" ?").passages == (("was ist das", "de"),)


def test_a_mixed_text_is_a_text_like_any_other():
    mixed = filled("{n} × {who}", {"n": "2", "who": foreign("Ärzte", "de")})
    plain = str(mixed)
    assert type(plain) is str
    assert (mixed, {mixed: 1}[plain], json.loads(json.dumps({"x": mixed}))["x"]) == (plain, 1, plain)
    assert rfc8785.dumps(mixed) == rfc8785.dumps(plain)
    assert copy.deepcopy(mixed).passages == mixed.passages
    assert bool(foreign("", "de")) is False
    assert capital(foreign("", "de")) == ""


def test_texts_without_another_language_stay_what_they_were():
    assert type(filled("{a}{{}}", {"a": "b"})) is str
    assert filled("{a}{{}}", {"a": foreign("b", "de")}) == "b{}"
    assert type(joined(", ", ["a", "b"])) is str
    assert marked("a contacted b", "contacted") == "a contacted b"
    assert type(marked("uncontacted", foreign("contacted", "en"))) is str
