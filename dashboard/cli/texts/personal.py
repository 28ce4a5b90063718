"""`boussole texts personal`: personal data in French texts (question 6.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.texts.lines import TextLine
from boussole.dashboard.cli.console.console import put, say
from boussole.dashboard.cli.console.output import STDOUT, columns
from boussole.dashboard.cli.texts.files import Answer, FileArgument, JsonOption, opened, tell_faults, write_answers

if TYPE_CHECKING:
    from boussole.audits.texts.personal.answers import Answer as Found

RedactOption = Annotated[
    str | None,
    typer.Option("--redact", help='Write each text without what was found, as {"id", "text"}, to this file.'),
]
JobsOption = Annotated[int, typer.Option("--jobs", min=1, max=256, help="Processes that read beside each other.")]


def personal(
    file: FileArgument, json_target: JsonOption = None, redact: RedactOption = None, jobs: JobsOption = 1
) -> None:
    """Find personal data in French texts: numbers, addresses, dates of birth, names.

    For each line {"id", "text"} one line {"id", "findings"}, each finding with its kind and place, never its words.
    With --redact, each text with every finding replaced by its kind, checked by looking again. A line that cannot be
    read is answered with an error, the others as ever, and the command ends with 2.
    """
    from boussole.audits.texts.personal.answers import answer_lines

    if redact == STDOUT and json_target == STDOUT:
        raise typer.BadParameter("only one of --json and --redact can be written to stdout.", param_hint="--redact")
    with opened(file) as held:
        answers: Iterator[Found] = answer_lines(held, jobs=jobs, redact=redact is not None)
        if redact is not None:
            answers = _redacted(answers, redact)
        found: Iterable[Answer] = ((each.line, each.found) for each in answers)
        if json_target is not None:
            found = write_answers(found, json_target)
        if json_target is not None or redact == STDOUT:
            faults = [line for line, _ in found if line.fault]
        else:
            faults = _told(found)
    tell_faults(faults, where=file)


def _redacted(answers: Iterator[Found], target: str) -> Iterator[Found]:
    """The answers as they come, each text without what was found written once all are there."""
    held: list[Found] = []

    def through() -> Iterator[Answer]:
        for each in answers:
            held.append(each)
            yield each.line, each.redacted

    for _ in write_answers(through(), target):
        yield held.pop()


def _told(found: Iterable[Answer]) -> list[TextLine]:
    """Tells people where something was found, a line for each finding, and how much of each kind."""
    faults, kinds, read = list[TextLine](), Counter[str](), 0
    for line, document in found:
        if line.fault:
            faults.append(line)
            continue
        read += 1
        for each in document["findings"]:
            kinds[each["entity"]] += 1
            put(columns(line.id, each["entity"], each["start"], each["end"]))
    told = ", ".join(f"{entity} {count:,}" for entity, count in kinds.most_common()) or "none"
    say(f"{read:,} text(s) read; found: {told}.")
    return faults
