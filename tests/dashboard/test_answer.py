"""One answer, one page, with the small print under it; what it says is the same wherever it is read."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.answers.verdict import worst
from boussole.charter.document.measures import AccumulatedFigures
from boussole.charter.judging.coverage import Use
from boussole.charter.judging.statistics.testing import oriented, past
from boussole.charter.judging.wording.reasons import CANNOT_TELL
from boussole.charter.record_types.kinds import Finding
from boussole.charter.records import keep_file, seal
from boussole.charter.records.in_force import adopt
from boussole.charter.registry.inventory import register_of
from boussole.charter.text.left_out import REASON
from boussole.charter.text.loading import PACKAGED, load_charter
from boussole.dashboard.alerts.changes import states_of
from boussole.dashboard.api import answers
from boussole.dashboard.api.shapes import PageQuery
from boussole.dashboard.markup.elements import shape
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.pages.answer.around import ReadingRights
from boussole.dashboard.pages.answer.view import answer_page
from boussole.dashboard.pages.article.standing import standings
from boussole.dashboard.report.edition import edition
from boussole.dashboard.views.answers.asked import threshold_words as asked_threshold
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.answers.short import MOST, figures, words_in
from boussole.dashboard.views.answers.small_print import law_words, read_words
from boussole.dashboard.views.answers.unjudged import unjudged
from boussole.dashboard.views.charts.charts import level_lines
from boussole.dashboard.views.charts.groups import GroupRow, RateThreshold
from boussole.dashboard.views.charts.over_time import BOTTOM, HIGH, LEFT, RIGHT, TOP, Stop, course_svg
from boussole.dashboard.views.charts.over_time import WIDE as COURSE_WIDE
from boussole.dashboard.views.compass import compass
from boussole.dashboard.views.scene import Scene, load
from boussole.dashboard.views.system_tables import matrix, needed
from tests.as_json import documents, missing_words, threshold_words, written
from tests.charter.builders import WOMEN
from tests.charter.builders import comparison as compared
from tests.dashboard.before_folds import shown
from tests.dashboard.conftest import seal_audits, with_systems
from tests.end_to_end.chain import audit as audit_of_calls
from tests.end_to_end.test_logs import ALLOWED, HERE_CALL
from tests.end_to_end.test_logs import called as with_calls
from tests.written import audit_document, measure, sample
from tests.written import verdict as written_verdict

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
    assert asked_threshold(document, verdict, EN, charter=charter).startswith(condition)


def test_where_too_few_cases_are_the_reason_more_would_help() -> None:
    """No reason that says “so few”, or “fewer than”, is answered by “no number of decisions would help”."""
    few = [reason for reason, said in CANNOT_TELL.items() if re.search(r"(?i)so few|fewer than|too few|at least", said)]
    assert {"few_corrections", "few_agencies", "short_span"} <= {*few}
    assert not [reason for reason in few if not needed(reason, None, EN)]


DECLARED = """components: {provider: Mistral AI, share: 1, by: 2027-06-30,
  history: [{day: 2025-03-01, share: 0.4}, {day: 2025-06-01, share: 0.46}, {day: 2026-09-01, share: 0.9}],
  parts: [
    {name: {fr: "Grand modèle", en: "Large model"}, provider: Mistral AI, place: Paris},
    {name: {fr: "Dictée", en: "Dictation"}, provider: Other, place: Lyon}]}"""


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> tuple[AuditDocument, System]:
    workspace = with_calls(tmp_path_factory.mktemp("calls") / "w", (HERE_CALL, 100), allowed=f"{ALLOWED}, {DECLARED}")
    return audit_of_calls(workspace, dry_run=True), Workspace(workspace.home).system("offers")


def changed(system: System, **more: Any) -> System:
    """The same system whose file says otherwise of its components."""
    section = system.generations
    assert section is not None
    assert section.calls is not None
    assert section.calls.components is not None
    components = section.calls.components.model_copy(update=more)
    calls = section.calls.model_copy(update={"components": components})
    return system.model_copy(update={"generations": section.model_copy(update={"calls": calls})})


@pytest.mark.costly
def test_declared_shares_are_shown_unless_the_file_has_changed_since_the_audit(
    called: tuple[AuditDocument, System],
) -> None:
    document, own = called
    verdict = next(each for each in document.verdicts if each.template == "where_models_run")

    assert unjudged(document, verdict, EN, system=own)[0].tables
    for more in ({"by": dt.date(2028, 1, 1)}, {"share": 0.5}, {"history": []}, {"provider": "Other"}):
        share, _ = unjudged(document, verdict, EN, system=changed(own, **more))
        assert not share.tables
        assert share.told == ["The system file has changed since this audit: what it declares now is not shown."]


Document = dict[str, Any]


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
RATES = [("selection_rate", None, 400), ("selection_rate/gender=F", WOMEN, 200)]


def shares(value: float, times: int) -> list[dict[str, object]]:
    return [
        measure(id=name, metric="selection_rate", by=["gender"] if group else [], group=group, value=value, n=n * times)
        for name, group, n in RATES
    ]


def document(*, alone: bool) -> AuditDocument:
    judged: dict[str, object] = {"measure": NAME, "against": "gender=M", "verdict": "kept", "adjusted": True}
    judged |= {"p_breach": 1.0, "p_watch": 1.0, "p_kept": 0.01, "levels": {"watch": 0.95, "breach": 0.8}}
    judged |= {"more_decisions": None, **({"alone": True} if alone else {})}
    answers = written_verdict(
        indicator="selection_rate_ratio_gender", verdict="kept", by=["gender"], comparisons=[judged]
    )
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


NOTHING_ELSE = ReadingRights(committee=False, incidents=False)
TODAY = dt.date(2026, 11, 28)
Stands = dict[str, dict[str, str]]
"""By system, the verdict on each article."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two audited systems, and one that nobody audited, of which an authority found that it keeps an article not."""
    tmp_path = tmp_path_factory.mktemp("made")
    made = with_systems(tmp_path / "workspace", declared=True)
    (made.home / "charter").mkdir()
    for path in PACKAGED.glob("*.yaml"):  # a committee that has voted on its levels
        text = path.read_text(encoding="utf-8").replace("status: proposed", "status: adopted")
        (made.home / "charter" / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "vote.pdf").write_bytes(b"%PDF-1.4 a vote")
    adopt(made, load_charter(made), role="Committee", on=dt.date(2025, 1, 6), document=tmp_path / "vote.pdf")
    seal_audits(made)
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4 a letter")
    said = {"role": "DPO", "on": dt.date(2026, 11, 2), "authority": "CNIL", "title": "Letter", "system": "sorter"}
    letter = keep_file(made, tmp_path / "letter.pdf")
    seal(made, Finding(**said, articles=["transparence"], cap="broken", document=letter))
    seal(made, Finding(**said | {"system": "matchft"}, articles=["humain"], cap="watch", document=letter))
    return made.home


