"""Two documents of the same audit compared: every number, every status, every verdict."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from boussole.charter.document import AuditDocument

TOLERANCE = 1e-9
"""Relative: what the same arithmetic may differ by on another machine. Counts and words must be the same."""
TEXTS = ("question", "sentence")
"""What a verdict says in words: compared only where the code is the same."""
WHOLE = ("decisions", "reference", "charter", "left_out", "versions")
"""What is compared of a document besides its figures and verdicts."""
Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RerunDifference:
    """One value that is not the same: of what, which, as stored and as computed again."""

    of: str
    key: str
    stored: Any
    again: Any

    def told(self) -> str:
        """The difference in one line.

        >>> RerunDifference(of="selection_rate/sex=F", key="value", stored=0.5, again=0.25).told()
        'selection_rate/sex=F: value is 0.5, computed again 0.25'
        """
        return f"{self.of}: {self.key} is {_short(self.stored)}, computed again {_short(self.again)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def differences(stored: AuditDocument, again: AuditDocument, *, texts: bool) -> list[RerunDifference]:
    """Where two documents differ in decisions, measures, verdicts and articles. `texts`: their words too."""
    ours, theirs = (_parts(each.written(), () if texts else TEXTS) for each in (stored, again))
    found = []
    for what, name in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get((what, name)), theirs.get((what, name))
        if one is None or other is None:
            there = ("missing" if one is None else "there", "missing" if other is None else "there")
            found.append(RerunDifference(of=name, key=what, stored=there[0], again=there[1]))
        else:
            found += _values(name, "", one, other)
    return found


def _parts(document: Json, left: Collection[str]) -> dict[tuple[str, str], Json]:
    """What is compared, by what it is and its name; of several with the same name, each but the first has a number."""
    together = document.get("accumulated") or {}
    items = [
        ("document", "document", {name: document.get(name) for name in WHOLE}),
        *(("measure", each["id"], each) for each in document["measures"]),
        *(("measure of several windows", each["id"], each) for each in together.get("measures", ())),
        *(("measure", f"{each['id']} over {each['params']['recent']}", each) for each in together.get("recent", ())),
        *(("verdict", f"{each['article']}/{each['indicator']}", each) for each in document["verdicts"]),
        *(("article", each["article"], each) for each in document["articles"]),
        *(("reference", each["attribute"], each) for each in document.get("references", ())),
    ]
    found: dict[tuple[str, str], Json] = {}
    for what, name, item in items:
        key, n = (what, name), 1
        while key in found:
            n += 1
            key = (what, f"{name} ({n})")
        found[key] = _without(item, left)
    return found


def _without(item: Any, keys: Collection[str]) -> Any:
    """The same without some keys, at any depth."""
    if isinstance(item, Mapping):
        return {key: _without(value, keys) for key, value in item.items() if key not in keys}
    return [_without(each, keys) for each in item] if isinstance(item, list | tuple) else item


def _values(of: str, key: str, stored: Any, again: Any) -> Iterator[RerunDifference]:
    if isinstance(stored, Mapping) and isinstance(again, Mapping):
        for name in sorted({*stored, *again}):
            yield from _values(of, f"{key}.{name}" if key else name, stored.get(name), again.get(name))
    elif isinstance(stored, list | tuple) and isinstance(again, list | tuple) and len(stored) == len(again):
        for i, (one, other) in enumerate(zip(stored, again, strict=True)):
            yield from _values(of, f"{key}[{i}]", one, other)
    elif not _same(stored, again):
        yield RerunDifference(of=of, key=key, stored=stored, again=again)


def _same(stored: Any, again: Any) -> bool:
    """Equal and of one type, or numbers of which one is a float at least, within the tolerance.

    >>> _same(1, 1.0), _same(0.1 + 0.2, 0.3), _same(3, 4), _same(True, 1), _same(None, 0.0)
    (True, True, False, False, False)
    """
    if {type(stored), type(again)} in ({float}, {float, int}):
        return math.isclose(stored, again, rel_tol=TOLERANCE, abs_tol=1e-12)
    return type(stored) is type(again) and bool(stored == again)
