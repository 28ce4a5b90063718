"""Comments in the margin: they keep the words they are about, are their author's, and are erased for good."""

from __future__ import annotations

import multiprocessing
import sqlite3

import pytest
from alembic import command
from alembic.config import Config

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee import margin
from boussole.charter.committee.margin import (
    LONGEST,
    AnswerSpot,
    DraftSpot,
    comment_on_answer,
    comment_on_draft,
    note,
    on_answer,
    on_draft,
    parts_of,
    reply,
    rewrite,
    settle,
    withdraw,
)
from boussole.charter.committee.papers.drafts import begin, discard, save, sealed
from boussole.charter.committee.people.directory import forget, name_member
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.records import migrations, open_records, verify_records

BODY = {"title": "MatchFT", "sense": "reserved", "words": "One.\n\nTwo.", "reservations": ["Until spring."]}
AWA, BEN = "m_00000001", "m_00000002"
SPOT = AnswerSpot(system="matchft", question="impact_ratio_gender", audit=7, lang="fr", quote="Oui.")


@pytest.fixture
def workspace(tmp_path):
    made = Workspace.create(tmp_path / "50% odd?")
    begin(made, "external", kind="opinion", body=BODY, author=AWA)
    return made


def comment(workspace, text="Why?", *, number=2, part="w", version=1, author=AWA):
    spot = DraftSpot(draft=1, version=version, part=part, number=number)
    return comment_on_draft(workspace, spot, text=text, author=author)


def texts(workspace):
    return [each.text for each in on_draft(workspace, 1)]


def bytes_of(workspace):
    return b"".join(path.read_bytes() for path in workspace.home.glob("governance.sqlite*"))


def test_a_comment_keeps_the_words_that_were_read_whatever_is_saved_since(workspace):
    save(workspace, 1, body={**BODY, "words": "New.\n\nOne."}, based_on=1, author=BEN)
    made = comment(workspace)
    assert (made.quote, made.version, made.number, made.committee) == ("Two.", 1, 2, "external")
    assert comment(workspace, part="r", number=1).quote == "Until spring."
    assert verify_records(workspace).size == 0
    assert parts_of({"words": None, "reservations": "One"}, "r") == ["One"]


@pytest.mark.parametrize("place", [{"number": 3}, {"number": 0}, {"number": -1}, {"part": "x"}, {"version": 9}])
def test_there_is_no_comment_on_what_is_not_there(workspace, place):
    with pytest.raises(RefusedError, match="no such paragraph"):
        comment(workspace, **place)
    with pytest.raises(RefusedError, match="no such paragraph"):
        comment_on_draft(workspace, DraftSpot(draft=99, version=1, part="w", number=1), text="x", author=AWA)
    assert texts(workspace) == []


def test_the_same_sent_twice_is_written_once_and_nothing_endless_or_empty(workspace):
    assert comment(workspace) == comment(workspace)
    comment(workspace, author=BEN)
    for text in ("", "  \n", "x" * (LONGEST + 1)):
        with pytest.raises(BoussoleError, match="1 to 5,000 characters"):
            comment(workspace, text)
    assert texts(workspace) == ["Why?", "Why?"]


def test_a_margin_has_an_end(workspace, monkeypatch):
    monkeypatch.setattr(margin, "MOST", 2)
    first = comment(workspace)
    reply(workspace, first.id, text="Because.", author=BEN)
    with pytest.raises(RefusedError, match="2 comments in this margin"):
        comment(workspace, "More")
    assert comment_on_answer(workspace, "external", SPOT, text="Elsewhere", author=AWA)


def test_a_reply_goes_to_the_head_of_the_thread_and_opens_it_again(workspace):
    first = comment(workspace)
    settle(workspace, first.id, author=BEN, settled=True)
    assert note(workspace, first.id).settled_by == BEN
    answer = reply(workspace, first.id, text="Because.", author=BEN)
    second = reply(workspace, answer.id, text="I see.", author=AWA)
    assert [each.reply_to for each in (answer, second)] == [first.id, first.id]
    assert (second.quote, second.version) == ("Two.", 1)
    assert note(workspace, first.id).settled_by is None
    with pytest.raises(RefusedError):
        settle(workspace, answer.id, author=BEN, settled=True)


