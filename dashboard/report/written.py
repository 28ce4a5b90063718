"""What a system that writes wrote in the period of its audit, and what each question of texts comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boussole.audits.decisions.written import WrittenTexts, written_texts
from boussole.audits.errors import NoLakeError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import has_table
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.footprint import FOR_NOTHING, OF_YEAR, PER_TEXT, SPREAD
from boussole.audits.metrics.marking import UNMARKED_SHARE
from boussole.audits.metrics.reworked import HASTY_TEXTS, REWORKED_SHARE
from boussole.audits.metrics.texts import PERSONAL_OUTSIDE, UNLAWFUL_ADVERTS
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.dashboard.markup.words.say import speaker
from boussole.dashboard.report.words import ReportSay, answer_first
from boussole.dashboard.views.answers.asked import indicator_of
from boussole.dashboard.views.answers.short import short_answer, words_in
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system_tables import WrittenView, written

Data = dict[str, Any]
OF_TEXTS = frozenset(
    {
        *(UNLAWFUL_ADVERTS, PERSONAL_OUTSIDE, UNMARKED_SHARE, OUTSIDE_SHARE),
        *(REWORKED_SHARE, HASTY_TEXTS, PER_TEXT, OF_YEAR, FOR_NOTHING, SPREAD),
    }
)
"""What is measured of the log of texts."""
NOTHING: Data = {"header": [], "tasks": [], "facts": []}
LEAST = 3
"""Words of an answer that says something."""


def written_of(workspace: Workspace, latest: Mapping[str, AuditDocument]) -> dict[str, WrittenTexts]:
    """The texts of the period of each audit of a system that only writes, where the workspace holds them."""
    found = {}
    for name, document in latest.items():
        system = workspace.systems.get(name)
        if system is None or not system.only_writes:
            continue
        days = Window(document.window.start, document.window.end)
        try:
            with reading(workspace) as connection:
                held = has_table(connection, system, "generations")
                told = written_texts(connection, system, within=days) if held else None
        except NoLakeError:
            continue
        if told is not None:
            found[name] = told
    return found


def section(
    told: WrittenTexts | None, scene: Scene, name: str, *, anchor: Mapping[str, str], tell: ReportSay
) -> Data | None:
    """The section as the template prints it; None of a system that does not only write, or of which nobody asked
    anything about texts. `anchor`: where each question that stands in the report does, by its verdict."""
    system, document, say = scene.systems.get(name), scene.examined[name], speaker(tell.lang)
    if system is None or not system.only_writes:
        return None
    rows = [_row(scene, name, each, tell) for each in _of_texts(document, anchor)]
    if not rows:
        return None
    found = written(told, system, document, say) if told is not None else None
    return {
        "title": tell("What it writes"),
        **(
            _texts(found, tell)
            if found
            else {**NOTHING, "told": tell("The workspace does not hold the texts of this period any more.")}
        ),
        "answers": tell("What the questions about its texts come to"),
        "rows": [row | {"anchor": anchor[row["anchor"]]} for row in rows],
    }


def _texts(found: WrittenView, tell: ReportSay) -> Data:
    """How many texts, by task, where they ran and what they took, in the words of the page."""
    say = speaker(tell.lang)
    became = [say("Sent as written"), say("Sent, changed"), say("For nothing")] if found.outcomes else []
    ran = say("The log does not say.") if found.ran is None else say.apart(found.ran)
    facts = [[say("Where it ran"), ran], [say("What it took"), found.took]]
    return {
        "told": say("{n} texts, {period}. No text is shown here.", n=found.texts, period=found.period),
        "header": [say("Task"), say("Texts"), *became],
        "tasks": [list(row) for row in found.tasks],
        "facts": [pair for pair in facts if pair[1]],
    }


def _of_texts(document: Standing, anchor: Mapping[str, str]) -> list[VerdictDocument]:
    """The verdicts that rest on texts: counted in their log, or tested with pairs of them."""
    told = [each for each in document.verdicts if each.metric in OF_TEXTS or each.paired is not None]
    return [each for each in told if each.indicator in anchor]


def _row(scene: Scene, name: str, verdict: VerdictDocument, tell: ReportSay) -> Data:
    say, document, charter = speaker(tell.lang), scene.examined[name], scene.charter
    indicator = indicator_of(charter, verdict)
    answer = short_answer(charter, document, verdict, say, system=scene.systems[name], title=scene.title(name, say))
    if words_in(answer) < LEAST:
        answer = tell.text(verdict.sentence)
    return {
        "number": verdict.number or "",
        "name": tell.text(indicator.label) if indicator else "",
        "answer": answer_first(answer)["rest"].strip(),
        "verdict": verdict.verdict,
        "anchor": verdict.indicator,
    }
