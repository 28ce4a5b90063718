"""Drafts: one writes at a time, every version stays, and members comment on them."""

from __future__ import annotations

import datetime as dt
import multiprocessing

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import (
    HELD,
    LONGEST,
    begin,
    claim,
    comment,
    comments,
    discard,
    draft,
    drafts,
    erase_comment,
    save,
    savings,
    sealed,
)
from boussole.charter.committee.people.directory import forget
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.records import open_records, verify_records

FIRST = {"title": "MatchFT", "words": "The committee…"}


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "50% odd?")


@pytest.fixture
def opinion(workspace):
    return begin(workspace, "external", body=FIRST, author="m_00000001", about=7).id


def write(workspace, number, words, *, author="m_00000002"):
    claim(workspace, number, author=author)
    return save(workspace, number, body={**FIRST, "words": words}, author=author)


def at(monkeypatch, moment):
    """The clock of drafts."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    monkeypatch.setattr("boussole.charter.committee.papers.drafts.dt.datetime", Clock)


def test_a_draft_is_saved_again_and_again_and_every_version_stays(workspace, opinion):
    for _ in range(2):  # sent twice, it is saved once
        save(workspace, opinion, body={**FIRST, "words": "Two"}, author="m_00000001")
    now = write(workspace, opinion, "Three", author="m_00000003")
    assert (now.version, now.body["words"], now.author, now.about) == (3, "Three", "m_00000003", 7)
    assert [each.body["words"] for each in savings(workspace, opinion)] == [FIRST["words"], "Two", "Three"]
    assert [each.id for each in drafts(workspace, "external")] == [opinion]
    assert drafts(workspace, "internal") == []
    assert verify_records(workspace).size == 0


def test_one_writes_at_a_time_and_others_wait_until_the_draft_is_saved(workspace, opinion):
    """Who begins a draft writes in it first."""
    with pytest.raises(RefusedError) as raised:
        write(workspace, opinion, "Yours")
    assert raised.value.said("en", name=lambda _: "Ada").startswith("Ada is writing in this draft.")
    with pytest.raises(RefusedError, match="is writing in this draft"):
        save(workspace, opinion, body=FIRST | {"words": "Yours"}, author="m_00000002")
    save(workspace, opinion, body=FIRST | {"words": "Mine"}, author="m_00000001")
    with pytest.raises(RefusedError, match="no longer write in this draft"):
        save(workspace, opinion, body=FIRST | {"words": "Late"}, author="m_00000001")
    assert write(workspace, opinion, "Both").version == 3


def test_a_writer_who_left_keeps_nobody_waiting_for_more_than_two_hours(workspace, opinion, monkeypatch):
    begun = dt.datetime.now(dt.UTC)
    at(monkeypatch, begun + HELD - dt.timedelta(minutes=1))
    with pytest.raises(RefusedError):
        claim(workspace, opinion, author="m_00000002")
    at(monkeypatch, begun + HELD + dt.timedelta(minutes=1))
    assert claim(workspace, opinion, author="m_00000002").writer == "m_00000002"
    with pytest.raises(RefusedError, match="m_00000002 is writing"):
        save(workspace, opinion, body=FIRST | {"words": "Back"}, author="m_00000001")


def test_a_draft_that_was_sealed_is_closed(workspace, opinion):
    with open_records(workspace).begin() as connection:
        with pytest.raises(RefusedError, match="at version 1"):
            sealed(connection, opinion, version=2, entry=0)
        sealed(connection, opinion, version=1, entry=0)
        sealed(connection, opinion, version=1, entry=0)
        with pytest.raises(RefusedError, match="saved or sealed since"):
            sealed(connection, opinion, version=1, entry=1)
    for late in (
        lambda: claim(workspace, opinion, author="m_00000001"),
        lambda: save(workspace, opinion, body={**FIRST, "words": "Late"}, author="m_00000001"),
        lambda: comment(workspace, opinion, text="Late", author="m_00000001"),
        lambda: discard(workspace, opinion),
    ):
        with pytest.raises(RefusedError, match="sealed as entry 0"):
            late()
    assert len(savings(workspace, opinion)) == 1
    assert drafts(workspace, "external") == []


def test_members_comment_on_a_draft_and_erase_their_own_words_alone(workspace, opinion):
    for author in ("m_00000002", "m_00000003", "m_00000002"):
        comment(workspace, opinion, text=" Too early. ", author=author)
    first, second = comments(workspace, opinion)
    assert (first.text, first.author, second.author) == ("Too early.", "m_00000002", "m_00000003")
    with pytest.raises(RefusedError, match="not yours"):
        erase_comment(workspace, first.id, author="m_00000003")
    erase_comment(workspace, first.id, author="m_00000002")
    assert comments(workspace, opinion) == [second]
    for text in (" ", "x" * (LONGEST + 1)):
        with pytest.raises(BoussoleError, match="1 to 5,000 characters"):
            comment(workspace, opinion, text=text, author="m_00000002")
    forget(workspace, "m_00000003")
    assert comments(workspace, opinion) == []
    comment(workspace, opinion, text="Why?", author="m_00000002")
    discard(workspace, opinion)
    assert savings(workspace, opinion) == comments(workspace, opinion) == []
    with pytest.raises(BoussoleError, match="there is no draft"):
        draft(workspace, opinion)


@pytest.mark.costly
def test_of_two_processes_that_begin_to_write_at_once_one_does(workspace, opinion):
    write(workspace, opinion, "Free", author="m_00000001")
    fork = multiprocessing.get_context("fork")
    ready, told = fork.Barrier(2), fork.Queue()

    def run(author):
        ready.wait()
        try:
            told.put(claim(workspace, opinion, author=author).writer)
        except RefusedError as error:
            told.put(error.reason)

    processes = [fork.Process(target=run, args=(author,)) for author in ("m_00000001", "m_00000002")]
    for process in processes:
        process.start()
    found = {told.get(timeout=60) for _ in processes}
    for process in processes:
        process.join(timeout=60)
    assert "draft_taken" in found
    assert len(found) == 2
