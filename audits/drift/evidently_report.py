"""Evidently's drift page over two samples: kept small, without usage data, and the same every time."""

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

from boussole.audits.drift.evidently_columns import EvidentlyColumns, fit
from boussole.audits.errors import ReportError

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 10_000_000
FEWEST = 11
SCRIPTS = 4
"""Of Evidently's page: a fifth would be one that came with the data."""
FIRST = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete window[name];"
"""What no content policy can forbid yet (WebRTC) is taken away before anything else runs."""
_ROOM = 1_000_000
"""Bytes of the page that are left for what stands above Evidently's part."""


@dataclass(frozen=True, kw_only=True)
class EvidentlyPage:
    """Evidently's page and the `columns` it was shown; its scripts need a sandboxing policy."""

    html: str
    columns: EvidentlyColumns
    version: str

    def headed(self, header: str, *, title: str) -> str:
        """The page with words of ours (markup) above it. Raises ReportError where it is over `MOST_BYTES`."""
        named = f"<head><script>{FIRST}</script><title>{html.escape(title)}</title>"
        written = self.html.replace("<head>", named, 1).replace("<body>", f"<body>{header}", 1)
        if len(written.encode()) >= MOST_BYTES:
            raise ReportError("the drift page is over 10 MB.", where=title, next_step="Watch fewer `features`.")
        return written


def evidently_page(reference: pd.DataFrame, current: pd.DataFrame, *, fewest: int = FEWEST) -> EvidentlyPage:
    """Let Evidently describe two samples of decisions, in under 10 MB; what it fails on is left out with the reason.

    Raises ReportError when a sample has no rows, or no column can be shown. Source: Evidently 0.7, DataDriftPreset.
    """
    for name, window in (("reference", reference), ("current", current)):
        if not len(window):
            raise ReportError(f"the {name} window has no rows.", next_step="Choose a window that holds decisions.")
    columns, page = _that_work(fit(reference, current, fewest=fewest))
    while len(page.encode()) > MOST_BYTES - _ROOM and len(columns.shown) > 1:
        columns = columns.without(columns.shown[len(columns.shown) // 2 :], "limit")
        page = _page(columns)
    return EvidentlyPage(html=page, columns=columns, version=version("evidently"))


def script_hashes(page: str) -> list[str]:
    """Return the hashes of the scripts of a page, as a content policy names them."""
    found = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL | re.IGNORECASE)
    return [f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in found]


def _that_work(columns: EvidentlyColumns) -> tuple[EvidentlyColumns, str]:
    """The columns that Evidently does not fail on, and its page of them."""
    try:
        if columns.shown:
            return columns, _page(columns)
    except Exception:  # noqa: BLE001 (whatever it is, the other columns are shown)
        columns = columns.without([name for name in columns.shown if not _works(columns, name)], "failed")
    if not columns.shown:
        listed = "; ".join(f"{name}: {reason}" for name, reason in columns.left_out.items())
        raise ReportError(
            f"no column can be compared ({listed or 'there is none'}).",
            next_step="Declare `features` in the system file, or choose windows in which they have values.",
        )
    return columns, _page(columns)


def _works(columns: EvidentlyColumns, name: str) -> bool:
    try:
        _page(columns.without([each for each in columns.shown if each != name], "limit"))
    except Exception:  # noqa: BLE001 (it is told as the reason)
        return False
    return True


def _page(columns: EvidentlyColumns) -> str:
    from evidently.presets import DataDriftPreset

    preset = DataDriftPreset(columns=columns.shown, num_method="wasserstein", cat_method="jensenshannon")
    page = _settled(str(_run(columns, [preset]).get_html_str(as_iframe=False)))
    if len(script_hashes(page)) != SCRIPTS:
        raise ReportError("Evidently's page holds scripts that are not its own.", next_step="Tell who keeps Boussole.")
    return page


def _run(columns: EvidentlyColumns, metrics: Sequence[Any]) -> Any:
    os.environ["DO_NOT_TRACK"] = os.environ["ITERATIVE_DO_NOT_TRACK"] = "1"
    from evidently import DataDefinition, Dataset, Report

    definition = DataDefinition(numerical_columns=list(columns.numbers), categorical_columns=list(columns.words))
    sides = [
        Dataset.from_pandas(side.copy(), data_definition=definition) for side in (columns.current, columns.reference)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of constant columns and the like: what cannot be told has no figure
        return Report(list(metrics), include_tests=False).run(*sides)


_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=metric_)[0-9a-f]{32}")


def _settled(page: str) -> str:
    """The same page with its random names replaced by numbers in their order."""
    known: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"part{len(known)}")

    return _RANDOM.sub(name, page)
