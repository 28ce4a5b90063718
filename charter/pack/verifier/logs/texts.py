"""What was found in texts counted again: adverts with a prohibited criterion, personal data that went outside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from ..buckets import Counted
from ..chances import quantile
from ..groups import Claims
from ..rows import Rows
from ..scores import share_end, wilson
from ..system import System
from .shares import counted, of_months, worth

ADVERTS, OUTSIDE, LOG = "unlawful_adverts_share", "personal_data_outside_share", "generations"
PARTS = {ADVERTS: ("adverts", "drafts", "unread_adverts"), OUTSIDE: ("outside", "personal", "unread")}
MARKS = "unmarked_texts_share"
NEEDS = {ADVERTS: "adverts", OUTSIDE: "personal_kinds", MARKS: "marks"}
USUAL = {"as_written": ["kept", "gardé"], "edited": ["edited", "modifié"]}
DIGITS = 12
WORDING = (255, 222, 255, 222)
"""Held-out adverts that state a criterion, those found; those reported, those rightly."""
KINDS = {
    "NIR": (27, 27, 27, 27),
    "PHONE": (29, 29, 29, 29),
    "EMAIL": (25, 25, 25, 25),
    "IBAN": (23, 23, 23, 23),
    "PERSON": (127, 124, 134, 124),
    "ADDRESS": (24, 21, 22, 21),
    "DATE_OF_BIRTH": (23, 22, 22, 22),
    "FT_ID": (22, 14, 14, 14),
    "HEALTH": (38, 35, 36, 35),
}
"""The same of personal data in held-out texts, by kind."""
NUMBERS = ("NIR", "IBAN")


def held(system: System) -> dict:
    """What texts are held to."""
    return (system.declared.get(LOG) or {}).get("texts") or {}


def of_marks(part: str) -> Callable[[System], str]:
    """The name of a part, which says by a hash what marks are held to."""

    def name(system: System) -> str:
        said = held(system)
        marking = said.get("marking") or {}
        marks = sorted(
            [mark.strip().lower(), str(told["approved_on"])] for mark, told in (marking.get("marks") or {}).items()
        )
        lists = [marking.get("tasks") or [], marking.get("recipients") or []]
        lists += [said.get(key) or USUAL[key] for key in ("as_written", "edited")]
        return _hashed(part, [marks, *(_plain(names) for names in lists)])

    return name


def untold_marks(system: System, rows: Rows) -> Claims:
    """Of how many texts nobody can tell, among how many."""
    unlabelled, every = (sum(side) for side in counted(rows, LOG, of_marks("untold_marks")(system)))
    return {"params.unlabelled": unlabelled, "params.all": every}


def named(part: str) -> Callable[[System], str]:
    """The name of a part, which says by a hash what texts are held to."""

    def name(system: System) -> str:
        said = held(system)
        lists = [
            said.get(key) or USUAL.get(key, []) for key in ("adverts", "as_written", "edited", "outside", "personal")
        ]
        return _hashed(part, [_plain(names) for names in lists])

    return name


def _plain(names: list[str]) -> list[str]:
    return sorted({each.strip().lower() for each in names})


def _hashed(part: str, said: list) -> str:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return f"{part} {hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"


def told(metric: str) -> Callable[[System, Rows], Claims]:
    """What a measure must tell beside its cases: what could not be read, and what was found in all texts."""
    cases, texts, unread = PARTS[metric]

    def claims(system: System, rows: Rows) -> Claims:
        unlabelled, every = (sum(side) for side in counted(rows, LOG, named(unread)(system)))
        found: Claims = {"params.unlabelled": unlabelled, "params.all": every}
        part = named(texts)(system)
        months = of_months(rows, LOG, part)
        if not months or min(months) < system.limit:
            return {**found, "params.detected": None}
        reader, numbers = readers(metric, system)
        k, n = (sum(side) for side in counted(rows, LOG, named(cases)(system)))
        bound = min(1.0, 3 / (n * wilson(numbers[1], numbers[0]).low)) if n and not k else None
        detected = {**_detected(counted(rows, LOG, part), reader), "bound": bound, "numbers": document(numbers)}
        return {**found, "params.detected": detected}

    return claims


def readers(metric: str, system: System) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What the reader of all texts did on held-out ones, and that of cases."""
    if metric == ADVERTS:
        return WORDING, WORDING
    kinds = [*{*(held(system).get("personal") or [])}]
    numbers = [each for each in NUMBERS if each in kinds] or NUMBERS
    return summed(kinds), summed(numbers)


def summed(kinds: list[str] | tuple[str, ...]) -> tuple[int, ...]:
    """The figures of some kinds together."""
    return tuple(sum(KINDS[kind][place] for kind in kinds) for place in range(4))


def document(reader: tuple[int, ...]) -> dict[str, int]:
    """The figures of a reader as a measure tells them."""
    return dict(zip(("annotated", "found", "reported", "right"), reader))


def _detected(found: Counted, reader: tuple[int, ...]) -> dict[str, object]:
    """In how many texts something was found, and in how many there is something at most."""
    flagged, n = sum(found[0]), sum(found[1])
    size, df = worth(found, alike(found), clusters=False)
    high = share_end(flagged / n, size, -quantile(0.975, {"df": df}))
    return {
        "texts": n,
        "flagged": flagged,
        **document(reader),
        "share": min(1.0, flagged / n / (reader[1] / reader[0])),
        "most": min(1.0, high / wilson(reader[1], reader[0]).low),
    }


def alike(found: Counted) -> float:
    """How many independent texts these are worth, if those of a bucket that hold a case come from one template."""
    cases, every = found
    return sum(every) / max(1.0, sum(cases) / max(1, sum(1 for each in cases if each)))