def test_only_who_wrote_it_changes_or_withdraws_it_and_from_what_they_read(workspace):
    first = comment(workspace)
    for change in (
        lambda: rewrite(workspace, first.id, text="Mine", edition=1, author=BEN),
        lambda: withdraw(workspace, first.id, author=BEN),
    ):
        with pytest.raises(RefusedError, match="This comment is by"):
            change()
    assert rewrite(workspace, first.id, text="Why so?", edition=1, author=AWA).edition == 2
    assert rewrite(workspace, first.id, text="Why so?", edition=1, author=AWA).edition == 2
    with pytest.raises(RefusedError, match="changed since you read it"):
        rewrite(workspace, first.id, text="From another window", edition=1, author=AWA)
    assert texts(workspace) == ["Why so?"]


def test_what_is_withdrawn_leaves_no_word_and_what_was_replied_stays(workspace):
    first = comment(workspace, "UNSAYABLE-7f3a")
    reply(workspace, first.id, text="Because.", author=BEN)
    alone = comment(workspace, "UNSAYABLE-7f3a", number=1)
    withdraw(workspace, first.id, author=AWA)
    withdraw(workspace, alone.id, author=AWA)
    assert texts(workspace) == ["", "Because."]
    with sqlite3.connect(workspace.governance) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"UNSAYABLE-7f3a" not in bytes_of(workspace)
    with pytest.raises(RefusedError, match="no longer there"):
        withdraw(workspace, first.id, author=AWA)
    withdraw(workspace, on_draft(workspace, 1)[1].id, author=BEN)
    assert on_draft(workspace, 1) == []


def test_a_margin_goes_with_its_draft_and_that_of_answers_stays(workspace):
    reply(workspace, comment(workspace).id, text="Because.", author=BEN)
    comment_on_answer(workspace, "external", SPOT, text="Elsewhere", author=AWA)
    discard(workspace, 1)
    assert on_draft(workspace, 1) == []
    assert [each.text for each in on_answer(workspace, "external", "matchft", "impact_ratio_gender")] == ["Elsewhere"]
    assert on_answer(workspace, "internal", "matchft", "impact_ratio_gender") == []


def test_who_is_forgotten_leaves_nothing_in_margins_and_others_keep_their_words(workspace):
    name_member(workspace, AWA, name="Awa Diop")
    reply(workspace, comment(workspace).id, text="Because.", author=BEN)
    comment(workspace, "Alone", number=1)
    reply(workspace, comment(workspace, "Ben's", author=BEN).id, text="Awa's", author=AWA)
    assert forget(workspace, AWA)
    assert texts(workspace) == ["", "Because.", "Ben's"]
    assert not forget(workspace, AWA)


def test_nothing_is_written_beside_a_sealed_draft_but_ones_own_can_be_withdrawn(workspace):
    first = comment(workspace)
    with open_records(workspace).begin() as connection:
        sealed(connection, 1, version=1, entry=0)
    for change in (
        lambda: comment(workspace, "Late"),
        lambda: reply(workspace, first.id, text="Late", author=BEN),
        lambda: rewrite(workspace, first.id, text="Late", edition=1, author=AWA),
        lambda: settle(workspace, first.id, author=AWA, settled=True),
    ):
        with pytest.raises(RefusedError, match="sealed as entry 0"):
            change()
    withdraw(workspace, first.id, author=AWA)
    assert texts(workspace) == []


@pytest.mark.costly
def test_of_two_who_write_at_once_both_are_kept(workspace):
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(4)

    def run(author, text):
        ready.wait()
        comment(workspace, text, author=author)

    sent = [(AWA, "one"), (BEN, "two"), (AWA, "same"), (AWA, "same")]
    processes = [fork.Process(target=run, args=each) for each in sent]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    assert sorted(texts(workspace)) == ["one", "same", "two"]


def test_records_of_before_are_brought_up_to_date_with_their_drafts(tmp_path):
    older = Workspace.create(tmp_path / "older")
    config = Config()
    config.set_main_option("script_location", next(iter(migrations.__path__)).replace("%", "%%"))
    with ledger.writer(older.governance).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
    with sqlite3.connect(older.governance) as connection:
        connection.execute("INSERT INTO drafts VALUES (1, 'external', 'opinion', NULL, 1, NULL)")
        row = '(1, 1, 1, 0, "m_00000001", "2026-01-01T00:00:00Z", ?)'.replace('"', "'")
        connection.execute(f"INSERT INTO draft_texts VALUES {row}", ('{"words": "Old."}',))
    assert comment(older, number=1).quote == "Old."
