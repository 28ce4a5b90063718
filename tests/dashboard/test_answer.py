"""One answer, one page: a sentence of twenty-five words, the interval that decides, and what is not known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from boussole.charter.document import MeasureDocument
from boussole.charter.judging.wording.reasons import CANNOT_TELL
from boussole.charter.text.left_out import REASON
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.elements import shape
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.around import ReadingRights
from boussole.dashboard.pages.answer.view import answer_page
from boussole.dashboard.views.answers.asked import threshold_words
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.answers.short import MOST, figures, words_in
from boussole.dashboard.views.charts.over_time import BOTTOM, HIGH, LEFT, RIGHT, TOP, Stop, course_svg
from boussole.dashboard.views.charts.over_time import WIDE as COURSE_WIDE
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system_tables import needed
from tests.as_json import documents, written
from tests.dashboard.before_folds import shown
from tests.written import measure, sample

EN, FR = speaker("en"), speaker("fr")
ALL = ReadingRights(committee=True, incidents=True)


def page(scene: Scene, system: str, key: str, lang: str = "en", past: SystemPast | None = None) -> PageData:
    found = answer_page(
        scene,
        system,
        key,
        speaker(lang),
        past=past or SystemPast(audits={}),
        chambers=[],
        reader=ALL,
        query={"lang": lang},
    )
    assert found is not None
    return found


def html(found: PageData, lang: str = "en") -> str:
    say = speaker(lang)
    made = Template("pages/answer/answer.html", say)
    parts = [made(each, found) for each in ("pictures", "promise")]
    actions = made("actions", found, contest="/incidents#appeals", ask="/ask")
    behind = made("behind", found, "boussole audit", over_time="/drift", seal="/evidence?entry=1")
    return "".join([made("head", found, "/"), *parts, actions, behind])


def every(scene: Scene) -> list[tuple[str, str, str]]:
    """All questions of all systems: the system, the id, the verdict."""
    return [(name, each.indicator, each.verdict) for name, held in scene.standing.items() for each in held.verdicts]


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_answer_is_one_sentence_of_twenty_five_words(scene: Scene, lang: str) -> None:
    for system, key, verdict in every(scene):
        found = page(scene, system, key, lang)
        assert 0 < words_in(found["sentence"]) <= MOST, found["sentence"]
        assert found["verdict"] == verdict


OF_LISTS = "Dans les listes, quand les hommes reçoivent 100 d’attention, les femmes en reçoivent 58."
KEPT_BY_NOBODY = "pour 100 personnes retenues parmi les hommes, 58 le sont parmi les femmes."


@pytest.mark.parametrize(
    ("metric", "verb", "said"),
    [
        ("selection_rate_ratio", True, "À nombre égal, MatchFT contacte 58 femmes pour 100 hommes."),
        ("adjusted_selection_rate_ratio", True, "À profil comparable, MatchFT contacte 58 femmes pour 100 hommes."),
        ("selection_rate_ratio", False, f"À nombre égal, {KEPT_BY_NOBODY}"),
        ("adjusted_selection_rate_ratio", False, f"À profil comparable, {KEPT_BY_NOBODY}"),
        ("exposure_ratio", True, OF_LISTS),
        ("scoring_rate_ratio", True, ""),
    ],
)
def test_a_figure_is_said_for_a_hundred(metric: str, verb: bool, said: str) -> None:
    verbs = {"verb": {"fr": "contacte", "en": "contacts"}} if verb else {}
    values = {"F": {"fr": "femmes", "en": "women"}, "M": {"fr": "hommes", "en": "men"}}
    decision = {"column": "contacted", "selected": [True], "title": {"fr": "retenues", "en": "selected"}, **verbs}
    system = sample({"id": "id", "decided_at": "ts", "decision": decision}, {"gender": "M"})
    own = system.groups["gender"].model_copy(update={"values": values})
    system = system.model_copy(update={"groups": {"gender": own}})
    params = {"scale": "ratio", "bad_side": "below", "against": "gender=M"}
    told = measure(id=f"{metric}/gender=F", group={"gender": "F"}, value=0.58, n=900, params=params)
    assert figures(MeasureDocument.of(told), FR, system=system, title="MatchFT") == said


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_technical_name_hash_or_entry_number_stands_above_the_folds(scene: Scene, lang: str) -> None:
    for system, key, _ in every(scene):
        found = page(scene, system, key, lang)
        above = shown(html(found, lang))
        verdict = next(each for each in scene.standing[system].verdicts if each.indicator == key)
        assert verdict.metric is None or verdict.metric not in above
        assert not re.search(r"\b[0-9a-f]{12,}\b|sha256|entry \d|écriture \d|p-value", above), above


def test_an_audit_without_the_figure_stands_off_the_scale(scene: Scene) -> None:
    """Its mark is that of its answer, and no height from which a value could be read."""
    stops = [
        Stop(label=("July", "2026"), value=None, bar=(None, None), verdict="unknown"),
        Stop(label=("August", "2026"), value=0.0, bar=(0.0, 0.1), verdict="kept"),
    ]
    drawn = course_svg(stops, [], str)
    x = LEFT + (COURSE_WIDE - LEFT - RIGHT) / 4
    assert shape("unknown", x=x, y=TOP / 2, size=9) in drawn
    assert shape("not_examined", x=x, y=HIGH - BOTTOM, size=9) not in drawn


def unknown_because(
    scene: Scene, reason: str, *, status: str = "undefined", indicator: str = ""
) -> tuple[PageData, list[str]]:
    """The page of a question of MatchFT that nobody can tell for a reason, its comparisons without a figure."""
    document = written(scene.latest)["matchft"]
    judged = next(each for each in document["verdicts"] if each["comparisons"] and (indicator in each["indicator"]))
    judged |= {"verdict": "unknown", "reason": reason}
    compared = {each["measure"] for each in judged["comparisons"]}
    for each in judged["comparisons"]:
        each |= {"verdict": "unknown", "reason": reason, "interval": None, "more_decisions": None}
    for each in document["measures"]:
        if each["id"] in compared:
            each |= {"status": status, "value": None, "interval": None, "reason": reason, "n": None, "clusters": None}
    given = replace(scene, latest={**scene.latest, **documents({"matchft": document})})
    found = page(given, "matchft", judged["indicator"])
    return found, list(found["unknown"])


@pytest.mark.parametrize(
    ("reason", "status", "said"),
    [
        ("small_group", "suppressed", "It would take more decisions about the groups that are hidden."),
        ("not_mature", "undefined", "It would take time: what became of people cannot be read yet."),
        ("few_corrections", "undefined", "It would take more corrections: more people put in or taken out by agents."),
        ("no_comparison", "undefined", "No number of decisions would help: the data themselves lack what it takes."),
        ("left_out", "undefined", "It would take the lines that were set aside, mended and counted."),
    ],
)
def test_what_would_settle_an_answer_is_what_it_lacks(scene: Scene, reason: str, status: str, said: str) -> None:
    _, told = unknown_because(scene, REASON if reason == "left_out" else reason, status=status)
    assert told[0] == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("nothing_due", "It would take time: nothing has come due in the last twelve months."),
        ("record_old", "It would take that somebody records it, as it happens."),
        ("attestation_expired", "It would take a statement with its document, which holds for twelve months at most."),
        ("question_reworded", "It would take a statement with its document, which holds for twelve months at most."),
        (
            "too_few_examined",
            "It would take a sample that people inspect, and that somebody records with what they found.",
        ),
        (
            "cases_refuted",
            "It would take a sample that people inspect, and that somebody records with what they found.",
        ),
    ],
)
def test_what_no_decision_answers_lacks_no_data_of_decisions(scene: Scene, reason: str, said: str) -> None:
    document = written(scene.latest)["matchft"]
    known = {each.id for article in scene.charter.articles for each in article.indicators}
    judged = next(each for each in document["verdicts"] if known & {each["indicator"], each.get("template")})
    judged |= {"verdict": "unknown", "reason": reason, "comparisons": []}
    given = replace(scene, latest={**scene.latest, **documents({"matchft": document})})
    assert page(given, "matchft", judged["indicator"])["unknown"][0] == said


@pytest.mark.parametrize(
    ("way", "condition"),
    [
        ("controls_of_the_silent", "Not kept under 80 for 100 (only where question 1.2 is not kept either), "),
        ("time_to_read", "Not kept under 80 for 100 (only where question 2.1 is to be watched or not kept), "),
        ("selection_rate_ratio", "Not kept under 80 for 100, "),
    ],
)
def test_a_level_that_breaks_nothing_by_itself_names_its_condition(scene: Scene, way: str, condition: str) -> None:
    document, charter = scene.latest["matchft"], load_charter()
    measures = document.judged_by_id
    told = next(
        each
        for each in document.verdicts
        if each.comparisons
        and each.comparisons[0].levels.breach == 0.8
        and measures[each.comparisons[0].measure].params.scale == "ratio"
    )
    verdict = told.model_copy(update={"indicator": way, "template": way})
    assert threshold_words(document, verdict, EN, charter=charter).startswith(condition)


def test_where_too_few_cases_are_the_reason_more_would_help() -> None:
    """No reason that says “so few”, or “fewer than”, is answered by “no number of decisions would help”."""
    few = [reason for reason, said in CANNOT_TELL.items() if re.search(r"(?i)so few|fewer than|too few|at least", said)]
    assert {"few_corrections", "few_agencies", "short_span"} <= {*few}
    assert not [reason for reason in few if not needed(reason, None, EN)]
