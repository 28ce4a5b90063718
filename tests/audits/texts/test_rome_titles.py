"""Titles of the French occupational classification (ROME), each in two genders: the rule over endings against them.

The data are not copied into the project (their terms are not stated): the test reads them where they lie.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from boussole.audits.texts.normal import normalise
from boussole.audits.texts.titles import gender_of

DATA = Path(os.environ.get("BOUSSOLE_TEST_DATA", Path(__file__).parents[4] / "shared" / "data")) / "rome_fap_france"


@pytest.mark.skipif(
    not DATA.is_dir(), reason="the ROME titles do not lie there: name their folder in BOUSSOLE_TEST_DATA"
)
def test_pairs_of_titles_have_the_gender_that_the_rule_says() -> None:
    right = wrong = silent = 0
    for line in (DATA / "ogr_labels.csv").read_text(encoding="utf-8").splitlines()[1:]:
        pair = re.fullmatch(r"(\S+) / (\S+)(?: .*)?", line.partition("|")[2])
        if pair is None or pair[1] == pair[2]:
            continue
        for word, gender in zip(pair.groups(), ("masculine", "feminine"), strict=True):
            said = gender_of(normalise(word).text.decode())
            right, wrong, silent = (
                right + (said == gender),
                wrong + (said not in (gender, None)),
                silent + (said is None),
            )
    told = f"{right} right, {wrong} wrong, {silent} unsaid"
    assert right + wrong + silent > 8_000, told
    assert wrong / (right + wrong + silent) < 0.01, told
    assert right / (right + wrong + silent) > 0.9, told
