"""What is said of a system that only writes and whose file holds texts to nothing, as a document `boussole.texts/1`."""

from __future__ import annotations

import datetime as dt

from boussole.audits.counts.texts import days_of_texts
from boussole.audits.lake import quote, reading
from boussole.audits.lake.tables import table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, choose_window
from boussole.audits.workspace import Workspace
from boussole.charter.document import WindowOfAudit
from boussole.charter.document.texts import SCHEMA, CharterOfTexts, TextsDocument
from boussole.charter.judging.by_article import summarise
from boussole.charter.judging.verdicts import judge
from boussole.charter.records.facts import facts_of
from boussole.charter.records.in_force import in_force


def texts_document(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
) -> TextsDocument:
    """The texts of a window, by default all, and what is said of them; raises BoussoleError where no text came in."""
    as_of = as_of or dt.datetime.now(system.zone).date()
    window, texts = _counted(workspace, system, start, end)
    judging = in_force(workspace)
    facts, charter = facts_of(workspace, as_of=as_of, adopted=judging.adopted), judging.charter
    verdicts = judge(charter, system, None, window_start=window.start, window_end=window.end, facts=facts)
    return TextsDocument(
        schema_=SCHEMA,
        system=system.id,
        window=WindowOfAudit(start=window.start, end=window.end, timezone=system.timezone),
        as_of=as_of,
        charter=CharterOfTexts(id=charter.id, version=charter.version, sha256=charter.sha256),
        texts=texts,
        measures=(),
        verdicts=tuple(verdicts),
        articles=tuple(summarise(charter, verdicts, system=system.id, facts=facts)),
    )


def _counted(workspace: Workspace, system: System, start: dt.date | None, end: dt.date | None) -> tuple[Window, int]:
    held, day = table(system, "generations"), quote("day")
    with reading(workspace) as connection:
        days = days_of_texts(connection, system)
        window = choose_window(system, days, start=start, end=end)
        inside = f"SELECT count(*) FROM {held} WHERE {day} BETWEEN ? AND ?"
        found = connection.execute(inside, [window.start, window.end]).fetchone()
    return window, int(found[0]) if found else 0
