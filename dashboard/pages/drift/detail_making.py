"""Evidently's report on two windows: made, stored in the workspace, and handed to MLflow.

The dashboard has it made by a process of its own: Evidently takes seconds to load, and much memory.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.drift import stored
from boussole.audits.drift.evidently_report import script_hashes
from boussole.audits.drift.pairs import Pair, exact_pair
from boussole.audits.drift.report import Detail, detail
from boussole.audits.drift.samples import SAMPLE
from boussole.audits.errors import BoussoleError, ReportError
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import set_apart
from boussole.charter.drift.document import detail_document
from boussole.charter.records import documents_of
from boussole.dashboard.markup.words.say import speaker
from boussole.dashboard.pages.drift.detail_words import header, title

LONGEST = 600
"""Seconds that a report may take."""
_turn = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """A stored report. `sha256`: of its JSON, which holds that of the page; `run`: of MLflow, None where no store is
    configured; `untaken`: why MLflow did not take it."""

    place: stored.StoredReport
    detail: Detail
    sha256: str
    run: str | None
    untaken: str = ""


def make(workspace: Workspace, pair: Pair, *, size: int = SAMPLE) -> StoredReport:
    """Makes the report on a pair, stores it, and logs it to the workspace's MLflow store where there is one.

    Raises ReportError where it cannot be made. That MLflow does not take it is told, and changes nothing else.
    """
    language = workspace.settings.language
    found = detail(workspace, pair, size=size)
    page = found.page.headed(header(found, language), title=title(found, speaker(language)))
    document = detail_document(found).changed(html_sha256=stored.sha256_of(page), scripts=tuple(script_hashes(page)))
    text = json.dumps(document.written(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    place = stored.place_of(workspace, pair.system.id, pair.window, pair.against)
    stored.write(place, html=page, document=text)
    run, untaken = _logged(workspace, place, page, text)
    return StoredReport(place=place, detail=found, sha256=stored.sha256_of(text), run=run, untaken=untaken)


def _logged(workspace: Workspace, place: stored.StoredReport, page: str, text: str) -> tuple[str | None, str]:
    from boussole.experiments.drift_reports import log_drift_report  # takes seconds

    windows = (f"{place.window.start}/{place.window.end}", f"{place.against.start}/{place.against.end}")
    files = {place.html.name: page, place.json.name: text}
    try:
        return log_drift_report(
            workspace, system=place.system, windows=windows, files=files, sha256=stored.sha256_of(text)
        ), ""
    except BoussoleError as error:
        return None, str(error)


def make_apart(workspace: Workspace, system: str, window: Window, against: Window) -> stored.StoredReport:
    """Makes the report in another process, one at a time. Raises ReportError with its reason where it cannot be
    made."""
    words = [str(workspace.home), system, *map(str, (window.start, window.end, against.start, against.end))]
    with _turn:
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__, *words],
                check=False,
                capture_output=True,
                text=True,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired as error:
            raise ReportError(
                "the report took too long.", where=f"system '{system}'", next_step="Try `boussole drift`."
            ) from error
    told = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not told:
        raise ReportError(
            "the report could not be made.", where=f"system '{system}'", next_step="`boussole drift --debug` says why."
        )
    answer = json.loads(told)
    if "what" in answer:
        raise ReportError(answer["what"], where=answer["where"], next_step=answer["next_step"])
    return stored.place_of(workspace, system, window, against)


def main(words: Sequence[str]) -> None:
    """Makes one report, and prints what came of it as JSON."""
    home, system, *days = words
    start, end, other_start, other_end = map(dt.date.fromisoformat, days)
    os.nice(5)
    try:
        workspace = Workspace(Path(home))
        chosen = workspace.system(system)
        pair = exact_pair(
            workspace,
            chosen,
            window=Window(start, end),
            against=Window(other_start, other_end),
            apart=set_apart(workspace, chosen, documents_of(workspace, system)),
        )
        answer = {"name": make(workspace, pair).place.name}
    except BoussoleError as error:
        answer = {"what": error.what, "where": error.where, "next_step": error.next_step}
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