@pytest.fixture
def workspace(made: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The day is the same for all that read it."""
    monkeypatch.setattr(Workspace, "today", lambda _: TODAY)
    return Workspace(made)


@pytest.fixture
def walked(workspace: Workspace) -> Scene:
    return load(workspace, today=workspace.today())


@pytest.fixture
def uses(workspace: Workspace) -> list[Use]:
    """What the register says."""
    return register_of(workspace, today=workspace.today())[-1]


@pytest.fixture
def stands(uses: list[Use]) -> Stands:
    return {use.system.id: dict(use.articles) for use in uses}


def test_the_compass_says_what_the_register_says(walked: Scene, stands: Stands) -> None:
    page = compass(walked, EN, query={})
    named = {walked.title(name, EN): name for name in stands}
    articles = [article.id for article in walked.charter.articles]
    for at, title in enumerate(page.columns):
        own = stands[named[title]]
        assert [row.verdicts[at] for row in page.rows] == [own.get(each, "not_examined") for each in articles]
    left = stands.keys() - {named[title] for title in page.columns}
    assert all(verdict == "not_examined" for name in left for verdict in stands[name].values())
    over_all = [worst(own.get(each, "not_examined") for own in stands.values()) for each in articles]
    broken = over_all.count("broken")
    assert broken, "a workspace that is walked has something to say"
    assert page.headline == EN.plural("One commitment is not kept.", "{n} commitments are not kept.", broken)


def test_the_api_says_what_the_register_says(workspace: Workspace, stands: Stands) -> None:
    found = answers.systems(workspace, PageQuery()).items
    assert {each.id: dict(each.articles) for each in found} == stands


def test_the_report_knows_what_the_compass_knows(workspace: Workspace, walked: Scene) -> None:
    """Every verdict with all that it rests on, the adoption of its level too."""
    assert edition(workspace, None, today=TODAY).scene.standing == walked.standing


def test_each_article_page_says_what_the_register_says(walked: Scene, stands: Stands) -> None:
    for article in walked.charter.articles:
        told = {each.system: each.verdict for each in standings(walked, article.id, EN, query={})}
        left = {name for name, own in stands.items() if own.get(article.id, "not_examined") == "not_examined"}
        assert {name: stands[name][article.id] for name in told} == told
        assert stands.keys() - told.keys() <= left


@pytest.mark.costly
def test_each_screen_of_a_system_and_each_answer_say_what_the_register_says(
    walked: Scene, uses: list[Use], stands: Stands
) -> None:
    known = {use.system.id: {each.indicator: each.verdict for each in use.verdicts} for use in uses}
    for name in walked.standing:
        shown = matrix(walked, name, EN, query={})
        assert {article.id: article.verdict for article in shown.articles}.items() <= stands[name].items()
        for key, verdict in known[name].items():
            page = answer_page(
                walked, name, key, EN, past=SystemPast(audits={}), chambers=[], reader=NOTHING_ELSE, query={}
            )
            assert page is not None
            assert page["verdict"] == verdict
            assert f"badge-{verdict}" in Template("pages/answer/answer.html", EN)("head", page, "/")


def test_messages_know_what_the_register_says(walked: Scene, stands: Stands) -> None:
    for name, own in stands.items():
        known = states_of(walked.standing[name])
        assert {subject: state for subject, state in known.items() if subject.startswith("article/")} == {
            f"article/{article}": verdict for article, verdict in own.items() if verdict != "not_examined"
        }
