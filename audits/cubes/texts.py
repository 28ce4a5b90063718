"""Counts of texts by month, part and bucket: adverts with a prohibited criterion, drafts, personal data, missing marks.

A text that could not be read, or of which it is not known whether it went out, is counted as unread.
"""

from __future__ import annotations

from boussole.audits.lake.tables import KEYS, literal, quote, table
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.logs.generations import Generations
from boussole.audits.systems.logs.texts import (
    ADVERTS,
    DRAFTS,
    NUMBERS,
    OUTSIDE,
    PERSONAL,
    UNMARKED,
    UNREAD,
    UNREAD_ADVERTS,
    UNTOLD_MARKS,
    HeldTexts,
    Marking,
    listed,
)
from boussole.audits.systems.model import System


def ready(system: System) -> bool:
    """Whether the system file declares adverts, personal data without a place in texts, or marks."""
    held = system.generations.texts if system.generations is not None else None
    return held is not None and bool(held.adverts or held.personal or held.marking)


def parts(system: System) -> tuple[str, ...]:
    """The parts of which each month that was counted has a row, even of 0."""
    held = _held(system)
    asked = (UNREAD_ADVERTS, ADVERTS, DRAFTS) * bool(held.adverts) + (UNREAD, PERSONAL, OUTSIDE) * bool(held.personal)
    marks = (UNTOLD_MARKS, UNMARKED) if held.marking is not None else ()
    return (*map(held.part, asked), *map(held.mark_part, marks))


def counting(system: System, rows: str) -> str:
    """SQL: the counts of the texts whose days meet a condition."""
    held, seen = _held(system), _seen(system, rows)
    drafted = _section(system).output is not None
    untold = "went IS NULL OR (went AND wording_out IS NULL)"
    unread = f"coalesce(personal_output, personal_sent) IS NULL OR {_untold(held)}"
    numbers = " OR ".join(f"contains(personal_out, {literal(each)})" for each in NUMBERS if each in held.personal)
    asked = {
        ADVERTS: ("advert AND went AND wording_out IS NOT NULL", "wording_out <> ''"),
        DRAFTS: ("advert AND wording_output IS NOT NULL", "wording_output <> ''"),
        UNREAD_ADVERTS: ("advert", f"{untold} OR wording_output IS NULL" if drafted else untold),
        OUTSIDE: ("outside AND went AND personal_out IS NOT NULL", numbers or "false"),
        PERSONAL: (
            "coalesce(personal_output, personal_sent) IS NOT NULL",
            "coalesce(personal_output, '') <> '' OR coalesce(personal_sent, '') <> ''",
        ),
        UNREAD: ("true", unread),
    }
    named = {held.part(name): each for name, each in asked.items()}
    if held.marking is not None:
        named |= {
            held.mark_part(UNMARKED): ("in_scope AND mark IS NOT NULL", "NOT approved"),
            held.mark_part(UNTOLD_MARKS): ("in_scope IS NOT FALSE", "in_scope IS NULL OR mark IS NULL"),
        }
    counted = [
        f"SELECT month, {literal(part)} AS part, bucket, CAST(count(*) FILTER ({among}) AS BIGINT) AS n, "
        f"CAST(count(*) FILTER (({among}) AND ({case})) AS BIGINT) AS cases FROM ({seen}) GROUP BY month, bucket"
        for part, (among, case) in named.items()
        if part in parts(system)
    ]
    everybody = ", ".join(f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in KEYS)
    return f"SELECT *, {everybody} FROM ({' UNION ALL '.join(counted)})"


def _seen(system: System, rows: str) -> str:
    """Return SQL of each text: whether it is an advert and went out, to whom, and what was found in it."""
    section, held = _section(system), _held(system)
    alone = f"CAST(CAST('0x' || left(md5(id), 8) AS BIGINT) % {BUCKETS} AS UTINYINT)"
    bucket = "coalesce(bucket, 0)" if section.team is not None else alone
    said, sent = "nullif(lower(trim(outcome)), '')", "(wording_sent IS NOT NULL OR personal_sent IS NOT NULL)"
    written, edited = (f"{said} IN ({listed(names)})" for names in (held.as_written, held.edited))
    went = f"CASE WHEN {sent} THEN true WHEN {said} IS NOT NULL THEN {written} OR {edited} END"
    out = {
        name: f"coalesce({name}_sent, CASE WHEN {written} THEN {name}_output END)" for name in ("wording", "personal")
    }
    return (
        f"SELECT CAST(date_trunc('month', day) AS DATE) AS month, {bucket} AS bucket, {went} AS went, "
        f"{_among('use', held.adverts)} AS advert, {_among('recipient', held.outside)} AS outside, "
        f"nullif(trim(recipient), '') IS NULL AS nowhere, wording_output, personal_output, personal_sent, "
        f"{out['wording']} AS wording_out, {out['personal']} AS personal_out{_marks(held.marking, went)} "
        f"FROM {table(system, 'generations')} WHERE {rows}"
    )


def _untold(held: HeldTexts) -> str:
    """Return SQL that tells whether it is unknown if something went outside."""
    if not held.outside:
        return "false"
    return "nowhere OR (outside AND (went IS NULL OR (went AND personal_out IS NULL)))"


def _marks(held: Marking | None, went: str) -> str:
    """SQL: whether a text must be marked, NULL where that is not told; its mark; whether it was approved by its day."""
    if held is None:
        return ""
    lists = (("use", held.tasks), ("recipient", held.recipients))
    scope = [
        f"({went})",
        *(f"nullif(lower(trim({column})), '') IN ({listed(names)})" for column, names in lists if names),
    ]
    mark = "nullif(lower(trim(marked)), '')"
    approved = " OR ".join(
        f"({mark} = {literal(name.strip().lower())} AND day >= DATE '{told.approved_on}')"
        for name, told in held.marks.items()
    )
    return f", {' AND '.join(scope)} AS in_scope, {mark} AS mark, coalesce({approved}, false) AS approved"


def _among(column: str, names: list[str]) -> str:
    return f"coalesce(lower(trim({column})) IN ({listed(names)}), false)" if names else "false"


def _section(system: System) -> Generations:
    section = system.generations
    assert section is not None  # noqa: S101 (its log is declared)
    return section


def _held(system: System) -> HeldTexts:
    held = _section(system).texts
    assert held is not None  # noqa: S101 (`ready`)
    return held
