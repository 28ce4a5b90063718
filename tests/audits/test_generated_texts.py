"""What is found in texts, from counts by hand: bounds by what readers miss, and answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.counts.read import SHARES
from boussole.audits.metrics.texts import READER_ACCURACY, WORDING, personal_reader, text_measures
from boussole.audits.texts import reading
from boussole.charter.document.measures import MeasureDocument, measures_of
from boussole.charter.judging.stated import logged
from tests.written import writing_system

HELD = {"adverts": ["advert"], "outside": ["employer"], "personal": ["NIR", "IBAN"], "kept": False}
WRITER = writing_system({"use": "task", "outcome": "outcome", "recipient": "to", "texts": HELD})
PARTS = {"3.7": ("adverts", "drafts", "unread_adverts"), "6.4": ("outside", "personal", "unread")}


def measured(number: str, *parts: tuple[int, int], teams: int = 30) -> MeasureDocument:
    """The measure of (texts, cases) that went out, of all of them, and of those not read; cases by team."""
    held = WRITER.generations.texts
    rows = []
    for name, (n, cases) in zip(PARTS[number], parts, strict=True):
        for bucket in range(30):
            some = cases // teams + (bucket < cases % teams) if bucket < teams else 0
            other = n // 30 + (bucket < n % 30) - some
            sides = ((0, other), (1, some))
            rows += [
                {"part": held.part(name), "window": "2026-09", "bucket": bucket, "decision": side, "n": count}
                for side, count in sides
            ]
    every = measures_of(text_measures(pa.Table.from_pylist(rows, SHARES), WRITER))
    metric = {"3.7": "unlawful_adverts_share", "6.4": "personal_data_outside_share"}[number]
    return next(each for each in every if each.metric == metric)


TABLE = [  # went out, all, unread; then the answer
    ("3.7", (5000, 0), (5000, 0), (5000, 0), ("kept", "logged_none")),
    ("3.7", (3000, 0), (3000, 0), (3000, 0), ("unknown", "logged_wide")),
    ("3.7", (5000, 3), (5000, 3), (5000, 0), ("watch", "logged_case")),
    ("3.7", (5000, 1), (5000, 0), (5000, 0), ("watch", "logged_case")),  # the agent wrote it
    ("3.7", (5000, 0), (5000, 3), (5000, 0), ("unknown", "logged_wide")),
    ("3.7", (5000, 0), (5000, 6), (5000, 0), ("watch", "logged_rate")),  # 6 ÷ 5,000 ÷ .87 is 1.4 in 1,000
    ("3.7", (5000, 0), (5000, 0), (5060, 60), ("unknown", "logged_unread")),
    ("3.7", (5000, 0), (5000, 0), (5040, 40), ("kept", "logged_none")),
    ("3.7", (10, 0), (5000, 0), (5000, 0), ("unknown", "small_group")),
    ("3.7", (10, 2), (5000, 2), (5000, 0), ("watch", "logged_hidden")),
    ("3.7", (0, 0), (5000, 0), (5000, 0), ("unknown", "no_text_read")),
    ("3.7", (0, 0), (5000, 9), (5000, 0), ("watch", "logged_rate")),
    ("6.4", (5000, 0), (5000, 0), (5000, 0), ("kept", "logged_none")),
    ("6.4", (5000, 2), (5000, 2), (5000, 0), ("watch", "logged_case")),
    ("6.4", (5000, 0), (5000, 2), (5000, 0), ("watch", "logged_rate")),  # at most 1.6 in 1,000
    ("6.4", (9000, 0), (9000, 2), (9000, 0), ("kept", "logged_none")),
    ("6.4", (2000, 0), (2000, 0), (2000, 0), ("unknown", "logged_wide")),
    ("6.4", (5000, 0), (5000, 0), (5060, 60), ("unknown", "logged_unread")),
]


@pytest.mark.parametrize(("number", "out", "every", "unread", "expected"), TABLE)
def test_answers_follow_what_was_found_and_what_is_missed(
    number: str, out: tuple[int, int], every: tuple[int, int], unread: tuple[int, int], expected: tuple[str, str]
) -> None:
    measure = measured(number, out, every, unread)
    found = logged(measure, None, refuted=0, watch=0.001)
    assert (found.verdict, found.reason) == expected


def test_what_readers_miss_is_in_the_bounds() -> None:
    found = logged(measured("3.7", (5002, 0), (5002, 2), (5002, 0)), None, refuted=0, watch=0.001).logged
    recall_at_least = proportion_confint(222, 255, method="wilson")[0]
    p, n, z = 2 / 5002, 5002, student.ppf(0.975, 5001)  # two drafts of two teams: as good as independent
    high = (p + z**2 / 2 / n + z * np.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)) / (1 + z**2 / n)
    assert found.detected.most == pytest.approx(high / recall_at_least)
    assert found.detected.share == pytest.approx(2 / 5002 / (222 / 255))
    assert found.bound == pytest.approx(3 / 5002 / recall_at_least)


def test_drafts_of_one_team_count_as_one_template() -> None:
    alone, apart = (measured("3.7", (5000, 0), (5000, 4), (5000, 0), teams=teams).params.detected for teams in (1, 4))
    assert (alone.flagged, alone.share) == (apart.flagged, apart.share)
    assert alone.most > 1.3 * apart.most


def test_refuted_cases_keep_nothing() -> None:
    found = logged(measured("3.7", (5000, 2), (5000, 2), (5000, 0)), None, refuted=2, watch=0.001)
    assert (found.verdict, found.reason) == ("unknown", "logged_refuted")


def test_what_readers_do_is_what_the_docs_tell() -> None:
    root = Path(__file__).parents[2]
    wording = (root / "docs" / "texts.md").read_text(encoding="utf-8")
    assert f"| all | {WORDING.annotated} | {WORDING.found} | 0.87" in wording
    personal = (root / "docs" / "personal.md").read_text(encoding="utf-8")
    for kind, each in READER_ACCURACY.items():
        assert f"| {kind} | {each.annotated} | {each.found} |" in personal
        assert f"| {each.reported} | {each.right} |" in personal
    assert personal_reader(["NIR", "IBAN", "NIR"]).annotated == 50


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"texts": {"adverts": ["x"], "personal": ["PASSPORT"]}}, "PASSPORT"),
        ({"texts": {"adverts": ["x"]}}, "the column `use`"),
        ({"texts": {"outside": ["x"]}}, "the column `recipient`"),
        ({"texts": {"personal": ["NIR"]}, "output": None}, "looks at no column"),
    ],
)
def test_a_file_that_cannot_be_held_is_refused(section: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        writing_system(section)


def test_each_different_text_is_read_once_and_no_word_is_remembered() -> None:
    asked = []
    remembered = reading.Remembered(lambda texts: asked.extend(texts) or [text[:1] for text in texts])
    assert remembered(["ab", None, "ab", "b\x00\u202e"]) == ["a", None, "a", "b"]
    assert remembered(["ab"]) == ["a"]
    assert asked == ["ab", "b\x00\u202e"]
    assert not any(b"ab" in key for key in remembered._held)
