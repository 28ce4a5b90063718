"""What a record says is shown at its entry of the ledger, to those who may see it and to nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.charter.record_types.acts import Ballot, Convocation, Opinion, OpinionText, Referral
from boussole.charter.record_types.kinds import KINDS, Inspection, Recommendation
from boussole.charter.records.readable import Records
from boussole.charter.records.statements import SealedStatement
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.evidence.view import asked_of, contents_of, entries_named, entry_page, search_of
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.views.evidence import proved, results, short
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.charter.incidents.made import appeal, decision, incident

EN, FR = speaker("en"), speaker("fr")
DAY = dt.date(2026, 9, 15)
BASE = {"committee": "external", "role": "Secretariat", "on": DAY}
REFERRAL = Referral(
    **BASE, origin="authority", sender="Médiateur", subject="L’âge dans MatchFT <b>", text="Est-ce juste ?",
    due_on=dt.date(2026, 10, 1),
)  # fmt: skip
OPINION = Opinion(
    **BASE, of=0,
    wording=OpinionText(
        title="Avis sur MatchFT", sense="reserved", words="Il faut corriger.", reservations=["R1", "R2"]
    ),
)  # fmt: skip


def told(said, role=Role.MEMBER, *, say=EN, before=()):
    sealed = [SealedStatement(entry=n, sealed_on=DAY, statement=each) for n, each in enumerate((*before, said))]
    found = Records({each.entry: each for each in sealed}).at(len(before))
    assert found is not None
    return contents_of(found, role, say, member=lambda name: f"({name})")


def test_a_referral_and_an_opinion_say_what_they_say():
    assert told(REFERRAL).subject == "L’âge dans MatchFT <b>"
    assert dict(told(REFERRAL).says) == {
        "In whose name?": "Secretariat",
        "On which day?": "15 September 2026",
        "What is asked": "Est-ce juste\u202f?",
        "Who asks?": "an outside authority",
        "What it is about, in a few words": "L’âge dans MatchFT <b>",
        "In whose name: a role, not a person": "Médiateur",
        "By when an opinion is asked for": "1 October 2026",
    }
    shown = dict(told(OPINION, say=FR, before=(REFERRAL,)).says)
    assert shown["Titre"] == "Avis sur MatchFT"
    assert shown["Son sens"] == "Favorable avec réserves"
    assert shown["Texte"] == "Il faut corriger."
    assert shown["Réserves"] == "R1\nR2"


def test_a_convocation_says_when_where_and_about_what(hall: Hall) -> None:
    """It said nothing: no form of a model asks for one."""
    call = hall.house.sealed(hall.of).statement
    assert isinstance(call, Convocation)
    shown = dict(told(call, say=FR).says)
    assert shown["Elle commence"] == FR("{date}, {time}", date=FR.date(call.starts.date()), time=FR.time(call.starts))
    assert shown["Elle finit"] == FR("{date}, {time}", date=FR.date(call.ends.date()), time=FR.time(call.ends))
    assert shown["Lieu"] == call.place
    lines = str(shown["Ordre du jour"]).splitlines()
    assert len(lines) == len(call.agenda)
    assert lines[0].startswith(f"1. {call.agenda[0].title} (")
    assert shown["On peut participer à distance"] == ("Oui" if call.remote else "Non")
    urgent = dict(told(call.model_copy(update={"urgent": True}), say=FR).says)
    assert {*urgent.items()} - {*shown.items()} == {("C’est une urgence\u202f: délai plus court", "Oui")}
    assert {*shown} < {*urgent}, "that it is none says nothing"


def test_a_no_is_told_where_it_says_something_and_numbers_have_their_decimals():
    of = {"role": "Auditor", "on": DAY, "text": "Do it", "addressee": "Director", "due_on": DAY, "body": "CNIL"}
    for outside, words in ((True, "an outside authority"), (False, "a committee")):
        assert dict(told(Recommendation(**of, outside=outside)).says)["Who recommends?"] == words
    seen = Inspection(
        role="auditor", on=DAY, indicator="no_x", system="matchft", start=DAY, end=DAY, examined=1200, found=0,
        recall=0.875,
    )  # fmt: skip
    assert dict(told(seen, Role.ADMINISTRATOR, say=FR).says) == {
        "Au nom de qui\u202f?": "Audit",
        "Quel jour ?": "15 septembre 2026",
        "Premier jour": "15 septembre 2026",
        "Dernier jour": "15 septembre 2026",
        "Examinés": "1 200",
        "Cas trouvés": "0",
        "Part des vrais cas que la méthode trouve": "0,875",
    }
    whole = seen.model_copy(update={"recall": 1.0, "role": "Direction · auditor"})
    shown = dict(told(whole, Role.ADMINISTRATOR).says)
    assert shown["Of true cases, the share that the method finds"] == "1"
    assert shown["In whose name?"] == "Direction · Auditor"


@pytest.mark.parametrize("role", list(Role))
def test_only_whoever_may_see_it_is_told(role):
    for said, before in ((REFERRAL, ()), (incident(), ()), (appeal(text="Secret"), ()), (decision(0), (appeal(),))):
        shown = told(said, role, before=before)
        may = allowed(role, Action[KINDS[said.kind].read_action])
        assert shown.kept_from is not may
        assert bool(shown.says) is may
        assert may or not shown.subject


def test_a_vote_that_is_under_way_is_told_to_nobody(hall: Hall) -> None:
    vote = hall.vote(hall.of)
    ballot = hall.do(Ballot, of=vote, voter=m(1), choice="for")
    records = Records.of(hall.workspace)
    assert [records.at(entry) for entry in (ballot, -1, 10_000)] == [None] * 3


def test_the_entry_and_the_list_say_it(hall: Hall, empty_scene):
    number = hall.do(Referral, **REFERRAL.model_dump(exclude={"committee", "role", "on"}))
    records = Records.of(hall.workspace)

    def shown_to(role):
        def said(entry):
            found = records.at(entry)
            return found and contents_of(found, role, EN, member=str)

        page = entry_page(proved(hall.workspace, number), empty_scene, EN, query={}, told=said)
        span, asked = short(hall.workspace), asked_of({})
        listed = search_of(span, asked, results(hall.workspace, asked, page=1), empty_scene, EN, query={}, told=said)
        shown = Template("pages/evidence/evidence.html", EN)
        return shown("entry", page), shown("search", listed)

    def found_by(text, role):
        asked = asked_of({"q": text})
        named = entries_named(records, asked.text, role)
        return [each.index for each in results(hall.workspace, asked, page=1, named=named).entries]

    assert found_by("L’ÂGE dans", Role.MEMBER) == [number]
    assert found_by("L’âge dans", Role.READER) == []
    assert found_by("  ", Role.MEMBER) == found_by("", Role.MEMBER)
    assert found_by(str(number), Role.MEMBER) == [number]
    entry, listed = shown_to(Role.MEMBER)
    assert "What it says" in entry
    assert "Est-ce juste\u202f?" in entry
    assert "L’âge dans MatchFT &lt;b&gt;" in entry
    assert "L’âge dans MatchFT &lt;b&gt;" in listed
    entry, listed = shown_to(Role.READER)
    assert "shown to those whose role may see it" in entry
    assert "Est-ce juste" not in entry + listed
    assert "L’âge" not in entry + listed


def test_an_opinion_is_found_by_its_title(hall: Hall) -> None:
    sealed = {
        0: SealedStatement(entry=0, sealed_on=DAY, statement=REFERRAL),
        1: SealedStatement(entry=1, sealed_on=DAY, statement=OPINION),
    }
    assert entries_named(Records(sealed), "avis sur", Role.MEMBER) == {1}
    assert entries_named(Records(sealed), "avis de", Role.MEMBER) == frozenset()
