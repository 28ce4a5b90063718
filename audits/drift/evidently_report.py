"""Evidently's drift page over two samples of rows, kept small and silent.

Evidently sends usage data unless `DO_NOT_TRACK` is set before its import, and its page grows with columns × rows.
It takes seconds to import, so it is imported on use. Its own PSI ignores its bins: the page shows Wasserstein and
Jensen-Shannon distances, and Boussole's exact figures stand beside it.
"""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from audits.errors import ReportError

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 20
MOST_ROWS = 5_000
MOST_VALUES = 50
MOST_BYTES = 10_000_000

_WORDS = {
    "fr": (
        "Échantillon d’au plus {rows} lignes par période. Les chiffres exacts sont dans Boussole.",
        "Colonnes laissées de côté ({columns} au plus, vides ou à trop de valeurs)\u202f: {names}.",
    ),
    "en": (
        "A sample of at most {rows} rows per window. The exact figures are in Boussole.",
        "Columns left out ({columns} at most, empty, or with too many values): {names}.",
    ),
}


def write_report(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    path: Path,
    title: str,
    language: Literal["fr", "en"] = "fr",
) -> Path:
    """Write Evidently's data drift page of two windows to `path`, one file under 10 MB, and return `path`.

    Columns: those of both frames, in their order, at most `MOST_COLUMNS`; columns without any value
    in a window, and words with over `MOST_VALUES` different values, are left out and named on the page. Rows: at
    most `MOST_ROWS` of each window, evenly spaced. The page runs scripts: serve it under a sandboxing policy.

    Raises ReportError when a window has no rows, when no column can be shown, or when the page is too large.
    Source: Evidently 0.7, Report and DataDriftPreset.
    """
    for name, window in (("reference", reference), ("current", current)):
        if not len(window):
            raise ReportError(f"the {name} window has no rows.", next_step="Choose a window that holds decisions.")
    shared = [str(name) for name in reference.columns if name in current.columns]
    numbers, words = _kinds(reference, current, shared)
    kept = [name for name in shared if name in numbers or name in words][:MOST_COLUMNS]
    if not kept:
        raise ReportError("no column has values in both windows.", next_step="Declare `features` in the system file.")
    numbers, words = ([name for name in kept if name in names] for names in (numbers, words))
    frames = [_prepared(window, numbers, words) for window in (reference, current)]
    page = _page(frames, numbers, words)
    notice = _notice(title, [name for name in shared if name not in kept], language)
    written = page.replace("<body>", f"<body>{notice}", 1).replace("<title>", f"<title>{html.escape(title)} ", 1)
    if len(written.encode()) > MOST_BYTES:
        raise ReportError("the drift page is over 10 MB.", where=title, next_step="Watch fewer `features`.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written, encoding="utf-8")
    return path


def _kinds(reference: pd.DataFrame, current: pd.DataFrame, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Columns of numbers, and columns of words with few values; neither is empty in a window."""
    numbers, words = [], []
    for name in names:
        both = (reference[name], current[name])
        if not all(column.notna().any() for column in both):
            continue
        if all(column.dtype.kind in "iuf" for column in both):
            numbers += [name] if all(np.isfinite(column.astype(float)).any() for column in both) else []
        elif len({str(value) for column in both for value in column.dropna().unique()}) <= MOST_VALUES:
            words.append(name)
    return numbers, words


def _prepared(window: pd.DataFrame, numbers: Sequence[str], words: Sequence[str]) -> pd.DataFrame:
    rows = np.unique(np.linspace(0, len(window) - 1, min(len(window), MOST_ROWS)).round().astype(int))
    sample = window.iloc[rows][[*numbers, *words]].reset_index(drop=True)
    for name in numbers:
        sample[name] = sample[name].astype(float).replace([np.inf, -np.inf], np.nan)
    for name in words:
        # Evidently writes values into a script as they are: no value may close it.
        sample[name] = sample[name].map(lambda value: str(value).replace("<", "‹")).where(sample[name].notna(), "?")
    return sample


def _page(frames: Sequence[pd.DataFrame], numbers: list[str], words: list[str]) -> str:
    """The page as Evidently writes it, with its usage reports switched off before it is imported."""
    os.environ["DO_NOT_TRACK"] = os.environ["ITERATIVE_DO_NOT_TRACK"] = "1"
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    definition = DataDefinition(numerical_columns=numbers, categorical_columns=words)
    reference, current = (Dataset.from_pandas(frame, data_definition=definition) for frame in frames)
    preset = DataDriftPreset(columns=[*numbers, *words], num_method="wasserstein", cat_method="jensenshannon")
    snapshot: Any = Report([preset]).run(current, reference)
    return str(snapshot.get_html_str(as_iframe=False))


def _notice(title: str, left_out: Sequence[str], language: Literal["fr", "en"]) -> str:
    sample, columns = _WORDS[language]
    sentences = [sample.format(rows=MOST_ROWS)]
    if left_out:
        sentences.append(columns.format(columns=MOST_COLUMNS, names=", ".join(left_out)))
    words = html.escape(" ".join(sentences))
    return f'<header lang="{language}"><h1>{html.escape(title)}</h1><p>{words}</p></header>'
