"""Compass, register, systems and articles say what documents hold: worst first, what waits for whom, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import ArticleVerdict
from boussole.charter.judging.coverage import Use, coverage
from boussole.charter.record_types.acts import Ballot, Closing, CommitteeQuestion
from boussole.charter.record_types.kinds import (
    Adoption,
    AppealDecision,
    Closure,
    KeptFile,
    Reply,
    Statement,
    Withdrawal,
)
from boussole.charter.records import AuditSummary, SealedStatement, save_audit
from boussole.charter.records.facts import Facts
from boussole.charter.registry.due import Due
from boussole.charter.text.loading import load_charter
from boussole.dashboard.app.server import warm
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.article.questions import QuestionView
from boussole.dashboard.pages.article.view import ArticleQuery, article_page, kept_article
from boussole.dashboard.pages.compass.view import since_audit, since_session
from boussole.dashboard.pages.system.view import system_page as kept_system
from boussole.dashboard.server.access.log import SheetRequest
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.server.process import stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, EarlierEvidence, Met, changed_answers, news
from boussole.dashboard.views.compass import MOST, compass, own_chambers, sheets, waiting
from boussole.dashboard.views.parts import notices
from boussole.dashboard.views.register import register_page
from boussole.dashboard.views.register_words import Register, RegisterQuery, when
from boussole.dashboard.views.scene import Scene, findings, needle
from boussole.dashboard.views.system import SystemPage, system_page
from tests.as_json import before, current, documents, summarise, written
from tests.charter.committee.desk import CALLED, DAY, HOUR, SAID, START, Desk, m
from tests.charter.incidents.made import appeal, incident
from tests.charter.uses import use_of
from tests.conftest import SYSTEMS
from tests.dashboard.before_folds import shown
from tests.written import LETTER, finding, summary

Document = dict[str, Any]
FR, EN = speaker("fr"), speaker("en")


def judged(scene: Scene, judge: Callable[[Document], str]) -> Scene:
    """The same scene with other verdicts on its questions."""
    latest = {}
    for system, document in written(scene.latest).items():
        verdicts = [{**verdict, "verdict": judge(verdict)} for verdict in document["verdicts"]]
        latest[system] = {**document, "verdicts": verdicts, "articles": summarise(scene.charter, verdicts)}
    return Scene(charter=scene.charter, systems=scene.systems, latest=documents(latest), previous={})


def page(scene: Scene, system: str = "matchft") -> SystemPage:
    return system_page(scene, system, FR)


def test_findings_come_worst_first_then_widest(scene: Scene) -> None:
    found = [(finding.system, finding.verdict.indicator) for finding in findings(scene)]
    # Multiples of the level: COMPAS ratio ln(1.69)/ln(1.25) = 2.35, women under 25 ln(0.607)/ln(0.8) = 2.24, COMPAS
    # false positives 0.214/0.10 = 2.14, women ln(0.741)/ln(0.8) = 1.35, people of 50 and over ln(0.764)/ln(0.8) = 1.21.
    assert found[:5] == [
        ("compas", "impact_ratio_race"),
        ("matchft", "impact_ratio_gender_age"),
        ("compas", "false_positive_rate_race"),
        ("matchft", "impact_ratio_gender"),
        ("matchft", "impact_ratio_age"),
    ]
    keys = [finding.key for finding in findings(scene)]
    assert keys == sorted(keys, key=["broken", "watch", "unknown", "kept"].index)
    assert "not_examined" not in keys


def test_the_needle_points_at_the_worst_and_at_nothing_when_all_is_kept(scene: Scene) -> None:
    assert needle(scene) == "equite"
    assert needle(judged(scene, lambda verdict: "kept")) is None
    only_drift = judged(scene, lambda verdict: "watch" if verdict["article"] == "securite" else "kept")
    assert needle(only_drift) == "securite"


@pytest.mark.parametrize(
    ("key", "headline"),
    [
        ("watch", "Seven commitments are to be watched; none is found broken."),
        ("unknown", "On seven commitments we cannot tell; none is found broken."),
        ("kept", "Everything that was examined is kept."),
        ("not_examined", "No question of the charter has been examined yet."),
    ],
)
def test_every_state_has_its_headline(scene: Scene, key: str, headline: str) -> None:
    every = [{"article": article.id, "verdict": key, "answered": 0, "asked": 1} for article in scene.charter.articles]
    latest = {system: {**document, "articles": every} for system, document in written(scene.latest).items()}
    changed = Scene(charter=scene.charter, systems=scene.systems, latest=documents(latest), previous={})
    shown = compass(changed, EN, query={})
    assert (shown.headline, shown.others, shown.tone) == (headline, "", key)


def test_what_nobody_has_examined_comes_before_what_is_kept(scene: Scene) -> None:
    """By the one order of gravity: a page that opens with *kept* where six articles were never looked at misleads."""
    every = [
        {"article": article.id, "verdict": "not_examined" if at else "kept", "answered": 1 - bool(at), "asked": 1}
        for at, article in enumerate(scene.charter.articles)
    ]
    latest = {system: {**document, "articles": every} for system, document in written(scene.latest).items()}
    shown = compass(replace(scene, latest=documents(latest), previous={}), EN, query={})
    assert shown.headline == "Nobody has examined six commitments yet."
    assert (shown.others, shown.tone) == ("Of the others: one kept.", "not_examined")


def test_a_second_audit_of_the_same_window_is_not_an_earlier_one(matchft: Document, matchft_before: Document) -> None:
    assert before([matchft_before, matchft, matchft], matchft) == matchft_before
    assert before([matchft, matchft], matchft) is None


def test_a_charter_that_has_changed_since_is_said(scene: Scene) -> None:
    told = "Jugé sous une autre version de la charte."
    assert page(scene).other_charter
    head = Template("views/parts/system.html", FR)("head", page(scene), "/", "/data")
    assert told in shown(head), "it holds of every mark of the page, and stands in no fold"
    document = {**scene.latest["matchft"].written(), "charter": {"sha256": scene.charter.sha256, "version": "0.1"}}
    now = Scene(charter=scene.charter, systems=scene.systems, latest=documents({"matchft": document}), previous={})
    assert not page(now).other_charter
    assert told not in Template("views/parts/system.html", FR)("head", page(now), "/", "/data")


@pytest.mark.costly
def test_a_new_audit_shows_at_the_next_look(
    tmp_path: Path, matchft_before: dict[str, Any], matchft: dict[str, Any]
) -> None:
    workspace = Workspace.create(tmp_path / "workspace", organisation="Test")
    charter = load_charter(workspace)
    assert store.scene(workspace).latest == {}
    for document, decisions in ((matchft_before, 20_110), (matchft, 21_840)):
        document["charter"]["sha256"] = charter.sha256
        save_audit(workspace, document, charter=charter)
        assert store.scene(workspace).latest["matchft"].decisions == decisions
    assert store.scene(workspace).previous["matchft"].decisions == 20_110
    kept = kept_system(workspace, "matchft", "fr")
    assert kept_system(workspace, "matchft", "fr") is kept
    assert kept_system(workspace, "matchft", "en")["head"].title == "matchft"
    warm(workspace)


def test_an_article_is_kept_until_something_changes_and_an_empty_journal_changes_nothing(
    tmp_path: Path, matchft: dict[str, Any]
) -> None:
    workspace = Workspace.create(tmp_path / "workspace", organisation="Test")
    charter = load_charter(workspace)
    matchft["charter"]["sha256"] = charter.sha256
    save_audit(workspace, matchft, charter=charter)
    kept = kept_article(workspace, ArticleQuery(article="equite"), "fr")
    assert kept is not None
    assert kept_article(workspace, ArticleQuery(article="equite"), "fr") is kept
    assert kept_article(workspace, ArticleQuery(article="nothing"), "fr") is None
    journal = workspace.governance.with_name(f"{workspace.governance.name}-wal")
    journal.unlink(missing_ok=True)
    before = stamp(workspace)
    journal.touch()
    assert stamp(workspace) == before


def test_what_the_lake_held_a_moment_ago_will_do_only_where_a_page_says_so(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    seen = store.facts(workspace)
    (workspace.lake / "sync.json").write_text("{}", encoding="utf-8")
    assert store.facts(workspace, within=store.A_MINUTE) is seen
    seen_later = store.facts(workspace)
    assert seen_later is not seen
    (workspace.home / "systems" / "compas.yaml").write_text((SYSTEMS / "compas.yaml").read_text(encoding="utf-8"))
    assert store.facts(workspace, within=store.A_MINUTE) is not seen_later


EVERYBODY = Person(role=Role.STEWARD)


def chamber(desk: Desk, *, today: dt.date = DAY) -> Chamber:
    return Chamber(house=desk.house, names={}, facts=Facts(as_of=today))


def register(scene: Scene, *dues: Due, today: dt.date = DAY) -> Register:
    from boussole.charter.judging.coverage import coverage

    return Register(
        charter=scene.charter, uses=scene.uses, coverage=coverage(scene.charter, scene.uses), due=dues, today=today
    )


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.seat(1, 2, 3)
    made.office(1)
    return made


def lines(me: Person, seats: list[Chamber], known: Register) -> list[str]:
    return [line.what for line in waiting(me, seats, known, EN, query={})["lines"]]


def test_a_vote_comes_first_and_says_whose_turn_it_is(desk: Desk, scene: Scene) -> None:
    of = desk.call()
    desk.arrive(of, 1, 2)
    desk.open(of, 1)
    vote = desk.vote(of)
    member = Person(role=Role.MEMBER, member=m(2), authenticated=True)
    assert lines(member, [chamber(desk)], register(scene))[0] == "Vote: “Adopt”"
    away = replace(member, member=m(3))
    assert lines(away, [chamber(desk)], register(scene))[0] == "Open vote: “Adopt”"
    desk.seal(Ballot(**SAID, on=DAY, of=vote, voter=m(2), choice="for"))
    assert lines(member, [chamber(desk)], register(scene))[0] == "Open vote: “Adopt”"
    shown = waiting(member, [chamber(desk)], register(scene), EN, query={"lang": "en"})["lines"][0]
    assert (shown.when, shown.href) == ("Now", f"/session?session={of}&lang=en#decision-{vote}")


def test_a_session_that_is_open_is_told_before_anything_is_voted(desk: Desk, scene: Scene) -> None:
    of = desk.call()
    desk.arrive(of, 1, 2)
    member = Person(role=Role.MEMBER, member=m(3), authenticated=True)
    assert "A session is open" not in lines(member, [chamber(desk)], register(scene))
    desk.open(of, 1)
    first = waiting(member, [chamber(desk)], register(scene), EN, query={"lang": "en"})["lines"][0]
    assert (first.when, first.what, first.href) == ("Now", "A session is open", f"/session?session={of}&lang=en")
    desk.vote(of)
    assert "A session is open" not in lines(member, [chamber(desk)], register(scene))


def test_each_role_is_told_of_what_it_can_do_something_about(desk: Desk, scene: Scene) -> None:
    desk.call()
    desk.seal(CommitteeQuestion(**SAID, on=CALLED, text="Why?", addressee="Direction", due_on=dt.date(2026, 9, 20)))
    known = register(scene, Due(on=dt.date(2026, 9, 16), kind="audit", system="matchft", count=3))
    seats = [chamber(desk, today=CALLED)]
    told = {role: lines(Person(role=role, member=m(1), authenticated=True), seats, known) for role in Role}
    session_of, question = "Session of 15 September 2026, Room 1", "Answer from Direction to: “Why?”"
    assert told[Role.MEMBER] == [session_of, question]
    assert told[Role.SECRETARY] == [session_of, "Freeze the evidence for the session of 15 September 2026", question]
    assert told[Role.STEWARD] == ["Audit again: three questions", question]
    assert not [each for role in (Role.READER, Role.AUDITOR) for each in told[role]]
    everybody = lines(EVERYBODY, seats, known)
    assert len(everybody) == 4
    assert {session_of, question} < set(everybody)
    assert any(each.startswith("Audit again") for each in everybody)
    nobody = waiting(Person(role=Role.READER, authenticated=True), [], known, EN, query={})
    assert "Nothing awaits you today." in Template("pages/compass/compass.html", EN)("waiting", nobody)


def test_no_line_leads_to_a_page_that_stays_closed(desk: Desk, scene: Scene) -> None:
    known = register(scene, Due(on=DAY, kind="reply", entry=4, who="Data"))
    shown = waiting(Person(role=Role.DATA_SCIENTIST, authenticated=True), [], known, EN, query={})
    assert [(line.what, line.href) for line in shown["lines"]] == [("Answer recommendation no. 4: Data", "")]


def test_many_things_are_cut_to_a_few_and_the_rest_is_one_link_away(desk: Desk, scene: Scene) -> None:
    dues = [
        Due(on=dt.date(2026, 10, n + 1), kind=kind, system="matchft", entry=n, who="X", count=1)
        for n in range(6)
        for kind in ("reply", "audit", "review")
    ]
    shown = waiting(EVERYBODY, [], register(scene, *dues), EN, query={})
    assert len(shown["lines"]) == MOST
    assert shown["more"] == ("All that is due, in the register", "/register#due")
    one = waiting(
        Person(role=Role.FOLLOW_UP, member=m(1), authenticated=True),
        [chamber(desk)],
        register(scene, *dues),
        EN,
        query={},
    )
    assert one["more"] == ("All that is due", "/committee?committee=external#due")
    assert waiting(EVERYBODY, [], register(scene, dues[0]), EN, query={})["more"] is None


def test_a_member_sees_their_own_committee_and_a_steward_all(desk: Desk) -> None:
    other = Desk()
    known = {"external": chamber(desk), "internal": replace(chamber(other), names={"x": "y"})}
    member = Person(role=Role.MEMBER, member=m(1), authenticated=True)
    assert list(own_chambers(known, member)) == [known["external"]]
    assert list(own_chambers(known, EVERYBODY)) == list(known.values())
    assert list(own_chambers(known, Person(role=Role.READER, authenticated=True))) == []


def closed(desk: Desk) -> Met:
    of = desk.call()
    desk.arrive(of, 1, 2)
    opened = desk.open(of, 1)
    desk.seal(Closing(**SAID, on=DAY, of=of, at=START + HOUR))
    return Met(chamber=chamber(desk), session=of, opened=opened)


def stated(*said: tuple[int, object], today: dt.date = dt.date(2026, 12, 1)) -> Facts:
    sealed = tuple(SealedStatement(entry=at, sealed_on=DAY, statement=each) for at, each in said)  # type: ignore[arg-type]
    return Facts(as_of=today, sealed=sealed)


def test_every_entry_since_is_told_and_nothing_before_nor_taken_back(desk: Desk, scene: Scene) -> None:
    met = closed(desk)
    at, file = met.opened, KeptFile(sha256="0" * 64, name="a.pdf", size=3)
    act = {"role": "R", "on": DAY}
    facts = stated(
        (at - 1, incident(title="Earlier")),
        (at + 1, incident(title="Lost mail")),
        (at + 2, incident(title="Mistake")),
        (at + 3, Withdrawal(**act, of=at + 2, text="No incident.")),
        (at + 4, appeal(1)),
        (at + 5, appeal(2)),
        (at + 6, AppealDecision(**act, of=at + 4, outcome="upheld", reviewed=True, text="T")),
        (at + 7, Adoption(**act, charter="a" * 64, version="0.3", document=file)),
        (at + 8, Reply(**act, of=1, text="Yes", accepted="yes")),
    )
    then = EarlierEvidence(pack=standing_pack(scene, met), standing=scene.latest)
    told, outside = (
        news(replace(scene, facts=facts), met, then, EN, query={}, incidents=seen) for seen in (True, False)
    )
    assert [(each.what, each.href) for each in told] == [
        ("Charter and levels: version 0.3 adopted", f"/charter?against={'c' * 12}"),
        ("Incident: “Lost mail”", f"/incidents#i-{at + 1}"),
        ("Two appeals received, one appeal decided", "/incidents#appeals"),
        ("One answer to a recommendation or opinion", "/recommendations"),
    ]
    assert [each.what.partition(" ")[0] for each in outside] == ["Charter", "One"]


def standing_pack(scene: Scene, met: Met):
    from boussole.charter.record_types.acts import FrozenPack

    return FrozenPack(
        **SAID, on=DAY, of=met.session, size=met.opened, root="0" * 64, charter="c" * 64, charter_version="0.2"
    )


def test_an_answer_that_fell_away_has_changed_and_a_new_question_without_one_has_not(scene: Scene, desk: Desk) -> None:
    """A statement that ran out: nobody has examined the question any more."""
    met, document = closed(desk), written(scene.latest)["matchft"]
    lost = next(each for each in document["verdicts"] if each["verdict"] == "kept")
    new = next(each for each in document["verdicts"] if each["verdict"] == "not_examined")
    lost |= {"verdict": "not_examined", "reason": "not_attested", "comparisons": []}
    given = replace(scene, latest={**scene.latest, **documents({"matchft": document})})
    before = written(scene.latest)["matchft"]
    before["verdicts"] = [each for each in before["verdicts"] if each["indicator"] != new["indicator"]]
    earlier = documents({"matchft": before})
    then = EarlierEvidence(pack=standing_pack(scene, met), standing={**scene.latest, **earlier})
    told = [(each.verdict.indicator, was) for each, was in changed_answers(given, then)]
    assert told == [(lost["indicator"], "kept")]
    shown = since_session(given, met, then, EN, query={}, incidents=True, every=False)
    assert shown.told == ""
    audits = since_audit(replace(given, previous=earlier), EN, query={}, every=True)
    assert [(each.before, each.verdict) for each in audits.answers] == [("kept", "not_examined")]


def sheet_request(**changes: object) -> SheetRequest:
    """A request to see one decision, that nobody has agreed to."""
    asked = dt.datetime(2026, 9, 20, 9, tzinfo=dt.UTC)
    made = SheetRequest(
        id="0a",
        system="matchft",
        decision=["D07"],
        request="",
        reason="request 1",
        opened_by="sub-1",
        opened_at=asked,
        confirmed_by=None,
        expires_at=asked + dt.timedelta(days=7),
        number="f_1",
    )
    return replace(made, **changes)


def test_a_sheet_waits_for_a_case_handler_then_for_both_until_it_is_handed_out(scene: Scene) -> None:
    steward, handler = (Person(role=role, authenticated=True) for role in (Role.STEWARD, Role.AGENT))

    def told(me: Person, found: SheetRequest) -> list[tuple[str, str]]:
        return [(each.line.what, each.line.href) for each in sheets([found], me, scene, EN, query={})]

    open_ = sheet_request(confirmed_by="sub-2")
    assert told(steward, sheet_request()) == []
    assert told(handler, sheet_request()) == [("Agree or not that a decision be seen", "/explain#waiting")]
    assert told(steward, open_) == told(handler, open_) == [("Read a decision’s sheet, open to you", "/explain#agreed")]
    decided = AppealDecision(role="R", on=DAY, of=4, outcome="upheld", reviewed=True, text="T")
    facts = stated((4, appeal(1)), (5, decided))
    answered = replace(open_, request="r_00000001")
    assert sheets([answered], handler, replace(scene, facts=facts), EN, query={}) == []
    due = sheets([sheet_request()], handler, scene, EN, query={})
    late = [replace(due[0], kind="appeal", on=DAY - dt.timedelta(days=n)) for n in range(1, 9)]
    late = [replace(each, line=replace(each.line, what="late")) for each in late]
    first = waiting(handler, [], register(scene), EN, query={}, owed=[*late, *due])["lines"][0]
    assert first.what == "Agree or not that a decision be seen", "somebody waits: eight things that are late hide it"


CHARTER = load_charter()
TODAY = dt.date(2026, 11, 26)
DONE = {"done_on": "2025-01-20"}


def use(name: str, verdicts: dict[str, str], **given: Any) -> Use:
    whole = {
        "id": name,
        "kind": "declared",
        "title": {"fr": name.upper(), "en": name.upper()},
        "purpose": {"fr": "x"},
        "owner": "Office",
        "status": "pilot",
        "risk": "limited",
        "impact_assessment": DONE,
        "fria": DONE,
    }
    system = System.model_validate(whole | given)
    return use_of(CHARTER, system, [{"article": a, "verdict": v} for a, v in verdicts.items()])


USES = [
    use("alpha", {"equite": "broken", "humain": "not_examined"}, status="production"),
    use("beta", {"humain": "not_examined"}, status="production", risk="high"),
    use("gamma", {"humain": "kept"}, risk="minimal", impact_assessment=None),
    use("delta", {"humain": "not_examined"}, status="retired"),
]
DUES = [
    Due(on=dt.date(2026, 11, 14), kind="review", system="beta"),
    Due(on=dt.date(2026, 11, 30), kind="attestation", system="alpha", indicator=CHARTER.articles[0].indicators[0].id),
    Due(on=dt.date(2027, 3, 1), kind="review", system="alpha"),
]


def register_of(uses: list[Use] = USES, dues: list[Due] = DUES, say=EN, **chosen: str):
    given = Register(charter=CHARTER, uses=uses, coverage=coverage(CHARTER, uses), due=dues, today=TODAY)
    return register_page(given, RegisterQuery.of(chosen), say, query={"lang": say.lang})


@pytest.mark.parametrize(
    ("uses", "headline", "tone"),
    [
        ([USES[3]], "No use is on trial or in service.", "unknown"),
        ([USES[2]], "Every use on trial or in service is examined.", "kept"),
        ([USES[1]], "The only use on trial or in service has not been examined.", "watch"),
    ],
)
def test_the_sentence_fits_the_register(uses: list[Use], headline: str, tone: str) -> None:
    shown = register_of(uses, [])
    assert (shown["headline"], shown["tone"]) == (headline, tone)


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({}, ["BETA", "ALPHA", "GAMMA", "DELTA"]),
        ({"status": "production"}, ["BETA", "ALPHA"]),
        ({"risk": "minimal"}, ["GAMMA"]),
        ({"examined": "none", "status": "retired"}, ["DELTA"]),
        ({"sort": "name"}, ["ALPHA", "BETA", "DELTA", "GAMMA"]),
        ({"sort": "due"}, ["BETA", "ALPHA", "DELTA", "GAMMA"]),
        ({"sort": "examined"}, ["BETA", "DELTA", "ALPHA", "GAMMA"]),
        ({"status": "<script>", "sort": "owner"}, ["BETA", "ALPHA", "GAMMA", "DELTA"]),
        ({"status": "design"}, []),
    ],
)
def test_filters_and_order(chosen: dict[str, str], titles: list[str]) -> None:
    assert [row["title"] for row in register_of(**chosen)["rows"]] == titles


def test_a_choice_nobody_has_stays_to_be_undone() -> None:
    shown = {field.key: field for field in register_of(status="design")["fields"]}
    assert shown["status"].value == "design"
    assert {option.value: option.name for option in shown["status"].options}["design"] == "in design (0)"


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "today"), (1, "Tomorrow"), (60, "In 60 days"), (-1, "One day late"), (-61, "late since 26 September 2026")],
)
def test_how_far_away_a_day_is(days: int, told: str) -> None:
    assert when(TODAY + dt.timedelta(days=days), TODAY, EN) == told


def test_many_late_reviews_do_not_hide_an_answer_that_is_late() -> None:
    reviews = [Due(on=dt.date(2026, 1, 1 + n), kind="review", system="beta") for n in range(9)]
    shown = register_of(dues=[*reviews, Due(on=dt.date(2026, 11, 1), kind="reply", who="Data", entry=4)])
    assert [line.what for line in shown["due"]] == [*["Review planned"] * 3, "Answer recommendation no. 4: Data"]
    assert len(shown["later"]) == 6


OLD, NEW = "a" * 64, "b" * 64


def article_of(scene: Scene, article: str = "equite", lang: str = "en", **chosen: Any) -> PageData:
    found = article_page(scene, ArticleQuery(article=article, **chosen), speaker(lang), on=TODAY, query={"lang": lang})
    assert found is not None
    return found


def stating(scene: Scene, *given: Statement) -> Scene:
    """A scene in which people have stated something, sealed from entry 30 on."""
    sealed = tuple(SealedStatement(entry=30 + i, sealed_on=each.on, statement=each) for i, each in enumerate(given))
    facts = Facts(as_of=TODAY, sealed=sealed)
    latest = {
        name: current(document, charter=scene.charter, system=scene.systems[name], facts=facts)
        for name, document in scene.latest.items()
    }
    return replace(scene, facts=facts, latest=documents(latest))


def judged_on(scene: Scene, **verdicts: Sequence[str]) -> Scene:
    """A scene in which each system has its verdicts on question 3.1b, of as many attributes, and nothing else."""
    latest: dict[str, Any] = {}
    for at, (system, found) in enumerate(verdicts.items()):
        told = [
            {
                "article": "equite",
                "template": "adjusted_selection_rate_ratio",
                "indicator": f"adjusted_selection_rate_ratio_{i}",
                "by": None,
                "verdict": verdict,
                "reason": "no_groups" if verdict == "not_examined" else "all_kept",
                "comparisons": [],
                "threshold": None,
                "question": {"en": "?"},
                "sentence": {"en": f"{system} {i} <{verdict}>."},
            }
            for i, verdict in enumerate(found)
        ]
        worst = min(found, key=["broken", "watch", "unknown", "kept", "not_examined"].index)
        article = {"article": "equite", "verdict": worst, "answered": 1, "asked": len(found)}
        window = {"start": "2026-10-01", "end": "2026-10-31"}
        latest[system] = {
            "window": window,
            "evidence": {"entry": at},
            "measures": [],
            "verdicts": told,
            "articles": [article],
        }
    return replace(scene, latest=documents(latest), systems={}, facts=Facts(as_of=TODAY))


def audit_of(system: str, start: str, end: str, verdict: str, *, entry: int = 1, charter: str = OLD) -> AuditSummary:
    articles = [ArticleVerdict(article="equite", verdict=verdict, asked=3, answered=3)]
    days = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    return summary(system, *days, entry=entry, as_of=TODAY, charter=charter, articles=articles)


def asked_in(found: PageData, question: str) -> QuestionView:
    return next(each for each in (*found["asked"], *found["untouched"]) if each.anchor == f"q-{question}")


def test_an_open_finding_caps_the_article_and_is_named_with_its_day(scene: Scene) -> None:
    found = finding(system="compas")
    open_ = article_of(stating(scene, found), "securite")
    assert [each.text for each in open_["capped"]] == [
        "CNIL, 22 January 2026: “SAN-2026-003”. Until this finding is closed, no better than “not kept”: "
        "COMPAS · Security."
    ]
    assert open_["capped"][0].href == "/evidence?lang=en&entry=30"
    assert {each.title: each.verdict for each in open_["standings"]}["COMPAS"] == "broken"
    closure = Closure(role="Secretariat", on=dt.date(2026, 2, 1), of=30, document=LETTER)
    closed = article_of(stating(scene, found, closure), "securite")
    assert closed["capped"] == []
    assert [each["closed"] for each in closed["findings"]] == ["Closed on 1 February 2026"]


def test_each_month_in_which_a_window_ends_has_a_cell_and_months_between_are_shown_empty(scene: Scene) -> None:
    history = {
        "a": [
            audit_of("a", "2025-09-01", "2025-09-30", "broken"),
            audit_of("a", "2026-06-01", "2026-06-30", "kept", entry=4),
            audit_of("a", "2026-08-01", "2026-08-31", "watch", entry=5, charter=NEW),
        ],
        "b": [audit_of("b", "2026-07-01", "2026-09-30", "broken", entry=6, charter=NEW)],
    }
    given = replace(judged_on(scene, a=["kept"], b=["broken"]), history=history, versions={OLD: "1.0", NEW: "1.1"})
    found = article_of(given)["trend"]
    assert [month.short for month in found.months] == [
        ("Jun", "2026"), ("Jul", "2026"), ("Aug", "2026"), ("Sep", "2026")
    ]  # fmt: skip
    assert [month.changed for month in found.months] == ["", "", "charter 1.1", ""]
    assert [(line.title, [cell.verdict for cell in line.cells]) for line in found.lines] == [
        ("b", ["", "", "", "broken"]),
        ("a", ["kept", "", "watch", ""]),
    ]
    assert found.lines[0].cells[-1].note == "3rd quarter 2026"
    assert found.lines[0].cells[-1].href == "/evidence?lang=en&entry=6"
    assert found.charter == "/charter?lang=en#versions"


def test_of_several_windows_that_end_in_a_month_the_worst_is_shown_and_said_to_be(scene: Scene) -> None:
    weeks = [
        audit_of("a", "2026-10-05", "2026-10-11", "kept"),
        audit_of("a", "2026-10-12", "2026-10-18", "watch", entry=8),
        audit_of("a", "2026-10-19", "2026-10-25", "kept"),
    ]
    (line,) = article_of(replace(judged_on(scene, a=["kept"]), history={"a": weeks}))["trend"].lines
    assert [(cell.verdict, cell.note, cell.href) for cell in line.cells] == [
        ("watch", "worst of 3", "/evidence?lang=en&entry=8")
    ]


def test_twelve_months_are_shown_at_most_and_older_audits_are_told_by_their_period(scene: Scene) -> None:
    months = [dt.date(2025 + (m + 8) // 12, (m + 8) % 12 + 1, 1) for m in range(15)]
    history = {
        "a": [audit_of("a", str(m), str(m.replace(day=28)), "kept") for m in months],
        "b": [audit_of("b", "2014-12-01", "2014-12-31", "broken")],
    }
    found = article_of(replace(judged_on(scene, a=["kept"], b=["broken"]), history=history))["trend"]
    assert (found.months[0].short, found.months[-1].short, len(found.months)) == (("Dec", "2025"), ("Nov", "2026"), 12)
    assert found.lines[0].before == "Last window: December 2014"


def test_of_many_answers_a_page_of_its_own_shows_all(scene: Scene) -> None:
    given = judged_on(scene, **{f"s{n:03}": ["watch"] for n in range(40)})
    found = asked_in(article_of(given), "adjusted_selection_rate_ratio")
    assert (len(found.answers), found.folded) == (3, [])
    assert found.all_href == "/article?article=equite&question=adjusted_selection_rate_ratio&lang=en"
    one = article_of(given, question="adjusted_selection_rate_ratio", page=2)["one"]
    assert one is not None
    assert (len(one["asked"].answers), one["where"]) == (10, "Answers 31 to 40 of 40, the worst first")
    assert (one["previous"], one["next"]) == (
        "/article?article=equite&question=adjusted_selection_rate_ratio&page=1&lang=en",
        "",
    )
    assert article_of(given, question="nothing")["one"] is None


def test_an_unknown_article_has_no_page_and_an_address_is_read_with_care(scene: Scene) -> None:
    assert article_page(scene, ArticleQuery(article="x"), speaker("en"), on=TODAY, query={}) is None
    assert ArticleQuery.of({"article": "equite", "page": "-3"}) == ArticleQuery(article="equite")
    assert ArticleQuery.of({"article": "equite", "page": "²"}).page == 1
    say = speaker("en")
    shown = notices.articles_html(notices.articles(scene, say, query={}), say, asked="<b>")
    assert "“&lt;b&gt;”" in shown
    assert 'href="/article?article=finalite"' in shown
