"""System files and audit documents of tests: the lines that every one of them needs, in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.document.left_out import LeftOut
from boussole.charter.drift.rule import CUSTOMARY, FEATURES, SCORE, DriftLevel, DriftRule
from boussole.charter.record_types.kinds import Finding, KeptFile
from boussole.charter.records import AuditSummary

CUBES = f"sha256:{'ab' * 32}"
EVIDENCE = {"cubes": CUBES, "rows": CUBES, "system": CUBES, "statements": 0}
LETTER = KeptFile(sha256="ab" * 32, name="letter.pdf", size=3)
LEFT_OUT: dict[str, Any] = {
    "rows": 8,
    "counted": 8,
    **dict.fromkeys(("set_aside", "undated", "discarded", "excluded", "other_periods", "share"), 0),
    "limit": None,
    "limited": False,
    "by_reason": [],
}
HEAD = """\
id: {id}
kind: {kind}
title: {title}
purpose: {{fr: Essai, en: Trial}}
owner: Steward
status: pilot
risk: high
"""


def system_text(id: str, rest: str, *, kind: str = "selection", title: str = "{fr: Essai, en: Trial}") -> str:  # noqa: A002 (the key's own name)
    """The text of a system file: what it is, then the lines that a test is about."""
    return HEAD.format(id=id, kind=kind, title=title) + rest.lstrip("\n")


def written_workspace(home: Path, text: str, *, fixed_keys: bool = False) -> Workspace:
    """A workspace with one system, by the text of its file; with fixed keys, people fall into the same buckets."""
    made = Workspace.create(home)
    name = text.split("id: ", 1)[1].split(maxsplit=1)[0]
    (home / "systems" / f"{name}.yaml").write_text(text, encoding="utf-8")
    if fixed_keys:
        for key in ("pseudonym", "bucket"):
            (made.keys / f"{key}.key").write_bytes(b"k" * 32)
    return Workspace(home)


def writing_system(generations: Mapping[str, Any]) -> System:
    """A system that writes texts, with what its log of them says."""
    head = {"id": "writer", "kind": "generation", "title": {"en": "Quill", "fr": "Plume"}}
    head |= {"purpose": {"en": "Writes.", "fr": "Écrit."}, "owner": "Direction", "status": "pilot"}
    return System.model_validate({**head, "risk": "limited", "risk_reason": "x", "generations": generations})


CALLS = system_text(
    "calls",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: contacted, selected: [true], not_selected: [false]}
groups:
  gender: {column: gender, reference: M}
windows: {audit: all}
""",
)


def audit_document(system: str, *, start: str, end: str, **more: Any) -> dict[str, Any]:
    """An audit as it is sealed, with one measure; `more` takes the place of what it has, or adds to it.

    Measures, verdicts and articles may be given by what a test is about alone.
    """
    made = {
        "schema": "boussole.audit/1",
        "system": system,
        "window": {"start": start, "end": end, "timezone": "Europe/Paris"},
        "reference": None,
        "as_of": end,
        "snapshot": 0,
        "evidence": EVIDENCE,
        "code": f"sha256:{'cd' * 32}",
        "rule": 1,
        "method": 1,
        "decisions": 8,
        "left_out": LEFT_OUT,
        "measures": [{"value": 0.5}],
        "verdicts": [],
        "articles": [],
    } | more
    charter = {"id": "boussole", "version": "1.0", "sha256": "c1" * 32, "adopted_before_window": True}
    return made | {
        "charter": charter | more.get("charter", {}),
        "evidence": EVIDENCE | made["evidence"],
        "measures": [measure(**each) for each in made["measures"]],
        "verdicts": [verdict(**each) for each in made["verdicts"]],
        "articles": [{"answered": 0, "asked": 0} | each for each in made["articles"]],
    }


def audited(system: str = "s", *, start: str = "2026-07-01", end: str = "2026-07-31", **more: Any) -> AuditDocument:
    """The same, read."""
    return AuditDocument.of(audit_document(system, start=start, end=end, **more))


