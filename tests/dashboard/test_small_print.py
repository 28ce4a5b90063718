"""The small print under a question: thresholds, since when figures count, what is missing, whether a law applies."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.charter.document import AuditDocument
from boussole.charter.document.measures import AccumulatedFigures
from boussole.charter.judging.statistics.testing import oriented, past
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.answers.small_print import law_words, read_words
from boussole.dashboard.views.charts.charts import level_lines
from boussole.dashboard.views.charts.groups import GroupRow, RateThreshold
from boussole.dashboard.views.scene import Scene
from tests.as_json import missing_words, threshold_words
from tests.charter.builders import WOMEN
from tests.charter.builders import comparison as compared
from tests.written import audit_document, measure, verdict

Document = dict[str, Any]


FR, EN = speaker("fr"), speaker("en")


def comparison(measure: str, **given: Any) -> dict[str, Any]:
    """A comparison that nothing was told of yet."""
    told = dict.fromkeys(("p_breach", "p_watch", "p_kept", "more_decisions", "reason"))
    levels = {"watch": None, "breach": None}
    return (
        {"measure": measure, "against": "rest", "verdict": "unknown", "adjusted": False, "levels": levels}
        | told
        | given
    )


def test_thresholds_say_on_which_side_and_whether_anybody_adopted_them(scene: Scene) -> None:
    proposed = "Proposé, pas adopté. Ce n’est pas un seuil légal."
    expected = {
        ("matchft", "impact_ratio_gender"): "Pas tenu sous 80 pour 100, à surveiller sous 95 pour 100.",
        ("compas", "impact_ratio_race"): "Pas tenu au-delà de 125 pour 100, à surveiller au-delà de 105 pour 100.",
        ("compas", "false_positive_rate_race"): "Pas tenu au-delà de +10 points, à surveiller dès le moindre écart.",
    }
    for (system, indicator), words in expected.items():
        document = scene.latest[system].written()
        verdict = next(v for v in document["verdicts"] if v["indicator"] == indicator)
        assert threshold_words(document, verdict, FR) == f"{words} {proposed}"
    by_chance = {**verdict, "threshold": {**verdict["threshold"], "watch_alpha": 0.01}}
    chance = "Par le seul hasard, elle est à surveiller au plus 1 fois en 100 ans."
    assert threshold_words(document, by_chance, FR) == f"{words} {chance} {proposed}"
    each_look = {**by_chance, "looks": 1}
    assert threshold_words(document, each_look, FR) == f"{words} {chance.replace('100 ans', '100 audits')} {proposed}"
    adopted = {**verdict, "threshold": {**verdict["threshold"], "status": "adopted", "post_hoc": True}}
    adopted["threshold"]["proven_on"] = "2026-08-01"
    told = threshold_words(document, adopted, EN)
    assert told.endswith("Adopted. Not a legal threshold. Adopted after this period had begun.")
    adopted["threshold"]["proven_on"] = None
    assert threshold_words(document, adopted, EN).endswith(
        "Adopted by its own word: no adoption in the ledger proves it, so it may have been chosen to fit (post hoc). "
        "Not a legal threshold."
    )


def test_a_figure_that_rests_on_outcomes_says_how_many_are_missing(scene: Scene, compas: Document) -> None:
    """Nothing is added up here: the figures come from the measures of the document."""
    judged = "precision_difference/sex=Female"
    verdict = {"metric": "precision_difference", "by": ["sex"], "comparisons": [comparison(judged)]}
    share = {"id": "share", "metric": "missing_outcome_share", "by": [], "value": 0.125, "reason": None, "params": {}}
    gap = {
        "id": "gap",
        "metric": "missing_outcome_share_difference",
        "by": ["sex"],
        "group": {"sex": "Female"},
        "value": 0.1,
        "interval": {"low": 0.05, "high": 0.15, "level": 0.95, "method": "wilson"},
        "params": {"scale": "difference", "values": [0.2, 0.1], "against": "rest"},
    }
    system = scene.systems["compas"]

    def told(lang: str, *measures: Any, metric: str = "precision_difference") -> str:
        document = {"measures": list(measures)}
        return missing_words(document, verdict | {"metric": metric}, speaker(lang), system=system)

    assert told("en", share, gap) == (
        "12.5% of the outcomes that are due are not known. Of 100 outcomes that are due, 20 are not known among Women, "
        "against 10 among everybody else: 10 more (between 5 and 15)."
    )
    bounded = {"id": judged, "metric": "precision_difference", "by": ["sex"], "group": {"sex": "Female"}, "value": 0.1}
    assert told("en", share, bounded | {"params": {"bounds": [-0.053, 0.2]}}) == (
        "12.5% of the outcomes that are due are not known. If all were known, the gap of “Women” could be anything "
        "from \u22125.3 to +20.0 points."
    )
    assert told("fr", share).replace("\u202f", " ") == "12,5 % des résultats attendus ne sont pas connus."
    assert told("en", share | {"value": 0.0}) == "All outcomes that are due are known."
    absent = {"value": None, "status": "undefined", "reason": "absent_is_negative"}
    assert told("en", share | absent) == "An outcome that is not recorded counts as negative."
    assert told("en", share | {"value": None, "status": "undefined", "reason": "not_mature"}) == ""
    assert told("en", share, metric="selection_rate_ratio") == ""
    assert told("en") == ""


def test_of_outcomes_known_for_those_selected_alone_nobody_says_that_all_are_known(scene: Scene) -> None:
    share = {"id": "share", "metric": "missing_outcome_share", "by": [], "value": 0.0, "reason": None, "params": {}}
    verdict = {"metric": "true_positive_rate_difference", "by": ["sex"], "comparisons": []}
    for reason, said in (("no_comparison", "All outcomes that are due are known."), ("selective_labels", "")):
        given = verdict | {"reason": reason}
        assert missing_words({"measures": [share]}, given, EN, system=scene.systems["compas"]) == said
        assert missing_words({"measures": [share]}, given, EN, system=scene.systems["compas"], none=False) == ""


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_whether_a_law_applies_is_asked_of_the_clock_of_the_organisation(zone: str) -> None:
    """At every hour one of the two has another date than Greenwich."""
    say = speaker("en", ZoneInfo(zone))
    today = dt.datetime.now(tz=say.zone).date()
    law = next(iter(load_charter().laws.values()))
    days = (today, today + dt.timedelta(days=1))
    told = [law_words(law.model_copy(update={"in_force": day}), say) for day in days]
    assert "(from " not in told[0]
    assert "(from " in told[1]


RATIO = compared(WOMEN, estimate=0.9, error=0.05, against="gender=M")


NAME = RATIO["id"]


SHARES = [("selection_rate", None, 400), ("selection_rate/gender=F", WOMEN, 200)]


def shares(value: float, times: int) -> list[dict[str, object]]:
    return [
        measure(id=name, metric="selection_rate", by=["gender"] if group else [], group=group, value=value, n=n * times)
        for name, group, n in SHARES
    ]


def document(*, alone: bool) -> AuditDocument:
    judged: dict[str, object] = {"measure": NAME, "against": "gender=M", "verdict": "kept", "adjusted": True}
    judged |= {"p_breach": 1.0, "p_watch": 1.0, "p_kept": 0.01, "levels": {"watch": 0.95, "breach": 0.8}}
    judged |= {"more_decisions": None, **({"alone": True} if alone else {})}
    answers = verdict(indicator="selection_rate_ratio_gender", verdict="kept", by=["gender"], comparisons=[judged])
    own = AuditDocument.of(
        audit_document(
            "s",
            start="2026-05-01",
            end="2026-05-31",
            decisions=400,
            measures=[*shares(0.3, 1), RATIO],
            verdicts=[answers],
        )
    )
    since = {
        **RATIO,
        "value": 0.97,
        "params": {**RATIO["params"], "since": "2026-01-01", "windows": 5, "correlations": []},
    }
    together = AccumulatedFigures.of(
        {"since": "2026-01-01", "because": "first", "windows": [], "measures": [*shares(0.25, 5), measure(**since)]}
    )
    return own.changed(accumulated=together)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "2,000 decisions since 1 January 2026, 400 of them in the last period (May 2026)"),
        ("fr", "2 000 décisions depuis le 1er janvier 2026, dont 400 dans la dernière période (mai 2026)"),
    ],
)
def test_how_many_decisions_since_when(lang: str, words: str) -> None:
    say, found = speaker(lang), document(alone=False)
    period = say.period("2026-05-01", "2026-05-31")
    told = read_words(found, say, period=period, verdict=found.verdicts[0])
    assert told.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ") == words
    alone = document(alone=True)
    assert read_words(alone, say, period=period, verdict=alone.verdicts[0]) == read_words(alone, say, period=period)


UNDER = {"fr": "à surveiller sous ", "en": ("watch under ", "to be watched under ")}


OVER = {"fr": "à surveiller au-delà de ", "en": ("watch over ", "to be watched over ")}


SIDES = st.sampled_from(["below", "above"])


SCALES = st.sampled_from(["ratio", "difference"])


LEVELS = st.floats(0.05, 0.95)


LANGS = st.sampled_from(["fr", "en"])


def said(text: str, lang: str) -> tuple[bool, bool]:
    """Whether a text says “under”, and whether it says “over”, of what is to be watched."""
    found = []
    for sides in (UNDER, OVER):
        words = sides[lang] if isinstance(sides[lang], tuple) else (sides[lang],)
        found.append(any(word in text.lower() for word in words))
    return found[0], found[1]


def is_bad_under(at: float, side: str) -> bool:
    """Where the judging itself says that a value is past its level."""
    assert past(at - 0.01, at, bad_side=side) != past(at + 0.01, at, bad_side=side)
    return past(at - 0.01, at, bad_side=side)


def sentence(at: float, side: str, scale: str, say: Say) -> str:
    test = {"kind": "score_ratio", "k": [3, 300], "n": [10, 1000]}
    params = {"test": test, "bad_side": side, "scale": scale}
    measure = {"id": "m/sex=F", "by": ["sex"], "group": {"sex": "F"}, "value": at, "params": params}
    told = comparison("m/sex=F", levels={"watch": at, "breach": None})
    threshold = {"watch": 0.9, "breach": None, "status": "proposed", "post_hoc": False}
    return str(threshold_words({"measures": [measure]}, {"comparisons": [told], "threshold": threshold}, say))


@given(level=LEVELS, side=SIDES, scale=SCALES, lang=LANGS)
def test_a_sentence_names_the_side_that_is_bad(level: float, side: str, scale: str, lang: str) -> None:
    """For ratios that are bad under 1 and over it, and for differences on both sides of 0."""
    at = oriented(level, scale=scale, bad_side=side)
    under = is_bad_under(at, side)
    assert said(sentence(at, side, scale, speaker(lang)), lang) == (under, not under)


@given(level=LEVELS, side=SIDES, scale=SCALES, lang=LANGS)
def test_the_line_of_a_chart_names_the_same_side(level: float, side: str, scale: str, lang: str) -> None:
    at, say = oriented(level, scale=scale, bad_side=side), speaker(lang)
    row = GroupRow(label="F", value=0.5, levels=(RateThreshold(kind="watch", at=at, bad_side=side),))
    [line] = level_lines([row], say, say.number)
    under = is_bad_under(at, side)
    assert said(line.label, lang) == (under, not under)
