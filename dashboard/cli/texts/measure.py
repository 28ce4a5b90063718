"""`boussole texts measure`: recall and precision of the rules on texts that somebody annotated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from boussole.audits import regular
from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import put


def measure(
    file: Annotated[Path, typer.Argument(help='JSON lines {"text", "findings": [{"criterion", "start", "end"}]}.')],
) -> None:
    """Measure `texts check` on annotated adverts: recall and precision by criterion, with 95 % Wilson intervals.

    A table in Markdown: of whole texts first (something is found in an unlawful one, nothing in a lawful one), then by
    criterion, where spans overlap.
    """
    from boussole.audits.texts.checking import check_text
    from boussole.audits.texts.measuring import agreements

    def find(text: str) -> list[tuple[str, int, int]]:
        return [(each.criterion, each.start, each.end) for each in check_text(text).findings]

    put("| | annotated | found | recall | reported | right | precision |\n|---|---|---|---|---|---|---|")
    for row in agreements(_annotated(file), find, label="criterion"):
        recall, precision = _told(row.recall()), _told(row.precision())
        put(f"| {row.label} | {row.annotated} | {row.found} | {recall} | {row.reported} | {row.right} | {precision} |")


def _annotated(file: Path) -> list[dict[str, Any]]:
    """The annotated texts of a file. Raises BoussoleError, which names the line."""
    try:
        lines = regular.read_text(file).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BoussoleError(f"it cannot be read: {error}.", where=str(file), next_step="Name a file.") from error
    held = []
    for number, line in enumerate(lines, start=1):
        try:
            text = json.loads(line)
            _ = [(each["criterion"], each["start"] + each["end"]) for each in text["findings"]], text["text"].encode
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            step = "See tests/data/texts/README.md."
            raise BoussoleError(f"line {number} is no annotated text.", where=str(file), next_step=step) from error
        held.append(text)
    return held


def _told(share: tuple[float, float, float] | None) -> str:
    return "–" if share is None else f"{share[0]:.2f} ({share[1]:.2f}–{share[2]:.2f})"
