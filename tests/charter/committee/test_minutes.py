"""Minutes and notes: what a whole session leaves, as data and as a text; sealed, corrected, approved, written out."""

from __future__ import annotations

import datetime as dt
import json

import jsonschema
import pytest

from boussole.audits.errors import BoussoleError
from boussole.charter.committee.acts import meeting
from boussole.charter.committee.acts.packs import freeze
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.papers.minutes import approved, content_of, minutes_of, seal_minutes, sealed_minutes
from boussole.charter.committee.papers.minutes_text import minutes_text
from boussole.charter.committee.people.directory import directory, forget, name_member, new_number, number_of
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types import acts
from boussole.charter.records import verify_records
from boussole.charter.schemas.committee import minutes_schema
from tests.charter.committee.desk import CALLED, DAY, HOUR, RULES, SAID, START, Desk, m
from tests.charter.committee.hall import NAME, who

TEXT = acts.OpinionText(
    title="MatchFT | avis", sense="reserved", words="Première ligne.\n*Deuxième*", reservations=["Oui, si."]
)
NAMES = {m(1): "Awa Diop", m(2): "Jean_Paul *", m(4): "Li Wei"}


@pytest.fixture
def held(seated):
    """A whole session: a referral, a hearing, a pack, questions, three votes, a dissent, a recusal, a proxy."""
    hall = seated
    hall.do(acts.Mandate, on=CALLED, member=m(6), college="demandeurs", start=CALLED)
    matter = hall.do(
        acts.Referral, on=CALLED, origin="organisation", subject="MatchFT", sender="Direction", system="matchft"
    )
    hall.do(acts.Rapporteur, on=CALLED, of=matter, member=m(2))
    agenda = [
        acts.Item(id="minutes", title="Procès-verbal", kind="approval"),
        acts.Item(id="matchft", title="MatchFT", referral=matter),
    ]
    of = meeting.convene(
        hall.workspace, NAME, who=who(CALLED), starts=START, ends=START + 2 * HOUR, place="Salle 1", agenda=agenda,
        remote=True,
    ).entry  # fmt: skip
    freeze(hall.workspace, NAME, of=of, who=who(CALLED))
    hall.do(acts.Proxy, on=CALLED, of=of, giver=m(5), holder=m(2))
    for number, mode in ((1, "in_person"), (2, "in_person"), (3, "in_person"), (4, "remote"), (6, "excused")):
        hall.do(acts.Attendance, of=of, member=m(number), mode=mode, at=START)
    meeting.open_session(hall.workspace, NAME, of=of, who=who())
    hall.do(acts.Hearing, of=matter, session=of, heard="Directrice d’agence", text="Le tri prend dix minutes.")
    hall.do(
        acts.CommitteeQuestion, of=of, text="Et sans smartphone ?", addressee="DSI", due_on=DAY + dt.timedelta(days=30)
    )
    hall.do(acts.Recusal, of=of, item="matchft", member=m(3), ground="interest")
    meeting.agree(hall.workspace, NAME, of=of, item="minutes", title="Procès-verbal de juin", who=who())
    vote = hall.vote(of, title="Avis sur MatchFT", subject=TEXT.sha256)
    for number, choice, by in ((1, "for", 1), (2, "for", 2), (4, "against", 4), (5, "abstain", 2)):
        values = {"vote": vote, "voter": m(number), "choice": choice, "who": who(by=by)}
        meeting.vote_openly(hall.workspace, NAME, **values)
    decision = meeting.end_vote(hall.workspace, NAME, vote=vote, who=who()).entry
    meeting.issue(hall.workspace, NAME, decision=decision, who=who(), wording=TEXT, referral=matter)
    hall.do(acts.Dissent, of=decision, member=m(4), text="Trop tôt.")
    secret = hall.vote(of, secret=True, title="Suspendre le pilote")
    for number in (1, 2, 4):
        meeting.vote_in_secret(hall.workspace, NAME, vote=secret, voter=m(number), choice="against", who=who())
    meeting.end_vote(hall.workspace, NAME, vote=secret, who=who())
    void = hall.vote(of, title="Autre texte")
    meeting.annul_vote(hall.workspace, NAME, vote=void, who=who(), text="Mauvais texte.")
    hall.do(acts.Attendance, of=of, member=m(4), mode="left", at=START + HOUR)
    hall.do(acts.Closing, of=of, at=START + HOUR + dt.timedelta(minutes=45))
    hall.of = of
    return hall


