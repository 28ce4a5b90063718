"""`boussole texts`: unlawful wording, personal data and how well they are found; `texts pairs`, whatever the name."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from pydantic import ValidationError

from boussole.audits import regular
from boussole.audits.errors import BoussoleError
from boussole.audits.texts.lines import TextLine, fault_told, json_line
from boussole.dashboard.cli.console import (
    STDOUT,
    check_file,
    columns,
    put,
    say,
    workspace_of,
    write_bytes,
    write_text,
)
from boussole.dashboard.cli.desk import DAY

pairs_app = typer.Typer(
    help="The same text whatever the name: requests in pairs.", no_args_is_help=True, rich_markup_mode=None
)

Prompts = Annotated[Path, typer.Argument(help="The requests that `texts pairs draw` wrote.")]
Texts = Annotated[Path, typer.Argument(help='The texts written for them: JSON lines {"id", "text"}.')]
Model = Annotated[str, typer.Option("--model", help="The name of the model that writes.")]


@pairs_app.callback()
def pairs() -> None:
    """The same text whatever the name: requests in pairs."""


@pairs_app.command()
def draw(
    target: Annotated[Path, typer.Argument(help="Where the requests are written, as JSON lines.")],
    requests: Annotated[
        Path | None, typer.Option("--set", help="A set of requests as YAML; the one that ships, if absent.")
    ] = None,
    cue: Annotated[
        list[str] | None, typer.Option("--cue", help="What is changed; give it again for others. All, if absent.")
    ] = None,
) -> None:
    """Draw requests in pairs that differ in one thing: a first name, an age, a place. Nothing is sent."""
    from boussole.audits.texts.pairs.prompts import drawn, prompt_line, prompt_set

    found = list(drawn(prompt_set(requests), cue or ()))
    write_text(target, "".join(prompt_line(each) + "\n" for each in found))
    say(f"{len(found):,} request(s) in {len(found) // 2:,} pair(s): {', '.join(dict.fromkeys(p.cue for p in found))}.")


@pairs_app.command()
def seal(  # noqa: PLR0917 (options of a command)
    context: typer.Context,
    prompts: Prompts,
    texts: Texts,
    system: Annotated[str, typer.Option("--system", help="The id of the system that wrote them.")],
    model: Model,
    role: Annotated[str, typer.Option("--role", help="Who records it: a role, never a name.")],
    on: Annotated[
        dt.datetime | None, typer.Option("--on", formats=DAY, help="The day the texts were written; today if absent.")
    ] = None,
) -> None:
    """Measure the texts and seal what those of a pair differ in: it answers question 3.6. No text is kept."""
    from boussole.audits.texts.pairs.prompts import prompts_in, texts_in
    from boussole.charter.judging.families import asked_of_system, question_by_records
    from boussole.charter.record_types.base import PairedTexts
    from boussole.charter.text.model import SAME_TEXTS
    from boussole.dashboard.cli.sealing import record_pairs

    workspace = workspace_of(context)
    named = workspace.system(system)
    asked_of_system(workspace, question_by_records(workspace, SAME_TEXTS).id, named.id)
    asked, answers = prompts_in(prompts), texts_in(texts)
    day = on.date() if on else workspace.today()
    try:
        sealed = record_pairs(workspace, asked, answers, system=named.id, model=model, role=role, on=day)
    except ValidationError as error:
        told = error.errors()[0]
        raise BoussoleError(f"{'.'.join(map(str, told['loc']))}: {told['msg']}.", next_step="Mend it.") from error
    assert isinstance(sealed.statement, PairedTexts)  # noqa: S101 (what was sealed)
    for each in sealed.statement.measured:
        put(columns(each.cue, each.measure, f"{each.pairs:,}", f"{sum(each.changes) / each.pairs:+.3f}"))
    say("Mean differences of a pair: the changed side less the reference.")
    say(f"Sealed at entry {sealed.entry}: paired_texts. {sealed.statement.texts:,} text(s) measured, none kept.")


# Files of texts as commands read and answer them: a line for each line, and the lines at fault told at the end.


Answer = tuple[TextLine, dict[str, Any]]
FileArgument = Annotated[str, typer.Argument(help='JSON lines {"id", "text"}, or - for stdin.')]
JsonOption = Annotated[str | None, typer.Option("--json", help="Write the answers as JSON lines to a file, or - .")]

MOST_TOLD = 20
"""Lines at fault that are told one by one."""


@contextmanager
def opened(file: str) -> Iterator[IO[bytes]]:
    """A file of texts, or stdin for `-`. Raises BoussoleError."""
    if file == STDOUT:
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            held = stack.enter_context(regular.opened(Path(file)))
        except OSError as error:
            step = "Name a file of JSON lines, or - for what is piped in."
            raise BoussoleError(f"it cannot be read: {error.strerror}.", where=file, next_step=step) from error
        yield held


def write_answers(answered: Iterable[Answer], target: str) -> Iterator[Answer]:
    """Writes the answers as JSON lines, to stdout as they come or to a file once all are there; and gives them on."""
    check_file(target)
    kept = []
    for line, document in answered:
        told = json_line(document).encode() + b"\n"
        if target == STDOUT:
            sys.stdout.buffer.write(told)
        else:
            kept.append(told)
        yield line, document
    if target != STDOUT:
        write_bytes(target, b"".join(kept))
        say(f"Written: {target}")


def tell_faults(faults: list[TextLine], *, where: str) -> None:
    """Raises BoussoleError where lines could not be read: the others have been answered."""
    if faults:
        told = " ".join(map(fault_told, faults[:MOST_TOLD]))
        more = f" And {len(faults) - MOST_TOLD} more." if len(faults) > MOST_TOLD else ""
        step = "All other lines were answered; mend these and send them again."
        raise BoussoleError(f"{len(faults)} line(s) could not be read. {told}{more}", where=where, next_step=step)


# `boussole texts check`: unlawful wording in French job adverts (question 3.7).


def check(file: FileArgument, json_target: JsonOption = None) -> None:
    """Find unlawful wording in French job adverts: prohibited criteria, by the rules that ship.

    For each line {"id", "text"} one line {"id", "language", "findings"}. A line that cannot be read is answered with an
    error, the others as ever, and the command ends with 2.
    """
    from boussole.audits.texts.engine import check_lines

    with opened(file) as held:
        answered = check_lines(held)
        faults = _told(answered) if json_target is None else _faults(write_answers(answered, json_target))
    tell_faults(faults, where=file)


def _faults(answered: Iterable[Answer]) -> list[TextLine]:
    return [line for line, _ in answered if line.fault]


def _told(answered: Iterable[Answer]) -> list[TextLine]:
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


# `boussole texts measure`: recall and precision of the detectors on texts that somebody annotated.


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
        recall, precision = _measure_told(row.recall()), _measure_told(row.precision())
        put(f"| {row.label} | {row.annotated} | {row.found} | {recall} | {row.reported} | {row.right} | {precision} |")


def _criteria(text: str) -> list[Labelled]:
    from boussole.audits.texts.engine import check_text

    return [(each.criterion, each.start, each.end) for each in check_text(text).findings]


def _entities(text: str) -> list[Labelled]:
    from boussole.audits.texts.personal.detector import find

    return [(each.entity, each.start, each.end) for each in find(text)]


def _hold_label(texts: Sequence[Mapping[str, Any]], label: str, file: Path) -> None:
    for number, text in enumerate(texts, start=1):
        if any(label not in each for each in text["findings"]):
            raise BoussoleError(
                f"line {number} has a finding without '{label}'.",
                where=str(file),
                next_step="Name one in each finding.",
            )


def _annotated(file: Path) -> list[dict[str, Any]]:
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


def _measure_told(share: tuple[float, float, float] | None) -> str:
    return "–" if share is None else f"{share[0]:.2f} ({share[1]:.2f}–{share[2]:.2f})"


# `boussole texts personal`: personal data in French texts (question 6.4).


def personal(file: FileArgument, json_target: JsonOption = None) -> None:
    """Find personal data in French texts: numbers, addresses, dates of birth, names.

    For each line {"id", "text"} one line {"id", "findings"}, each finding with its kind and place, never its words. A
    line that cannot be read is answered with an error, the others as ever, and the command ends with 2.
    """
    from boussole.audits.texts.personal.detector import answer_lines

    with opened(file) as held:
        answered = answer_lines(held)
        faults = _personal_told(answered) if json_target is None else _faults(write_answers(answered, json_target))
    tell_faults(faults, where=file)


def _personal_told(found: Iterable[Answer]) -> list[TextLine]:
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


app = typer.Typer(help="Texts that systems write.", no_args_is_help=True, rich_markup_mode=None)

app.command()(check)
app.command()(measure)
app.command()(personal)
app.add_typer(pairs_app, name="pairs")


@app.callback()
def texts() -> None:
    """Texts that systems write."""
