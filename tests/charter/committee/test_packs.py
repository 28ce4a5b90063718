"""Frozen packs: what the evidence was at a moment, and what changed since."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.audits import ledger
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import examined
from boussole.charter.committee.acts.packs import freeze, pack_changes, pack_now
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Closing, FrozenPack
from boussole.charter.record_types.kinds import Attestation
from boussole.charter.records import keep_file, save_audit, seal, verify_records
from boussole.charter.records.facts import Facts
from boussole.charter.records.in_force import adopt, in_force
from tests.as_json import standing, unmeasured
from tests.charter.committee.desk import DAY, HOUR, START, reason
from tests.charter.committee.hall import NAME, who
from tests.written import audit_document, system_text

DAYS = dt.timedelta(days=1)


def audit(hall, system, answers, *, start="2026-08-01", end="2026-08-31", value=0.5, **more):
    """An audit with some verdicts by question, the earliest that a test seals."""
    made = {"as_of": "2026-09-01", "decisions": 10, "measures": [{"id": "selection_rate", "value": value}]}
    verdicts = [{"article": "equite", "indicator": name, "verdict": said} for name, said in answers.items()]
    document = audit_document(system, start=start, end=end, verdicts=verdicts, **made)
    return save_audit(hall.workspace, document | more).entry


def frozen(hall):
    return freeze(hall.workspace, NAME, of=hall.of, who=who())


def changes(hall, before, after):
    return pack_changes(hall.workspace, before.statement, after.statement)


def test_a_pack_holds_the_last_audit_of_each_system_the_charter_and_the_ledger_of_that_moment(hall):
    audit(hall, "matchft", {"ratio": "kept"})
    newer = audit(hall, "matchft", {"ratio": "watch"}, end="2026-09-30")
    audit(hall, "matchft", {"ratio": "kept"}, value=0.6)  # a look back does not hide it
    other = audit(hall, "chatft", {"leaks": "unknown"})
    done = frozen(hall)
    pack = done.statement
    assert [(each.system, each.entry) for each in pack.audits] == [("chatft", other), ("matchft", newer)]
    assert (pack.charter, pack.charter_version) == (in_force(hall.workspace).charter.sha256, "0.2")
    assert pack.size == done.entry
    with ledger.reader(hall.workspace.governance).begin() as connection:
        assert ledger.root(connection, size=pack.size) == pack.root
    assert verify_records(hall.workspace).ok


def test_what_changed_between_two_packs(hall, tmp_path):
    audit(hall, "gone", {"ratio": "kept"})
    old = audit(hall, "matchft", {"ratio": "kept", "drift": "unknown", "leaks": "kept"})
    same = audit(hall, "chatft", {"leaks": "watch"})
    first = frozen(hall)
    new = audit(hall, "matchft", {"ratio": "broken", "drift": "unknown", "asked": "watch"}, end="2026-09-30")
    audit(hall, "neo", {"ratio": "kept"})
    second = frozen(hall)
    found = changes(hall, first, second)
    assert [(each.system, each.entry) for each in found.added] == [("neo", new + 1)]
    assert [(a.entry, b.entry) for a, b in found.renewed] == [(old, new)]
    assert [(each.system, each.indicator, each.before, each.after) for each in found.verdicts] == [
        ("matchft", "ratio", "kept", "broken"),
        ("matchft", "asked", None, "watch"),
        ("matchft", "leaks", "kept", None),
        ("neo", "ratio", None, "kept"),
    ]
    assert dict(found.sealed) == {"frozen_pack": 1, "audit": 2}
    assert (found.charter, found.removed, found.none) == (None, [], False)
    assert same in [each.entry for each in second.statement.audits]
    back = changes(hall, second, first)
    assert [each.system for each in back.removed] == ["neo"]
    assert [(each.before, each.after) for each in back.verdicts if each.system == "neo"] == [("kept", None)]


def test_what_people_stated_before_a_pack_was_frozen_is_in_it_and_what_they_said_later_is_not(hall, tmp_path):
    path = hall.workspace.home / "systems" / "chat.yaml"
    path.write_text(system_text("chat", "", kind="generation"), encoding="utf-8")
    workspace = Workspace(hall.workspace.home)
    charter, system = in_force(workspace).charter, workspace.system("chat")
    found = unmeasured(charter, system, Facts(as_of=DAY))
    answered = {verdict["indicator"] for verdict in found["verdicts"]}
    asked = next(each.id for each in charter.ways if each.evidence == "attested" and each.id in answered)
    audit(hall, "chat", {}, articles=found["articles"], verdicts=found["verdicts"], measures=[])
    first = frozen(hall)
    (tmp_path / "proof.pdf").write_bytes(b"%PDF")
    kept = keep_file(workspace, tmp_path / "proof.pdf")
    said = {"indicator": asked, "answer": "kept", "valid_until": DAY + 9 * DAYS, "document": kept, "system": "chat"}
    seal(workspace, Attestation(role="Direction", on=DAY, **said))
    second = frozen(hall)
    (change,) = changes(hall, first, second).verdicts
    assert (change.system, change.indicator, change.after) == ("chat", asked, "kept")
    assert not changes(hall, first, second).none
    told = {each["indicator"]: each["verdict"] for each in standing(workspace, first.statement)["chat"]["verdicts"]}
    assert told[asked] == change.before
    later = pack_now(workspace, second.statement, on=DAY + 10 * DAYS)
    assert [each.indicator for each in pack_changes(workspace, second.statement, later).verdicts] == [asked]


@pytest.mark.costly
def test_a_charter_adopted_in_between_is_a_change(hall, tmp_path):
    first = frozen(hall)
    (tmp_path / "act.pdf").write_bytes(b"%PDF signed")
    text = in_force(hall.workspace).charter
    other = text.model_copy(update={"version": "0.3"})
    other = other.model_copy(update={"sha256": sha256_hex(canonical_json(other.document()))})
    adopt(hall.workspace, other, role="Committee", on=DAY, document=tmp_path / "act.pdf")
    found = changes(hall, first, frozen(hall))
    assert found.charter == ("0.2", "0.3")
    assert not found.none
    assert changes(hall, first, first).none


def test_a_pack_frozen_anew_replaces_the_last_one_alone_until_the_session_is_over(hall):
    first = frozen(hall)
    assert frozen(hall) == first, "without anything new it is the same"
    audit(hall, "matchft", {"ratio": "kept"})
    second = frozen(hall)
    assert (second.statement.replaces, frozen(hall)) == (first.entry, second)
    again = {**first.statement.model_dump(exclude={"committee", "role"}), "text": "Another."}
    assert reason(hall.do, FrozenPack, **again) == "not_last"
    hall.do(Closing, of=hall.of, at=START + HOUR)
    audit(hall, "matchft", {"ratio": "watch"})
    with pytest.raises(RefusedError, match="The session is over"):
        frozen(hall)


def test_the_window_examined_last_is_that_of_a_pack_else_that_of_an_audit(hall):
    """A committee looks at what was frozen for it: an audit that came later was examined by nobody."""
    august, september, october, november = (
        Window(dt.date(2026, month, 1), dt.date(2026, month, last))
        for month, last in ((8, 31), (9, 30), (10, 31), (11, 30))
    )
    audit(hall, "matchft", {"ratio": "kept"})
    assert examined(hall.workspace, "matchft")(september) == august  # nothing was frozen yet
    frozen(hall)
    audit(hall, "matchft", {"ratio": "kept"}, start="2026-10-01", end="2026-10-31")
    told = examined(hall.workspace, "matchft")
    assert (told(august), told(october), told(november)) == (None, august, august)
    assert examined(hall.workspace, "chatft")(november) is None