@pytest.mark.costly
def test_minutes_are_sealed_once_corrected_by_later_ones_and_made_again_from_their_acts(held):
    first = seal_minutes(held.workspace, NAME, of=held.of, who=who())
    assert seal_minutes(held.workspace, NAME, of=held.of, who=who()) == first
    question = {"text": "Oubliée ?", "addressee": "DSI", "due_on": DAY, "of": held.of}
    held.do(acts.CommitteeQuestion, **question)
    second = seal_minutes(held.workspace, NAME, of=held.of, who=who())
    assert second.statement.replaces == first.entry
    for done, n in ((first, 1), (second, 2)):
        document = sealed_minutes(held.workspace, NAME, done.entry)
        assert len(document["questions"]) == n
        assert content_of(document) == done.statement.content
    assert list(faults(held.house)) == []
    assert verify_records(held.workspace).ok


@pytest.mark.costly
def test_minutes_are_approved_by_a_decision_on_their_hash(held):
    done = seal_minutes(held.workspace, NAME, of=held.of, who=who())
    assert approved(held.house, done.statement) is None
    of = held.session(1, 2, 3)
    subject = done.statement.content
    meeting.agree(held.workspace, NAME, of=of, item="minutes", title="Approve", who=who())
    assert approved(held.house, done.statement) is None
    decision = meeting.agree(
        held.workspace, NAME, of=of, item="minutes", title="Approve", who=who(), subject=subject
    ).entry
    assert approved(held.house, done.statement) == decision


FRENCH = """\
# Comité d’éthique externe : procès-verbal de la séance du 15 septembre 2026

- De 14 h 00 à 15 h 45, Salle 1
- Convocation du 1er septembre 2026, jours avant la séance : 14
- Tenue selon un règlement que le comité n’a pas encore adopté
- Présidence : Awa Diop
- Quorum : 5 membres sur 6 comptaient comme présents, il en fallait 3

## Membres

| Membre | Collège | Présence |
|---|---|---|
| Awa Diop | Scientifiques (technique, éthique, droit) | sur place |
| Jean\\_Paul \\* | Scientifiques (technique, éthique, droit) | sur place |
| membre m\\_00000003 | Scientifiques (technique, éthique, droit) | sur place |
| Li Wei | Scientifiques (technique, éthique, droit) | à distance |
| membre m\\_00000005 | Scientifiques (technique, éthique, droit) | absent, procuration à Jean\\_Paul \\* |
| membre m\\_00000006 | Représentants des demandeurs d’emploi | excusé |

## 1. Procès-verbal

Adopté : Procès-verbal de juin, par consensus, sans vote.


## 2. MatchFT

Déportés sur ce point : membre m\\_00000003.

Saisine : MatchFT (Direction). Rapporteur : Jean\\_Paul \\*.

Audition : Directrice d’agence. Le tri prend dix minutes.

Adopté : Avis sur MatchFT, à main levée ; pour : 2, contre : 1, abstentions : 1.

- Pour : Awa Diop, Jean\\_Paul \\*
- Contre : Li Wei
- Abstention : membre m\\_00000005
- Opinion divergente (Li Wei) : Trop tôt.

> **MatchFT \\| avis** (favorable avec réserves)
>
> Première ligne.
> \\*Deuxième\\*
>
> Oui, si.

Non adopté : Suspendre le pilote, au scrutin secret ; pour : 0, contre : 3, abstentions : 0.


Vote annulé : Autre texte. Raison : Mauvais texte.

## Questions adressées par le comité

- Et sans smartphone ? (à : DSI, d’ici au 15 octobre 2026)

## Preuves

"""


@pytest.mark.costly
def test_minutes_as_a_text_in_french_with_the_names_that_are_known_and_as_data_with_none(held):
    for member, name in NAMES.items():
        name_member(held.workspace, member, name=name)
    document = minutes_of(held.house, held.of)
    text = minutes_text(document, lang="fr", names=NAMES, rules=held.house.rules)
    plain = text.replace("\u202f", " ").replace("\u00a0", " ")
    assert plain.startswith(FRENCH)
    assert plain.endswith(f"Empreinte de ce procès-verbal (SHA-256) : {content_of(document)}\n")
    jsonschema.validate(json.loads(json.dumps(document)), minutes_schema())
    assert not any(name in json.dumps(document, ensure_ascii=False) for name in NAMES.values())
    assert [move["mode"] for move in document["members"][3]["moves"]] == ["remote", "left"]
    vote, secret = document["items"][1]["decisions"]
    assert vote["votes"] == {m(1): "for", m(2): "for", m(4): "against", m(5): "abstain"}
    assert (secret["votes"], secret["voters"]) == ({}, [m(1), m(2), m(4)])
    assert document["packs"][0]["charter"]["version"] == "0.2"


