"""Redacted examples: released until a day, withdrawn, gone with their original; no word of one in clear on any disk."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from boussole.audits.decisions.kept_texts import NOTHING, Holding, holding, kept_until
from boussole.audits.errors import BoussoleError
from boussole.audits.retention.purge import purge
from boussole.audits.systems import System
from boussole.audits.texts.personal import examples as redaction
from boussole.audits.texts.personal.examples import ExampleError
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.entering import record
from boussole.charter.record_types.examples import TextExample, TextExampleEnd
from boussole.charter.records import seal, statements, verify_records
from boussole.charter.records.examples import drafts
from boussole.charter.records.examples.drafts import WantedExample, draw_example, read_draft, release_draft, take_out
from boussole.charter.records.examples.released import (
    damaged,
    end,
    examples,
    forget_examples,
    over_texts,
    path_of,
    text_of,
)
from boussole.charter.records.sealed_files import FileFault, verify_files
from tests.audits.privacy.helpers import files_of, found_in_clear
from tests.kept_texts import AGE, NAMED, PLAIN, UNLAWFUL, WRITER, made, plain_readers

TODAY = dt.date(2026, 12, 1)
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_readers(monkeypatch)
    monkeypatch.setattr(Workspace, "today", lambda _: TODAY)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return made(tmp_path / "w", (UNLAWFUL, DAY), (PLAIN, DAY), (PLAIN, dt.date(2026, 10, 2)))


NOVEMBER = WantedExample(start=dt.date(2026, 11, 1), end=dt.date(2026, 11, 30), finding="age")


def drawn(workspace: Workspace, wanted: WantedExample = NOVEMBER, *, whose: str = "s", **more):
    return draw_example(workspace, "writer", wanted, whose=whose, now=NOW, **more)


def released(workspace: Workspace, *, until: dt.date | None = None):
    reference = drawn(workspace).reference
    return release_draft(workspace, reference, whose="s", now=NOW, until=until, role="steward", signed_in=True)


def why(act, *given, **more) -> str:
    with pytest.raises(ExampleError) as raised:
        act(*given, **more)
    return raised.value.reason


def writer(changed: str, to: str):
    return System.model_validate(yaml.safe_load(WRITER.replace(changed, to)))


@pytest.mark.parametrize(
    ("terms", "more", "last"),
    [
        ("retain_days: 30", "", dt.date(2026, 12, 20)),
        ("retain_days: 30", "privacy: {retain_days: 10}", dt.date(2026, 12, 10)),
        ("retain_days: 300", "privacy: {retain_days: 10}", dt.date(2026, 12, 10)),
        ("kept: true", "privacy: {retain_days: 10}", dt.date(2026, 12, 10)),
        ("kept: true", "", None),
        ("kept: false", "privacy: {retain_days: 10}", None),
    ],
)
def test_an_example_is_kept_no_longer_than_its_text(terms: str, more: str, last: dt.date | None) -> None:
    system = writer("retain_days: 30}}\n", f"{terms}}}}}\n{more}")
    assert kept_until(system, DAY) == last


def test_a_record_of_an_example_can_hold_no_word() -> None:
    said = {
        "role": "steward", "on": TODAY, "system": "writer", "start": DAY, "end": DAY, "finding": "age",
        "fingerprint": "0" * 64, "until": TODAY,
    }  # fmt: skip
    assert TextExample.model_validate(said)
    for wrong in ({"text": "Bonjour"}, {"until": DAY}, {"end": dt.date(2026, 1, 1)}, {"finding": "Jean Dupont"}):
        with pytest.raises(ValidationError):
            TextExample.model_validate({**said, **wrong})
    with pytest.raises(ValidationError):
        TextExampleEnd(role="x", on=TODAY, of=1, reason="asked", text="Jean Dupont asked for it")


@pytest.mark.costly
def test_it_is_shown_until_its_day_and_the_ledger_holds_no_word_of_it(workspace: Workspace) -> None:
    done = released(workspace)
    assert text_of(workspace, done, today=TODAY) == UNLAWFUL.replace(NAMED, "[PERSON]")
    assert done.said.until == dt.date(2026, 12, 20)
    (sealed,) = [each.statement for each in statements(workspace, kinds=["text_example"])]
    told = json.loads(sealed.model_dump_json())
    assert (told["start"], told["end"], told["finding"], told["text"]) == ("2026-11-01", "2026-11-30", "age", "")
    assert verify_records(workspace).ok
    assert (verify_files(workspace).ok, verify_files(workspace).examples, verify_files(workspace).extra) == (
        True,
        1,
        (),
    )
    assert why(text_of, workspace, done, today=dt.date(2026, 12, 21)) == "ended"
    again = released(workspace)
    assert again.said.fingerprint != done.said.fingerprint  # the salt is another: nobody can try a text


@pytest.mark.costly
def test_no_word_is_in_clear_on_disk_after_release_withdrawal_and_purge(workspace: Workspace) -> None:
    needles = [AGE.encode(), NAMED.encode(), b"poste \xc3\xa0 pourvoir", b"Capucine"]
    one, other = released(workspace), released(workspace)
    assert path_of(workspace, one.said.fingerprint) in files_of(workspace)
    assert found_in_clear(workspace, needles) == set()
    end(workspace, TextExampleEnd(role="steward", on=TODAY, of=one.entry, reason="personal"))
    assert not path_of(workspace, one.said.fingerprint).exists()
    assert why(text_of, workspace, examples(workspace)[1], today=TODAY) == "ended"
    assert why(end, workspace, TextExampleEnd(role="x", on=TODAY, of=one.entry, reason="asked")) == "ended"
    purge(workspace, today=dt.date(2026, 12, 21))
    assert [each.entry for each in forget_examples(workspace, today=dt.date(2026, 12, 21))] == [other.entry]
    assert not list(workspace.examples.glob("*"))
    assert found_in_clear(workspace, needles) == set()
    assert verify_records(workspace).ok


@pytest.mark.costly
def test_it_goes_with_its_original_whatever_day_it_was_to_be_shown_until(workspace: Workspace) -> None:
    done = released(workspace)
    assert forget_examples(workspace, today=TODAY) == []
    purge(workspace, before=TODAY)  # whole months: the rows of November
    assert [each.entry for each in forget_examples(workspace, today=TODAY, dry_run=True)] == [done.entry]
    assert [each.entry for each in forget_examples(workspace, today=TODAY)] == [done.entry]
    (found,) = examples(workspace)
    assert (found.ended, found.last_day) == (TODAY, TODAY)
    (said,) = [each.statement for each in statements(workspace, kinds=["text_example_end"])]
    assert (said.reason, said.role, said.system) == ("original_gone", "purge", "writer")
    assert forget_examples(workspace, today=TODAY) == []
    assert verify_files(workspace).ok


@pytest.mark.costly
@pytest.mark.parametrize("now", ["kept: false", "retain_days: 5", "gone"])
def test_a_shorter_term_ends_it_at_once(workspace: Workspace, now: str) -> None:
    done = released(workspace)
    file = workspace.home / "systems" / "writer.yaml"
    if now == "gone":
        file.unlink()
    else:
        file.write_text(WRITER.replace("retain_days: 30", now), encoding="utf-8")
    later = Workspace(workspace.home)
    assert why(text_of, later, done, today=TODAY) == "ended"
    assert [each.entry for each in forget_examples(later, today=TODAY)] == [done.entry]


@pytest.mark.costly
def test_a_text_that_is_missing_or_changed_is_told_and_not_shown(workspace: Workspace) -> None:
    one, other = released(workspace), released(workspace)
    paths = [path_of(workspace, each.said.fingerprint) for each in (one, other)]
    paths[0].write_bytes(paths[1].read_bytes())  # another example, whole, under its name
    paths[1].unlink()
    assert {each.entry for each in damaged(workspace, examples(workspace), today=TODAY)} == {one.entry, other.entry}
    found = verify_files(workspace)
    assert {(each.entry, each.fault) for each in found.bad} == {
        (one.entry, FileFault.unread),
        (other.entry, FileFault.missing),
    }
    assert [why(text_of, workspace, each, today=TODAY) for each in (one, other)] == ["unread", "unread"]
    assert forget_examples(workspace, today=TODAY) == []  # it is a fault to be mended, not the end of an example
    (workspace.examples / f"{'0' * 64}.sealed").write_bytes(b"left by a process that was killed")
    assert [each.name[:3] for each in over_texts(workspace, examples(workspace), today=TODAY)] == ["000"]


@pytest.mark.costly
def test_what_is_drawn_fits_what_was_asked_for(workspace: Workspace) -> None:
    assert holding(workspace, workspace.system("writer"), today=TODAY) == Holding(
        months=(dt.date(2026, 11, 1),), findings=("age",)
    )  # that of October is older than texts are kept, though no purge has run
    assert AGE in drawn(workspace).shown
    nothing = WantedExample(start=NOVEMBER.start, end=NOVEMBER.end, finding=NOTHING)
    assert drawn(workspace, nothing).shown == PLAIN
    any_text = WantedExample(start=NOVEMBER.start, end=NOVEMBER.end)
    assert len({drawn(workspace, any_text).shown for _ in range(40)}) == 2
    for wrong in (
        WantedExample(start=NOVEMBER.start, end=NOVEMBER.end, finding="sex"),
        WantedExample(start=DAY, end=DAY, finding="x'"),
    ):
        assert why(drawn, workspace, wrong) == "none"
    assert why(drawn, workspace, WantedExample(start=dt.date(2026, 10, 1), end=dt.date(2026, 10, 31))) == "none"
    named = drawn(workspace, WantedExample(start=TODAY, end=TODAY), text="g0")
    assert (named.shown, named.wanted.start, named.wanted.end) == (
        UNLAWFUL.replace(NAMED, "[PERSON]"), NOVEMBER.start, NOVEMBER.end,
    )  # fmt: skip
    assert why(drawn, workspace, any_text, text="g2") == "unknown"
    assert why(drawn, workspace, nothing, text="g0") == "none"
    (workspace.home / "systems" / "writer.yaml").write_text(WRITER.replace("retain_days: 30", "kept: false"))
    assert why(drawn, Workspace(workspace.home)) == "no_texts"
    (workspace.home / "systems" / "writer.yaml").write_text(WRITER.replace(", retain_days: 30", ""))
    assert why(drawn, Workspace(workspace.home)) == "no_term"


@pytest.mark.costly
def test_a_draft_is_for_whoever_drew_it_for_an_hour_as_they_read_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = drawn(workspace)
    assert read_draft(workspace, draft.reference, whose="s", now=NOW).shown == draft.shown
    late = NOW + drafts.LASTS + dt.timedelta(seconds=1)
    for wrong in (
        {"reference": draft.reference, "whose": "t", "now": NOW},
        {"reference": draft.reference, "whose": "s", "now": late},
        {"reference": draft.reference[:-4] + "AAAA", "whose": "s", "now": NOW},
        {"reference": "é", "whose": "s", "now": NOW},
        {"reference": "A" * 7_000, "whose": "s", "now": NOW},
    ):
        assert why(read_draft, workspace, **wrong) == "over"
    at = draft.shown.index(AGE)
    less = take_out(workspace, draft.reference, [(at, at + len(AGE))], whose="s", now=NOW)
    assert AGE not in less.shown
    assert read_draft(workspace, less.reference, whose="s", now=NOW).shown == less.shown
    more = {"whose": "s", "now": NOW, "role": "steward", "signed_in": False}
    assert why(release_draft, workspace, less.reference, until=dt.date(2026, 12, 21), **more) == "day"
    assert why(release_draft, workspace, less.reference, until=dt.date(2026, 11, 30), **more) == "passed"
    done = release_draft(workspace, less.reference, until=TODAY, **more)
    assert (done.said.until, text_of(workspace, done, today=TODAY)) == (TODAY, less.shown)
    less = drawn(workspace)
    monkeypatch.setattr(redaction, "redact", lambda text: text.replace("Bonjour", "[PERSON]"))
    assert why(read_draft, workspace, less.reference, whose="s", now=NOW) == "changed"  # other rules read it now


@pytest.mark.costly
def test_nothing_is_released_but_by_reading_a_draft(workspace: Workspace) -> None:
    done = released(workspace)
    for way in (record, seal):
        with pytest.raises(BoussoleError, match="texts example release"):
            way(workspace, done.said)
    with pytest.raises(BoussoleError, match="is about a text_example"):
        record(workspace, TextExampleEnd(role="x", on=TODAY, of=done.entry + 7, reason="asked"))
    assert record(workspace, TextExampleEnd(role="x", on=TODAY, of=done.entry, reason="asked")).entry > done.entry
