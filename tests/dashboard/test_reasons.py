"""Every reason for which a row is set aside, and every note on how one is read, is said in the reader's language."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import get_args

import pytest

from boussole import audits
from boussole.audits.decisions.overview import SchemaChangeCount
from boussole.audits.decisions.report import ChangeKind
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs import LOG_TYPES
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.data.blocks import reason_words
from boussole.dashboard.pages.data.sources import change_words

VALUES = {"year": 1990, "limit": "1,000", "low": "0", "high": "1", "why": "too many columns (2 lines)", "value": "#N/A"}
NOT_KEPT = ("sensitive_column", "sensitive_unclear")
"""Told by the import alone."""
ENGLISH = re.compile(r"\b(the|is|not|of|and|it|was|there|which)\b", re.IGNORECASE)
SOURCE = Path(audits.__file__).parent


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_is_known_again_and_said_in_both_languages(reason: Reason) -> None:
    told = reason.told(**VALUES)
    assert Reason.of(told) is reason
    english, french = reason_words(told, speaker("en")), reason_words(told, speaker("fr"))
    for one, other in zip(english, french, strict=True):
        assert one != other
        assert one
        assert other.endswith(".")
        assert not ENGLISH.search(re.sub(r"`[^`]+`", "", other)), other
    assert english[0] != told


@pytest.mark.parametrize("kind", [kind for kind in get_args(ChangeKind) if kind not in NOT_KEPT])
def test_each_note_is_said_in_both_languages(kind: ChangeKind) -> None:
    moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    noted = SchemaChangeCount(log="decisions", kind=kind, column="c", detail="text -> date", times=1, last=moment)
    english, french = change_words(noted, speaker("en")), change_words(noted, speaker("fr"))
    for one, other in zip(english, french, strict=True):
        assert one != other
        assert one
        assert not ENGLISH.search(re.sub(r"`[^`]+`", "", other)), other


def test_no_reason_is_written_elsewhere() -> None:
    """A row is set aside for a `Reason` alone: types hold the code to it, this test the SQL."""
    texts = {reason.value for reason in Reason}
    found = [
        f"{path.relative_to(SOURCE)}: {text}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path.name != "reasons.py"
        for text in texts
        if f'"{text}"' in path.read_text(encoding="utf-8")
    ]
    assert not found
    writers = [path for path in SOURCE.rglob("*.py") if "INTO rejected" in path.read_text(encoding="utf-8")]
    assert writers
    for path in writers:
        for line in re.findall(r"INTO rejected[^\n]*(?:\n[^\n]*)?", path.read_text(encoding="utf-8")):
            assert "eason" in line or "?" in line, (path.name, line)


def test_whatever_must_be_there_has_a_reason_of_its_own() -> None:
    """Identifiers are asked for by their role (`contracts.sections`)."""
    roles = {read.role for log in LOG_TYPES.values() for read in log.reads if read.how in ("person", "keyed")}
    assert roles
    assert all(f"{role.upper()}_MISSING" in Reason.__members__ for role in roles)