def summary(system: str, start: dt.date, end: dt.date, **more: Any) -> AuditSummary:
    """An audit in short, without verdicts and measures but for those that are given."""
    rest: dict[str, Any] = {name: [] for name in ("articles", "verdicts", "measures")}
    known: dict[str, Any] = {"entry": 1, "as_of": end, "statements": 0, "decisions": 9, "charter": "a" * 64}
    left_out = LeftOut.model_validate(LEFT_OUT)
    return AuditSummary(system=system, start=start, end=end, left_out=left_out, **(known | rest | more))


def finding(**more: Any) -> Finding:
    """What an authority found of security on 22 January 2026."""
    values = {"role": "Secretariat", "on": dt.date(2026, 1, 22), "authority": "CNIL", "title": "SAN-2026-003"}
    about = {"articles": ["securite"], "cap": "broken", "document": LETTER}
    return Finding(**(values | about | more))


def measure(**given: Any) -> dict[str, Any]:
    """A measure as it is sealed: what is not given is as in most."""
    known = given.get("value") is not None
    made = {
        "id": "selection_rate",
        "metric": str(given.get("id", "selection_rate")).partition("/")[0],
        "by": list(given.get("group") or ()),
        "group": None,
        "given": {},
        "value": None,
        "status": "ok" if known else "undefined",
        "reason": None if known else "zero_denominator",
        "n": None,
        "clusters": None,
        "interval": None,
        "params": {},
    } | given
    return made | {"interval": made["interval"] and {"level": 0.95, "method": "wilson"} | made["interval"]}


def verdict(**given: Any) -> dict[str, Any]:
    """A verdict as it is sealed: what is not given is as in most."""
    made = {
        "article": "a",
        "indicator": "q",
        "template": given.get("indicator", "q"),
        "number": None,
        "evidence": "measured",
        "verdict": "unknown",
        "comparisons": [],
        **dict.fromkeys(("statement", "cases", "dates", "counted", "logged", "threshold")),
        "reason": "no_comparison",
        "question": {"en": "Is it?"},
        "sentence": {"en": "We cannot tell."},
    } | given
    threshold = made["threshold"] and {"status": None, "since": None, "post_hoc": None} | made["threshold"]
    compared = [{"share": None, "interval": None} | each for each in made["comparisons"]]
    return made | {"threshold": threshold, "comparisons": compared}


def sample(
    columns: Mapping[str, Any],
    groups: Mapping[str, str | None] | Iterable[str],
    *,
    intersections: Iterable[Iterable[str]] = (),
    kind: str = "selection",
    **more: Any,
) -> System:
    """A system that is only made of its columns and groups (with their references, if any)."""
    references = groups if isinstance(groups, Mapping) else dict.fromkeys(groups)
    head = {"id": "sample", "kind": kind, "title": {"en": "Sample"}, "purpose": {"en": "Tests"}, "owner": "tester"}
    compared = {name: {"column": name, "reference": reference} for name, reference in references.items()}
    crossed = [list(names) for names in intersections]
    rest = {"status": "pilot", "risk": "high", "columns": columns, "groups": compared, "intersections": crossed}
    return System.model_validate({**head, **rest, **more})


def declaring(system: System, **values: Iterable[str]) -> System:
    """The same system, whose groups declare all values that they have: documents name each, whoever has it."""
    groups = {
        name: group.model_copy(update={"values": {key: {} for key in values[name]}}) if name in values else group
        for name, group in system.groups.items()
    }
    return system.model_copy(update={"groups": groups})


def drift_rule(watch: float = CUSTOMARY, breach: float | None = None) -> DriftRule:
    """What a charter of monthly looks at 5 % asks, each distance held to the same level (0.1, if none is given)."""
    return DriftRule(
        alpha=0.05, looks=12, levels=dict.fromkeys((FEATURES, SCORE), DriftLevel(watch=watch, breach=breach))
    )
