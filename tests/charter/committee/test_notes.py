"""Notes on items: the last one counts, they stand in the minutes, and one that is not written out keeps them open."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.papers.minutes import minutes_of, seal_minutes
from boussole.charter.committee.papers.minutes_text import minutes_text
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Cancellation, Closing, Hearing, ItemNote, Minutes, Referral
from tests.charter.committee.desk import DAY, RULES, SAID, START, Desk
from tests.charter.committee.hall import NAME, Hall, who


@pytest.fixture
def hall(tmp_path):
    return Hall.seat(tmp_path / "w")


def test_the_note_taken_last_stands_in_the_minutes(hall):
    of = hall.session(1, 2, 3)
    assert "note" not in minutes_of(hall.house, of)["items"][1]
    for text in ("A first note.", "A <b>second</b> note.\n\nIn two parts."):
        last = hall.do(ItemNote, of=of, item="matchft", text=text)
    document = minutes_of(hall.house, of)
    assert [item.get("note") for item in document["items"]] == [
        None,
        {"entry": last, "text": "A <b>second</b> note.\n\nIn two parts."},
    ]
    text = minutes_text(document, lang="en", names={}, rules=RULES)
    assert "A \\<b\\>second\\</b\\> note.\n\nIn two parts." in text
    assert list(faults(hall.house)) == []


def test_a_note_is_taken_on_an_item_of_a_session_that_takes_place():
    desk = Desk()
    of = desk.call()
    with pytest.raises(RefusedError, match="no item “other”"):
        desk.seal(ItemNote(**SAID, on=DAY, of=of, item="other", text="x"))
    desk.seal(Cancellation(**SAID, on=DAY, of=of, text="Nobody can come."))
    with pytest.raises(RefusedError, match="was cancelled"):
        desk.seal(ItemNote(**SAID, on=DAY, of=of, item="matchft", text="x"))


def test_minutes_with_a_note_that_is_still_to_be_written_are_not_sealed(hall):
    of = hall.session(1, 2, 3)
    hall.do(ItemNote, of=of, item="matchft", text="The secretary reports.\nÀ compléter en séance.")
    hall.do(Closing, of=of, at=START + dt.timedelta(hours=1))
    with pytest.raises(RefusedError, match="note on item 2, “MatchFT”, still holds “À compléter en séance”"):
        seal_minutes(hall.workspace, NAME, of=of, who=who())
    assert hall.house.standing(Minutes) == []
    hall.do(ItemNote, of=of, item="matchft", text="The secretary reports.")
    seal_minutes(hall.workspace, NAME, of=of, who=who())
    assert len(hall.house.standing(Minutes)) == 1


def test_what_was_heard_is_recorded_in_words(hall):
    matter = hall.do(Referral, origin="organisation", subject="MatchFT", sender="Direction")
    with pytest.raises(RefusedError, match="What Agents said still holds"):
        hall.do(Hearing, of=matter, heard="Agents", text="[à compléter]")
    assert hall.house.standing(Hearing) == []
