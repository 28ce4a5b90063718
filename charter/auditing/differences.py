"""Two audit documents of the same audit, held side by side: every number, every status, every verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.charter.document import AuditDocument

TOLERANCE = 1e-9
"""Relative: what the same arithmetic may differ by on another machine. Counts and words must be the same."""
TEXTS = ("question", "sentence")
"""What a verdict says in words: compared only where the code is the same."""
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


def differences(stored: AuditDocument, again: AuditDocument, *, texts: bool) -> list[RerunDifference]:
    """Where two documents differ in decisions, measures, verdicts and articles. `texts`: their words too."""
    return _differences(stored.written(), again.written(), texts=texts)


def _differences(stored: Json, again: Json, *, texts: bool) -> list[RerunDifference]:
    found = [
        difference
        for key in ("decisions", "reference", "charter", "left_out", "versions")
        for difference in _values("document", key, stored.get(key), again.get(key))
    ]
    found += _listed(stored["measures"], again["measures"], "measure", ("id",))
    together = [document.get("accumulated") or {"measures": []} for document in (stored, again)]
    found += _listed(together[0]["measures"], together[1]["measures"], "measure", ("id",))
    found += _listed(_recent(together[0]), _recent(together[1]), "measure", ("id",))
    left = () if texts else TEXTS
    ours, theirs = ([_without(each, left) for each in document["verdicts"]] for document in (stored, again))
    found += _listed(ours, theirs, "verdict", ("article", "indicator"))
    found += _listed(stored["articles"], again["articles"], "article", ("article",))
    found += _listed(_told(stored, left), _told(again, left), "reference", ("attribute",))
    return found


def _recent(together: Json) -> list[Json]:
    return [{**each, "id": f"{each['id']} over {each['params']['recent']}"} for each in together.get("recent", [])]


def _told(document: Json, left: Sequence[str]) -> list[Json]:
    """The references that changed answers; a document has the key only where there are some."""
    found = document.get("references", [])
    return [{**each, "answers": [_without(answer, left) for answer in each["answers"]]} for each in found]


def _listed(stored: Sequence[Json], again: Sequence[Json], what: str, keys: Sequence[str]) -> Iterator[RerunDifference]:
    """Items by what names them, whatever their order; those that are only on one side are told as such."""
    ours, theirs = ({"/".join(str(item[key]) for key in keys): item for item in items} for items in (stored, again))
    if len(ours) < len(stored):
        yield RerunDifference(of=f"{what}s", key="number of names", stored=len(stored), again=len(ours))
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        if name not in ours or name not in theirs:
            there = "there" if name in ours else "missing", "missing" if name in ours else "there"
            yield RerunDifference(of=name, key=what, stored=there[0], again=there[1])
        else:
            yield from _values(name, what, ours[name], theirs[name])


def _values(of: str, key: str, stored: Any, again: Any) -> Iterator[RerunDifference]:
    if isinstance(stored, Mapping) and isinstance(again, Mapping):
        for name in sorted({*stored, *again}):
            yield from _values(of, name if key in _WHOLE else f"{key}.{name}", stored.get(name), again.get(name))
    elif isinstance(stored, list | tuple) and isinstance(again, list | tuple) and len(stored) == len(again):
        for i, (one, other) in enumerate(zip(stored, again, strict=True)):
            yield from _values(of, f"{key}[{i}]", one, other)
    elif not _same(stored, again):
        yield RerunDifference(of=of, key=key, stored=stored, again=again)


_WHOLE = ("measure", "verdict", "article", "reference")


def _same(stored: Any, again: Any) -> bool:
    """Equal, or floats (one of them at least) within the tolerance.

    >>> _same(1, 1.0), _same(0.1 + 0.2, 0.3), _same(3, 4), _same(True, 1), _same(None, 0.0)
    (True, True, False, False, False)
    """
    if isinstance(stored, bool) or isinstance(again, bool) or not _numbers(stored, again):
        return type(stored) is type(again) and bool(stored == again)
    if isinstance(stored, int) and isinstance(again, int):
        return stored == again
    return math.isclose(stored, again, rel_tol=TOLERANCE, abs_tol=1e-12)


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _without(document: Json, keys: Sequence[str]) -> Json:
    return {key: value for key, value in document.items() if key not in keys}


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
