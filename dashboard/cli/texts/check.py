"""`boussole texts check`: unlawful wording in French job adverts (question 3.7)."""

from __future__ import annotations

from collections.abc import Iterable

from boussole.audits.texts.lines import TextLine
from boussole.dashboard.cli.console.console import put, say
from boussole.dashboard.cli.console.output import columns
from boussole.dashboard.cli.texts.files import Answer, FileArgument, JsonOption, opened, tell_faults, write_answers


def check(file: FileArgument, json_target: JsonOption = None) -> None:
    """Find unlawful wording in French job adverts: prohibited criteria, by the rules that ship.

    For each line {"id", "text"} one line {"id", "language", "findings"}. A line that cannot be read is answered with an
    error, the others as ever, and the command ends with 2.
    """
    from boussole.audits.texts.checking import check_lines

    with opened(file) as held:
        answered = check_lines(held)
        faults = _told(answered) if json_target is None else _faults(write_answers(answered, json_target))
    tell_faults(faults, where=file)


def _faults(answered: Iterable[Answer]) -> list[TextLine]:
    return [line for line, _ in answered if line.fault]


def _told(answered: Iterable[Answer]) -> list[TextLine]:
    """Tells people what was found, a line for each finding, and how much was read."""
    faults, read, wording = list[TextLine](), 0, 0
    for line, document in answered:
        if line.fault:
            faults.append(line)
            continue
        read += 1
        wording += len(document["findings"])
        for each in document["findings"]:
            put(columns(line.id, each["criterion"], each["span"], each["law"], each["suggestion"]["en"]))
    say(f"{read:,} text(s) read; wording to look at: {wording:,}.")
    return faults
