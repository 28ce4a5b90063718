"""The pages of a committee, a session and a record of theirs, by hand: what they show to whom, and never show."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.charter.committee.acts.packs import PackChanges, freeze
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.voting.presence import count
from boussole.charter.committee.voting.votes import Box, commitment, result, with_ballot
from boussole.charter.record_types.acts import (
    Annulment,
    Ballot,
    Cancellation,
    Consensus,
    FrozenPack,
    NoQuorum,
    Opinion,
    OpinionText,
    Participation,
    Publication,
    PublicationDecision,
    Referral,
    Tally,
    Vote,
)
from boussole.charter.record_types.kinds import KINDS, Inspection, Recommendation
from boussole.charter.records.readable import Records
from boussole.charter.records.statements import SealedStatement
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.committee.view import overview_page
from boussole.dashboard.pages.evidence.view import contents_of
from boussole.dashboard.pages.session.view import PackView, SessionPage, differences_of, pack_view, session_page
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.views.chamber import evidence_of
from boussole.dashboard.views.records.offering import NOBODY
from tests.charter.committee.desk import CALLED, DAY, HOUR, SAID, START, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.charter.committee.test_packs import audit
from tests.charter.incidents.made import appeal, decision, incident

EN, FR = speaker("en"), speaker("fr")


DRAFT = SavedDraft(
    id=4, committee="external", about=None, version=2, sealed_as=None, writer=None, writing_since=None,
    body={"title": "On <i>MatchFT</i>"}, author=m(1), saved_at="2026-09-02T10:00:00Z",
)  # fmt: skip


def overview(chamber, say=EN, drafts=()) -> PageData:
    return overview_page(chamber, {"external": chamber}, drafts, say, query={"lang": say.lang})


def issued(desk, title="On MatchFT"):
    of = opened(desk, 1, 2)
    text = OpinionText(title=title, sense="favourable", words="Yes.")
    counted = count(desk.house, session(desk.house, of), "matchft")
    agreed = Consensus(**SAID, on=DAY, of=of, item="matchft", title="T", subject=text.sha256, count=counted)
    return desk.seal(Opinion(**SAID, on=DAY, of=desk.seal(agreed), wording=text))


def test_an_opinion_that_was_ignored_stands_first_and_is_marked(desk, seen):
    first = issued(desk, "First")
    second = issued(desk, "Second")
    desk.seal(PublicationDecision(**SAID, on=DAY, of=first, publish=True))
    desk.seal(Publication(**SAID, on=DAY, of=first, where="Register"))
    desk.seal(PublicationDecision(**SAID, on=DAY, of=second, publish=False, text="It names a supplier."))
    waiting = overview(seen(DAY))["opinions"]
    assert [(row["title"][0], row["published"], row["answered"], row["grave"]) for row in waiting] == [
        ("First", "on 15 September 2026", "awaited by 14 December 2026", False),
        ("Second", "withheld", "awaited by 14 December 2026", False),
    ]
    late = overview(seen(DAY + dt.timedelta(days=200)))
    assert [(row["answered"], row["followed"], row["grave"]) for row in late["opinions"]] == [
        ("late since 14 December 2026", "ignored", True)
    ] * 2
    assert late["told"] == ["Two opinions were ignored."]


def test_whatever_people_wrote_is_text(desk, seen):
    issued(desk, "<script>alert(1)</script>")
    shown = overview(seen(DAY), drafts=[DRAFT])
    made = Template("pages/committee/committee.html", EN)
    parts = [made(part, shown, NOBODY) for part in ("due", "matters", "members")]
    html = "".join([made("head", shown), made("opinions", shown), *parts])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "Zoé &lt;b&gt;Petit&lt;/b&gt;" in html
    assert "On &lt;i&gt;MatchFT&lt;/i&gt;" in html
    assert "<script" not in html
    assert "<b>" not in html


SECRET = ["for", "against", "against"]


def page(chamber, of, say=EN) -> SessionPage:
    return session_page(chamber, of, None, say, query={"lang": say.lang})


def html(shown, say=EN) -> str:
    made = Template("pages/session/session.html", say)
    parts = [made(part, shown, NOBODY) for part in ("head", "agenda", "presence", "questions")]
    return "".join([*parts, made("minutes", shown, NOBODY, None), made("pack", shown.pack, NOBODY, None)])


def opened(desk, *numbers):
    of = desk.call()
    desk.arrive(of, *numbers)
    desk.open(of, 1)
    return of


def tallied(desk, vote, **more):
    found = session(desk.house, desk.house.get(Vote, vote).of)
    choices = more.pop("choices", None) or [act.choice for _, act in desk.house.about(Ballot, vote)]
    outcome = vars(result(desk.house, vote, choices))
    return desk.seal(Tally(**SAID, on=DAY, of=vote, **outcome, count=count(desk.house, found, "matchft"), **more))


def test_without_a_quorum_the_page_leads_to_the_second_call_and_back(desk, seen):
    of = desk.call()
    desk.arrive(of, 1)
    desk.seal(NoQuorum(**SAID, on=DAY, of=of, count=count(desk.house, session(desk.house, of))))
    shown = page(seen(DAY), of)
    assert (shown.headline, shown.after) == ("The session did not begin: there was no quorum.", None)
    again = desk.call(on=DAY, starts=START + 240 * HOUR, ends=START + 241 * HOUR, second_call_of=of)
    assert page(seen(DAY), of).after == ("The session that was called instead", f"/session?session={again}&lang=en")
    second = page(seen(DAY), again)
    assert second.before == ("The session that lacked a quorum", f"/session?session={of}&lang=en")
    assert second.told == ["It needs no quorum."]
    assert "It is a second call: it needs no quorum." in second.notes


def test_a_session_that_is_cancelled_or_urgent_says_why(desk, seen):
    of = desk.call()
    desk.seal(Cancellation(**SAID, on=CALLED, of=of, text="Strike."))
    shown = page(seen(), of)
    assert (shown.headline, list(shown.told)) == ("The session was cancelled.", ["Strike."])
    urgent = desk.call(on=DAY, urgent=True, text="A serious incident.", session="extraordinary")
    assert page(seen(DAY), urgent).notes[:3] == [
        "Called on 15 September 2026, the same day.",
        "Called in an emergency: A serious incident.",
        "It is an extraordinary session.",
    ]


def test_an_open_vote_shows_how_many_voted_and_never_what_and_an_annulled_one_its_reason(desk, seen):
    of = opened(desk, 1, 2, 3)
    vote = desk.vote(of)
    desk.seal(Ballot(**SAID, on=DAY, of=vote, voter=m(2), choice="against"))
    shown = page(seen(DAY), of)
    assert [(each.title, each.told) for each in shown.items[1].running] == [("Adopt", "Vote under way · one vote cast")]
    assert "Against" not in html(shown)
    desk.seal(Annulment(**SAID, on=DAY, of=vote, text="Wrong text."))
    assert page(seen(DAY), of).items[1].annulled == ["Vote annulled: Adopt. Reason: Wrong text."]


def test_a_secret_ballot_shows_totals_and_who_took_part_alone(desk, seen):
    of = opened(desk, 1, 2, 3)
    vote = desk.vote(of, secret=True)
    box: Box | None = None
    for number, choice in enumerate(SECRET, 1):
        box, _ = with_ballot(vote, box, choice)
        desk.seal(Participation(**SAID, on=DAY, of=vote, voter=m(number), box=box.commitment))
    assert box is not None
    assert commitment(vote, box.salt, box.ballots) == box.commitment
    tallied(desk, vote, salt=box.salt, ballots=list(box.ballots), choices=SECRET)
    (decision,) = page(seen(DAY), of).items[1].decisions
    assert (decision["how"], list(decision["votes"])) == ("By secret ballot: 1 for, 2 against, 0 abstained.", [])
    assert decision["voters"] == "Took part: Awa Diop, Li Wei, Zoé <b>Petit</b>"
    assert not any(each.nonce in html(page(seen(DAY), of)) for each in box.ballots)


@pytest.mark.parametrize("say", [EN, FR])
def test_the_page_stands_whatever_the_state(desk, seen, say):
    of = desk.call(place="<script>")
    text = html(page(seen(), of, say), say)
    assert "&lt;script&gt;" in text
    assert FrozenPack.kind not in text


def shown(hall, scene):
    found = evidence_of(hall.workspace, hall.house, hall.of, today=DAY)
    return pack_view(found, scene, EN, query={}) if found else None


def html_of(pack: PackView | None) -> str:
    return Template("pages/session/session.html", EN)("pack", pack, NOBODY, None)


@pytest.mark.costly
def test_what_has_changed_since_and_before_is_said_question_by_question(hall, empty_scene):
    assert shown(hall, empty_scene) is None
    assert "not frozen yet" in html_of(None)
    first = audit(hall, "matchft", {"precision_difference": "kept", "gone": "watch"})
    freeze(hall.workspace, NAME, of=hall.of, who=who())
    pack = shown(hall, empty_scene)
    assert [column.entry[0] for column in pack.columns] == [f"entry {first}"]
    assert [each.told for each in pack.differences] == [["Nothing: the evidence is the same."]]
    audit(hall, "matchft", {"precision_difference": "broken"}, end="2026-09-30")
    audit(hall, "neo", {"precision_difference": "kept"})
    (since,) = shown(hall, empty_scene).differences
    assert since.told == ["One system was audited again.", "One system was audited for the first time."]
    assert [(each.place, each.told, each.verdict) for each in since.verdicts] == [
        ("matchft", "Kept → Not kept", "broken"),
        ("matchft", "Watch → not asked", "not_examined"),
        ("neo", "not asked → Kept", "kept"),
    ]
    assert since.verdicts[1].question == "gone"
    assert since.verdicts[0].question.startswith("3.")
    freeze(hall.workspace, NAME, of=hall.of, who=who())
    now, before = shown(hall, empty_scene).differences
    assert now.told == ["Nothing: the evidence is the same."]
    assert before.title == "What was different in the pack before?"
    assert len(before.verdicts) == 3
    assert hall.house.last(FrozenPack, hall.of)[1].root in html_of(shown(hall, empty_scene))


def test_a_charter_that_keeps_its_number_while_it_changes_is_not_said_to_go_from_it_to_itself(empty_scene):
    def told(before: str, after: str) -> str:
        none = {"added": (), "removed": (), "renewed": (), "verdicts": (), "sealed": {}}
        found = differences_of(PackChanges(charter=(before, after), **none), empty_scene, "What has changed?", EN)
        return found.told[0]

    assert told("0.1", "0.2") == "The charter went from version 0.1 to 0.2."
    assert told("0.2", "0.2") == "The text of the charter has changed and kept its number: version 0.2."


BASE = {"committee": "external", "role": "Secretariat", "on": DAY}
REFERRAL = Referral(
    **BASE, origin="authority", sender="Médiateur", subject="L’âge dans MatchFT <b>", text="Est-ce juste ?",
    due_on=dt.date(2026, 10, 1),
)  # fmt: skip


def contents(said, role=Role.MEMBER, *, say=EN, before=()):
    sealed = [SealedStatement(entry=n, sealed_on=DAY, statement=each) for n, each in enumerate((*before, said))]
    found = Records({each.entry: each for each in sealed}).at(len(before))
    assert found is not None
    return contents_of(found, role, say, member=lambda name: f"({name})")


def test_a_no_is_told_where_it_says_something_and_numbers_have_their_decimals():
    of = {"role": "Auditor", "on": DAY, "text": "Do it", "addressee": "Director", "due_on": DAY, "body": "CNIL"}
    for outside, words in ((True, "an outside authority"), (False, "a committee")):
        assert dict(contents(Recommendation(**of, outside=outside)).says)["Who recommends?"] == words
    seen = Inspection(
        role="auditor", on=DAY, indicator="no_x", system="matchft", start=DAY, end=DAY, examined=1200, found=0,
        recall=0.875,
    )  # fmt: skip
    assert dict(contents(seen, Role.ADMINISTRATOR, say=FR).says) == {
        "Au nom de qui\u202f?": "Audit",
        "Quel jour ?": "15 septembre 2026",
        "Premier jour": "15 septembre 2026",
        "Dernier jour": "15 septembre 2026",
        "Examinés": "1 200",
        "Cas trouvés": "0",
        "Part des vrais cas que la méthode trouve": "0,875",
    }
    whole = seen.model_copy(update={"recall": 1.0, "role": "Direction · auditor"})
    shown = dict(contents(whole, Role.ADMINISTRATOR).says)
    assert shown["Of true cases, the share that the method finds"] == "1"
    assert shown["In whose name?"] == "Direction · Auditor"


@pytest.mark.parametrize("role", list(Role))
def test_only_whoever_may_see_it_is_told(role):
    for said, before in ((REFERRAL, ()), (incident(), ()), (appeal(text="Secret"), ()), (decision(0), (appeal(),))):
        shown = contents(said, role, before=before)
        may = allowed(role, Action[KINDS[said.kind].read_action])
        assert shown.kept_from is not may
        assert bool(shown.says) is may
        assert may or not shown.subject


def test_a_vote_that_is_under_way_is_told_to_nobody(hall: Hall) -> None:
    vote = hall.vote(hall.of)
    ballot = hall.do(Ballot, of=vote, voter=m(1), choice="for")
    records = Records.of(hall.workspace)
    assert [records.at(entry) for entry in (ballot, -1, 10_000)] == [None] * 3