def test_a_session_without_quorum_says_so(seated):
    hall = seated
    values = {"starts": START, "ends": START + HOUR, "place": "Room 1", "agenda": [acts.Item(id="a", title="A")]}
    of = meeting.convene(
        hall.workspace, NAME, who=who(CALLED), kind="extraordinary", urgent=True, text="An incident.", **values
    )
    meeting.record_no_quorum(hall.workspace, NAME, of=of.entry, who=who())
    assert meeting.record_no_quorum(hall.workspace, NAME, of=of.entry, who=who())
    second = meeting.convene(
        hall.workspace, NAME, who=who(), second_call_of=of.entry, urgent=True, text="Again.", **values
    )
    hall.do(acts.Attendance, of=second.entry, member=m(1), mode="in_person", at=START)
    meeting.open_session(hall.workspace, NAME, of=second.entry, who=who())
    first, last = (
        minutes_text(minutes_of(hall.house, each.entry), lang="en", names={}, rules=hall.house.rules)
        for each in (of, second)
    )
    assert "- No quorum: 0 of 5 members counted as there, 3 were needed. The session did not begin." in first
    assert "- Called with less notice: An incident." in first
    assert "- Second call: no quorum is needed." in last
    assert "No decision was taken." in last


def test_names_are_kept_beside_the_ledger_corrected_and_erased(seated):
    workspace, known = seated.workspace, [m(1), m(2)]
    name_member(workspace, m(1), name="  Awa   Diop ", contact="awa@example.org")
    name_member(workspace, m(2), name="Jean Martin")
    name_member(workspace, m(2), name="Jeanne Martin")
    assert {each.member: each.name for each in directory(workspace).values()} == {
        m(1): "Awa Diop",
        m(2): "Jeanne Martin",
    }
    assert number_of(workspace, "awa diop", known=known) == number_of(workspace, m(1), known=known) == m(1)
    with pytest.raises(BoussoleError, match="Did you mean 'Jeanne Martin'"):
        number_of(workspace, "Jean Martin", known=known)
    name_member(workspace, m(2), name="Awa Diop")
    with pytest.raises(BoussoleError, match="several members"):
        number_of(workspace, "Awa Diop", known=known)
    assert forget(workspace, m(1))
    assert not forget(workspace, m(1))
    stored = b"".join(path.read_bytes() for path in workspace.home.glob("governance.sqlite*"))
    assert b"awa@example.org" not in stored
    with pytest.raises(BoussoleError, match="1 to 200"):
        name_member(workspace, m(1), name=" ")
    assert len({new_number() for _ in range(50)}) == 50


def test_the_note_taken_last_stands_in_the_minutes(seated):
    of = seated.session(1, 2, 3)
    assert "note" not in minutes_of(seated.house, of)["items"][1]
    for text in ("A first note.", "A <b>second</b> note.\n\nIn two parts."):
        last = seated.do(acts.ItemNote, of=of, item="matchft", text=text)
    document = minutes_of(seated.house, of)
    assert [item.get("note") for item in document["items"]] == [
        None,
        {"entry": last, "text": "A <b>second</b> note.\n\nIn two parts."},
    ]
    text = minutes_text(document, lang="en", names={}, rules=RULES)
    assert "A \\<b\\>second\\</b\\> note.\n\nIn two parts." in text
    assert list(faults(seated.house)) == []


def test_minutes_with_a_note_that_is_still_to_be_written_are_not_sealed(seated):
    of = seated.session(1, 2, 3)
    with pytest.raises(RefusedError, match="The session is not over"):
        seal_minutes(seated.workspace, NAME, of=of, who=who())
    seated.do(acts.ItemNote, of=of, item="matchft", text="The secretary reports.\nÀ compléter en séance.")
    seated.do(acts.Closing, of=of, at=START + dt.timedelta(hours=1))
    with pytest.raises(RefusedError, match="note on item 2, “MatchFT”, still holds “À compléter en séance”"):
        seal_minutes(seated.workspace, NAME, of=of, who=who())
    assert seated.house.standing(acts.Minutes) == []
    with pytest.raises(RefusedError, match="no item “other”"):
        seated.do(acts.ItemNote, of=of, item="other", text="x")
    seated.do(acts.ItemNote, of=of, item="matchft", text="The secretary reports.")
    seal_minutes(seated.workspace, NAME, of=of, who=who())
    assert len(seated.house.standing(acts.Minutes)) == 1
    matter = seated.do(acts.Referral, origin="organisation", subject="MatchFT", sender="Direction")
    with pytest.raises(RefusedError, match="What Agents said still holds"):
        seated.do(acts.Hearing, of=matter, heard="Agents", text="[à compléter]")
    desk = Desk()
    gone = desk.call()
    desk.seal(acts.Cancellation(**SAID, on=DAY, of=gone, text="Nobody can come."))
    with pytest.raises(RefusedError, match="was cancelled"):
        desk.seal(acts.ItemNote(**SAID, on=DAY, of=gone, item="matchft", text="x"))
