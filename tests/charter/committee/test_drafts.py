"""Drafts: two people write the same text, and nobody's words are lost."""

from __future__ import annotations

import multiprocessing

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import (
    LARGEST,
    StaleDraftError,
    begin,
    discard,
    draft,
    drafts,
    save,
    savings,
    sealed,
)
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.records import open_records, verify_records

FIRST = {"title": "MatchFT", "words": "The committee…"}


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "50% odd?")


@pytest.fixture
def opinion(workspace):
    return begin(workspace, "external", kind="opinion", body=FIRST, author="m_00000001", about=7).id


def write(workspace, number, words, *, based_on, author="m_00000002"):
    return save(workspace, number, body={**FIRST, "words": words}, based_on=based_on, author=author)


def test_a_draft_is_saved_again_and_again(workspace, opinion):
    assert write(workspace, opinion, "Two", based_on=1).version == 2
    now = write(workspace, opinion, "Three", based_on=2, author="m_00000003")
    assert (now.version, now.body["words"], now.author, now.about) == (3, "Three", "m_00000003", 7)
    assert [(each.version, each.based_on) for each in savings(workspace, opinion)] == [(1, 0), (2, 1), (3, 2)]
    assert [each.id for each in drafts(workspace, "external")] == [opinion]
    assert drafts(workspace, "internal") == []
    assert verify_records(workspace).size == 0


def test_who_saves_second_is_told_and_their_text_is_kept(workspace, opinion):
    write(workspace, opinion, "Mine", based_on=1, author="m_00000001")
    with pytest.raises(StaleDraftError) as raised:
        write(workspace, opinion, "Yours", based_on=1)
    assert raised.value.current.body["words"] == "Mine"
    kept = {each.id: each for each in savings(workspace, opinion)}[raised.value.kept]
    assert (kept.version, kept.based_on, kept.body["words"], kept.author) == (None, 1, "Yours", "m_00000002")
    assert "Ada) has saved version 2" in raised.value.said("en", name=lambda _: "Ada")
    assert "gardé à part" in raised.value.said("fr")
    assert write(workspace, opinion, "Both", based_on=2).version == 3


def test_the_same_text_sent_twice_is_saved_once(workspace, opinion):
    first = write(workspace, opinion, "Two", based_on=1)
    assert write(workspace, opinion, "Two", based_on=1) == first
    assert len(savings(workspace, opinion)) == 2


def test_a_draft_that_was_sealed_is_closed_and_a_late_text_is_kept(workspace, opinion):
    with open_records(workspace).begin() as connection:
        with pytest.raises(RefusedError, match="at version 1"):
            sealed(connection, opinion, version=2, entry=0)
        sealed(connection, opinion, version=1, entry=0)
        sealed(connection, opinion, version=1, entry=0)
        with pytest.raises(RefusedError, match="saved or sealed since"):
            sealed(connection, opinion, version=1, entry=1)
    with pytest.raises(RefusedError, match="sealed as entry 0"):
        write(workspace, opinion, "Late", based_on=1)
    with pytest.raises(RefusedError, match="sealed as entry 0"):
        discard(workspace, opinion)
    assert savings(workspace, opinion)[-1].body["words"] == "Late"
    assert drafts(workspace, "external") == []


def test_a_draft_is_discarded_with_all_its_savings(workspace, opinion):
    write(workspace, opinion, "Two", based_on=1)
    discard(workspace, opinion)
    assert savings(workspace, opinion) == []
    for gone in (draft, discard):
        with pytest.raises(BoussoleError, match="there is no draft"):
            gone(workspace, opinion)


def test_a_hundred_thousand_characters_are_kept_and_more_than_a_million_refused(workspace, opinion):
    assert write(workspace, opinion, "é" * 100_000, based_on=1).body["words"] == "é" * 100_000
    with pytest.raises(BoussoleError, match=r"a draft may have 1,000,000"):
        write(workspace, opinion, "x" * LARGEST, based_on=2)


def test_markup_is_kept_as_the_words_it_is(workspace, opinion):
    words = "<script>alert(1)</script>\0\u202e"
    assert write(workspace, opinion, words, based_on=1).body["words"] == words


@pytest.mark.costly
def test_of_two_processes_that_save_at_once_one_is_told(workspace, opinion):
    fork = multiprocessing.get_context("fork")
    ready, told = fork.Barrier(2), fork.Queue()

    def run(words):
        ready.wait()
        try:
            told.put(write(workspace, opinion, words, based_on=1).version)
        except StaleDraftError as error:
            told.put(-error.current.version)

    processes = [fork.Process(target=run, args=(words,)) for words in ("one", "two")]
    for process in processes:
        process.start()
    assert sorted(told.get(timeout=60) for _ in processes) == [-2, 2]
    for process in processes:
        process.join(timeout=60)
    assert sorted(each.body["words"] for each in savings(workspace, opinion)[1:]) == ["one", "two"]
