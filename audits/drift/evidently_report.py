"""Evidently's drift page on samples of two windows: kept small, silent, and the same every time.

Evidently sends usage data unless `DO_NOT_TRACK` is set before its import, and takes seconds to import.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np

from boussole.audits.cubes.update import sealed_months
from boussole.audits.drift.pairs import WindowPair
from boussole.audits.errors import ReportError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import days_sql, describe, literal, quote, table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SAMPLE = 10_000
"""Decisions of each window that Evidently sees: its page grows with rows and columns."""
SEED = "boussole/drift/1"
"""What stands before an id when it is hashed."""
MOST_COLUMNS = 20
MOST_VALUES = 30
"""Different words of a column; those that fewer rows have count together."""
LONGEST = 60
"""Characters of a name or a word that are shown."""
LARGEST = 1e100
"""Numbers beyond it overflow once they are squared: Evidently would answer 0 for their distance, or not at all."""
MOST_BYTES = 10_000_000
SCRIPTS = 4
"""Of Evidently's page: a fifth would be one that came with the data."""
FIRST = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete window[name];"
"""What no content policy can forbid yet (WebRTC) is taken away before anything else runs."""
SHOWN_FIRST = ("decision", "score")


@dataclass(frozen=True, kw_only=True)
class EvidentlyReport:
    """Evidently's page on a pair of windows; `drawn`: decisions of the samples of the window and of the other one.

    The page runs scripts: it is to be served under a sandboxing policy.
    """

    pair: WindowPair
    drawn: tuple[int, int]
    columns: Sequence[str]
    left_out: Sequence[str]
    html: str
    version: str

    def headed(self, header: str, *, title: str) -> str:
        """The page with words of ours (markup) above it. Raises ReportError where it is over `MOST_BYTES`."""
        named = f"<head><script>{FIRST}</script><title>{html.escape(title)}</title>"
        written = self.html.replace("<head>", named, 1).replace("<body>", f"<body>{header}", 1)
        if len(written.encode()) >= MOST_BYTES:
            raise ReportError("the drift page is over 10 MB.", where=title, next_step="Watch fewer `features`.")
        return written


def evidently_report(workspace: Workspace, pair: WindowPair, *, size: int = SAMPLE) -> EvidentlyReport:
    """What Evidently says of samples of at most `size` decisions of both windows.

    It is shown the decision, the score and the features that moved most, 20 columns at most; neither identifiers nor
    groups, since nothing of its page is suppressed. Raises ReportError where rows were purged, where a row stands for
    several decisions, and where no column can be compared.
    Source: Evidently 0.7, Report and DataDriftPreset.
    """
    with reading(workspace) as connection:
        current, reference = (draw(connection, pair.system, each, size=size) for each in (pair.window, pair.against))
    moved = {(m.group or ("",))[0]: m.value for m in pair.measures if m.metric == "psi" and m.value is not None}
    order = sorted(current.columns, key=lambda name: (name not in SHOWN_FIRST, -moved.get(name, -1.0)))
    columns, page = page_of(reference[order], current[order], fewest=pair.system.privacy.suppress_below)
    return EvidentlyReport(
        pair=pair,
        drawn=(len(current), len(reference)),
        columns=columns,
        left_out=[name for name in order if name not in columns],
        html=page,
        version=version("evidently"),
    )


def page_of(reference: pd.DataFrame, current: pd.DataFrame, *, fewest: int) -> tuple[list[str], str]:
    """The columns of two samples that Evidently can draw, and its page of them. Raises ReportError for none."""
    found = fit(reference, current, fewest=fewest)
    try:
        page = _page(found) if found else ""
    except Exception as error:
        if isinstance(error, ReportError):
            raise
        found = {name: sides for name, sides in found.items() if _works({name: sides})}
        page = _page(found) if found else ""
    if not found:
        raise ReportError(
            f"no column can be compared ({', '.join(current.columns[:MOST_COLUMNS])}).",
            next_step="Declare `features` in the system file, or choose windows in which they have values.",
        )
    return list(found), page


