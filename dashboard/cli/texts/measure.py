"""`boussole texts measure`: recall and precision of the detectors on texts that somebody annotated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from boussole.audits import regular
from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import put

Labelled = tuple[str, int, int]
CRITERION, ENTITY = "criterion", "entity"


def measure(
    file: Annotated[
        Path, typer.Argument(help='JSON lines {"text", "findings": [{"criterion" or "entity", "start", "end"}]}.')
    ],
) -> None:
    """Measure `texts check` on annotated adverts, or `texts personal` on texts annotated with entities: recall and
    precision, with 95 % Wilson intervals.

    A table in Markdown: of whole texts first (something is found where something is annotated, nothing elsewhere), then
    by criterion or entity, where spans overlap.
    """
    from boussole.audits.texts.measuring import agreements

    texts = _annotated(file)
    label = ENTITY if any(ENTITY in each for text in texts for each in text["findings"]) else CRITERION
    _hold_label(texts, label, file)
    put("| | annotated | found | recall | reported | right | precision |\n|---|---|---|---|---|---|---|")
    for row in agreements(texts, _entities if label == ENTITY else _criteria, label=label):
        recall, precision = _told(row.recall()), _told(row.precision())
        put(f"| {row.label} | {row.annotated} | {row.found} | {recall} | {row.reported} | {row.right} | {precision} |")


def _criteria(text: str) -> list[Labelled]:
    from boussole.audits.texts.checking import check_text

    return [(each.criterion, each.start, each.end) for each in check_text(text).findings]


def _entities(text: str) -> list[Labelled]:
    from boussole.audits.texts.personal.detector import find

    return [(each.entity, each.start, each.end) for each in find(text)]


def _hold_label(texts: Sequence[Mapping[str, Any]], label: str, file: Path) -> None:
    """Raises BoussoleError where a finding lacks the label that others have."""
    for number, text in enumerate(texts, start=1):
        if any(label not in each for each in text["findings"]):
            raise BoussoleError(
                f"line {number} has a finding without '{label}'.",
                where=str(file),
                next_step="Name one in each finding.",
            )


def _annotated(file: Path) -> list[dict[str, Any]]:
    """The annotated texts of a file. Raises BoussoleError, which names the line."""
    try:
        lines = regular.read_text(file).split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BoussoleError(f"it cannot be read: {error}.", where=str(file), next_step="Name a file.") from error
    held = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)
            _ = [each["start"] + each["end"] for each in text["findings"]], text["text"].encode
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            step = "See tests/data/texts/README.md."
            raise BoussoleError(f"line {number} is no annotated text.", where=str(file), next_step=step) from error
        held.append(text)
    return held


def _told(share: tuple[float, float, float] | None) -> str:
    return "–" if share is None else f"{share[0]:.2f} ({share[1]:.2f}–{share[2]:.2f})"
