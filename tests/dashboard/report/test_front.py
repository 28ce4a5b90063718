"""The first eight pages: one for each thing that somebody who presides wants to know, and the annexes behind them."""

from __future__ import annotations

import datetime as dt
import re

import pypdf
import pytest
from PIL import Image

from boussole.audits.workspace import Workspace
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.incidents import Incident
from boussole.dashboard.report.edition import edition
from boussole.dashboard.report.events import events
from boussole.dashboard.report.words import teller
from tests.dashboard.report.conftest import fill, make_workspace, words

TITLES = {
    "fr": [
        "La réponse d’abord",
        "La boussole",
        "Questions et groupes",
        "Au fil du temps",
        "Ce qui a été promis, et ce qu’il en est",
        "Incidents et travail",
        "Avis et opinions divergentes",
        "Ce que personne n’a examiné",
        "Annexes",
    ],
    "en": [
        "The answer first",
        "The compass",
        "Questions and groups",
        "Over time",
        "Promises and what became of them",
        "Incidents and work",
        "Opinions and dissents",
        "What nobody has examined",
        "Annexes",
    ],
}


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("lang", TITLES)
def test_two_systems_have_eight_pages_then_annexes(
    lang: str, french: pypdf.PdfReader, english: pypdf.PdfReader
) -> None:
    pages = [plain(page.extract_text()) for page in (french if lang == "fr" else english).pages]
    assert len(pages) > 9
    for number, title in enumerate(TITLES[lang]):
        assert title in pages[number], (number, title)
        assert number == 0 or pages[number].startswith(title), (number, title)


def test_each_page_says_what_it_is_for(english: pypdf.PdfReader) -> None:
    pages = [plain(page.extract_text()) for page in english.pages[:8]]
    assert "Not kept" in pages[0]
    assert "The wording of the charter is a draft" in pages[0]
    assert "Verdicts by article" in pages[1]
    assert re.search(r"Sex Nationality .*Fairness and non-discrimination", pages[2])
    assert re.search(r"April 2026 to June 2026|Second quarter|30 June 2026", pages[3]), pages[3]
    assert "What was recommended" in pages[4]
    assert "No incident has been recorded." in pages[5]
    assert "No committee has published an opinion yet." in pages[6]
    assert re.search(r"Article Offers Checks|Article Checks Offers", pages[7])