def draw(connection: duckdb.DuckDBPyConnection, system: System, window: Window, *, size: int = SAMPLE) -> pd.DataFrame:
    """A simple random sample of the decisions of a window: those whose hashed ids come first, so that anybody who
    holds the log draws it again. Columns: what was decided, the score and the features.

    Raises ReportError where rows are gone, where they stand for several decisions, and where there is nothing to show.
    """
    where = f"system '{system.id}'"
    if gone := sealed_months(connection, system, within=window):
        raise ReportError(
            f"the rows of {', '.join(f'{month:%Y-%m}' for month in gone)} were purged: there is nothing left to draw "
            f"a sample of {window.start}/{window.end} from.",
            where=where,
            next_step="The exact distances stay, since they rest on counts: give --no-report, or see the drift page.",
        )
    if system.log.weight:
        raise ReportError(
            "its rows stand for several decisions each, of which Evidently can be shown no sample.",
            where=where,
            next_step="Give --no-report: the exact distances count every decision.",
        )
    present = describe(connection, table(system, "decisions"))
    names = {name: quote(f"f_{name}") for name in system.watched if f"f_{name}" in present}
    names |= {"score": "score"} if system.log.score else {}
    names |= {"decision": "CAST(decision AS VARCHAR)"} if system.decides else {}
    if not names:
        raise ReportError(
            "its log has no decision, no score and no `features`: there is nothing to show Evidently.",
            where=where,
            next_step="Declare `features` or a score, or give --no-report.",
        )
    columns = ", ".join(f"{sql} AS {quote(name)}" for name, sql in names.items())
    return connection.execute(
        f"SELECT {columns} FROM {table(system, 'decisions')} WHERE {days_sql(window)} "
        f"ORDER BY sha256({literal(SEED)} || id), id LIMIT {size:d}"
    ).df()


Sides = tuple["pd.Series", "pd.Series"]


def fit(reference: pd.DataFrame, current: pd.DataFrame, *, fewest: int) -> dict[str, Sides]:
    """The first `MOST_COLUMNS` columns that both samples can be compared by, as Evidently can draw them.

    Numbers: infinite ones become missing. Words: shortened, and those under `fewest` rows of both samples together, or
    beyond the `MOST_VALUES` most frequent, become one. No text can close the script that Evidently writes it into.
    """
    found: dict[str, Sides] = {}
    for name in current.columns:
        sides = [side[name].replace([np.inf, -np.inf], np.nan) for side in (reference, current)]
        numeric = [side.dtype.kind in "iuf" for side in sides]
        if any(side.isna().all() for side in sides) or len(set(numeric)) > 1 or len(found) == MOST_COLUMNS:
            continue
        if all(numeric):
            if max(side.abs().max() for side in sides) <= LARGEST:
                found[name] = (sides[0].astype(float), sides[1].astype(float))
        else:
            found[name] = _pooled(sides, fewest)
    return found


def safe(text: str) -> str:
    """A text that can stand in a script and on a page, not too long.

    >>> safe("</script>"), len(safe("x" * 999))
    ('‹/script>', 60)
    """
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text).replace("<", "‹")
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def _pooled(sides: Sequence[pd.Series], fewest: int) -> Sides:
    import pandas as pd

    texts = [side.map(lambda value: safe(str(value))).where(side.notna(), "?") for side in sides]
    counts = pd.concat(texts).value_counts()
    known = counts[counts >= fewest]
    ordered = sorted(known.index, key=lambda value: (-known[value], value))[:MOST_VALUES]
    first, second = (text.where(text.isin(ordered), "…").astype(object) for text in texts)
    return first, second


def script_hashes(page: str) -> list[str]:
    """The hashes of the scripts of a page, as a content policy names them: no other script runs in it.

    >>> script_hashes("<p>1</p><script>alert('Hello, world.');</script>")
    ['sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=']
    """
    found = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL | re.IGNORECASE)
    return [f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in found]


def _works(found: dict[str, Sides]) -> bool:
    try:
        _page(found)
    except Exception:  # noqa: BLE001 (whatever it is, the other columns are shown)
        return False
    return True


def _page(found: dict[str, Sides]) -> str:
    import pandas as pd

    shown: dict[str, Sides] = {}
    for number, (name, pair) in enumerate(found.items(), 1):
        short = safe(name)
        shown[f"{short[:50]} ({number})" if short in shown else short] = pair
    sides = [pd.DataFrame({name: pair[at].to_numpy() for name, pair in shown.items()}) for at in (0, 1)]
    page = _settled(str(_run(*sides).get_html_str(as_iframe=False)))
    if len(script_hashes(page)) != SCRIPTS:
        raise ReportError("Evidently's page holds scripts that are not its own.", next_step="Tell who keeps Boussole.")
    return page


def _run(reference: pd.DataFrame, current: pd.DataFrame) -> Any:
    os.environ["DO_NOT_TRACK"] = os.environ["ITERATIVE_DO_NOT_TRACK"] = "1"
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    numbers = [name for name in current if current[name].dtype.kind == "f"]
    words = [name for name in current if name not in numbers]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=words)
    sides = [Dataset.from_pandas(side, data_definition=definition) for side in (current, reference)]
    preset = DataDriftPreset(columns=list(current), num_method="wasserstein", cat_method="jensenshannon")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of constant columns and the like: what cannot be told has no figure
        return Report([preset], include_tests=False).run(*sides)


_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=metric_)[0-9a-f]{32}")


def _settled(page: str) -> str:
    """The same page with its random names replaced by numbers in their order."""
    known: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"part{len(known)}")

    return _RANDOM.sub(name, page)
