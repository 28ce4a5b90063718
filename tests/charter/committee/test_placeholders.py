"""Words that stand for others are told from words that say something; nothing that holds them is decided or issued."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from boussole.charter.committee.acting import turn
from boussole.charter.committee.acts.meeting import agree, begin_vote, issue, opinion_text
from boussole.charter.committee.papers.drafts import begin, discard, save
from boussole.charter.committee.placeholders import placeholder, unwritten
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voted import in_use, texts_of
from boussole.charter.record_types.acts import Annulment, Consensus, OpinionText, Vote
from tests.charter.committee.hall import NAME, who

TEXT = {"title": "On MatchFT", "sense": "none", "words": "First.\n\nSecond.", "reservations": []}


@pytest.mark.parametrize(
    "text",
    [
        "Le comité est favorable.\nà compléter en réunion",
        "A COMPLETER EN SEANCE",
        "L’avis porte sur [à préciser avec la direction].",
        "« à rédiger »",
        "To be completed in the session.",
        "« À compléter\u202f»",
        "Fini.\n\u202f– à\u202fcompléter\nFini.",
        "[todo]",
        "Réserves\n\n> à préciser en réunion",
        "**À compléter en séance.**",
        "<b>To be completed in the session.</b>",
        "One.\nTBD\nTwo.",
        "## Conclusion\nÀ compléter.",
        "Signed on ____ by XXXX",
        "Lorem ipsum dolor",
    ],
)
def test_words_that_stand_for_others_are_found(text):
    assert placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "Le dossier est à compléter par le conseiller.",
        "The file must be completed before the session.",
        "« Les femmes […] sont moins contactées »",
        "La fiche (à compléter par l’usager dans le délai d’un mois) reste facultative.",
        "It sends the form (to complete the file).",
        "Le champ « à préciser » du formulaire reste vide.",
        "El sistema decide todo.",
        "« À compléter en séance » n’est pas une réponse, dit le comité.",
        "La fiche est\nà compléter\npar l’usager.",
    ],
)
def test_words_that_say_something_are_not(text):
    assert placeholder(text) == ""


def test_the_place_is_named():
    words = "First.\n\nÀ compléter en séance."
    assert unwritten(OpinionText(title="T", sense="none", words=words)) == ("words", 2, "À compléter en séance")
    reserved = OpinionText(title="T", sense="reserved", words="W.", reservations=["One.", "[à compléter]"])
    assert unwritten(reserved) == ("reservation", 2, "[à compléter]")
    assert unwritten(OpinionText(title="[à compléter]", sense="none", words="W.")) == ("title", 1, "[à compléter]")


def test_a_text_that_holds_one_is_neither_voted_on_nor_agreed_on_nor_issued(seated):
    of = seated.session(1, 2, 3)
    body = {**TEXT, "words": "First.\n\nÀ compléter en séance."}
    begin(seated.workspace, NAME, body=body, author="Rapporteur")
    subject = OpinionText.model_validate(body).sha256
    with pytest.raises(RefusedError, match="Paragraph 2 of the opinion still holds “À compléter en séance”"):
        opinion_text(seated.workspace, 1)
    asked = {"of": of, "item": "matchft", "title": "Adopt", "subject": subject, "who": who()}
    with pytest.raises(RefusedError, match="Paragraph 2"):
        begin_vote(seated.workspace, NAME, secret=False, **asked)
    with pytest.raises(RefusedError, match="Paragraph 2"):
        agree(seated.workspace, NAME, **asked)
    assert (seated.house.standing(Vote), seated.house.standing(Consensus)) == ([], [])
    wording = OpinionText.model_validate({**TEXT, "words": "À compléter en séance."})
    # No draft is kept of it, so nobody could see what the hash stood for.
    decision = agree(seated.workspace, NAME, **asked | {"subject": wording.sha256}).entry
    with pytest.raises(RefusedError, match="Paragraph 1"):
        issue(seated.workspace, NAME, decision=decision, who=who(), wording=wording)


def test_the_text_of_a_vote_is_found_in_the_version_that_is_voted_on_and_is_not_thrown_away(seated):
    of = seated.session(1, 2, 3)
    begin(seated.workspace, NAME, body=TEXT, author="a")
    subject = OpinionText.model_validate(TEXT).sha256
    vote = seated.vote(of, subject=subject)
    save(seated.workspace, 1, body={**TEXT, "words": "Other."}, author="a")
    found = texts_of(seated.workspace, NAME)[subject]
    assert (found.draft, found.version, found.latest, found.wording.words) == (1, 1, 2, "First.\n\nSecond.")
    assert in_use(seated.house, {subject}) == vote
    assert in_use(seated.house, {"0" * 64}) is None
    with pytest.raises(RefusedError, match=f"rests on this draft .entry {vote}"):
        discard(seated.workspace, 1)
    seated.do(Annulment, of=vote, text="Wrong text.")
    assert in_use(seated.house, {subject}) is None
    assert texts_of(seated.workspace, "internal") == {}
    discard(seated.workspace, 1)
    assert texts_of(seated.workspace, NAME) == {}


def test_a_vote_that_begins_while_a_draft_is_thrown_away_keeps_its_text(seated):
    """It was looked for before the transaction that erases: a vote that began in between was on a text nobody had."""
    of = seated.session(1, 2, 3)
    begin(seated.workspace, NAME, body=TEXT, author="a")
    subject = OpinionText.model_validate(TEXT).sha256
    annulled = seated.vote(of, subject=subject)
    earlier = seated.house.sealed(annulled).statement
    seated.do(Annulment, of=annulled, text="Wrong question.")
    with ThreadPoolExecutor(1) as pool:
        with turn(seated.workspace, NAME) as now:
            thrown = pool.submit(discard, seated.workspace, 1)
            assert not wait([thrown], timeout=0.5).done
            now.seal(earlier.model_copy(update={"title": "Adopt it"}))
        with pytest.raises(RefusedError, match="rests on this draft"):
            thrown.result(timeout=60)
    assert subject in texts_of(seated.workspace, NAME)
