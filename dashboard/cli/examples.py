"""`boussole texts example`: redacted examples of texts, drawn, read, released; what withdraws one follows from its
record."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import STDOUT, columns, noted, printable, put, say, system_ids, workspace_of
from boussole.dashboard.cli.desk import DAY
from boussole.dashboard.cli.records import record_group

if TYPE_CHECKING:
    from boussole.charter.records.examples.drafts import ExampleDraft
    from boussole.charter.records.examples.released import Example

app = record_group("Redacted examples of texts: shown to committees once a steward has read and released them.")
SYSTEM = typer.Option("--system", autocompletion=system_ids, help="The id of the system that wrote it.")


@app.command()
def draw(
    context: typer.Context,
    *,
    system: Annotated[str, SYSTEM],
    start: Annotated[dt.datetime | None, typer.Option("--from", formats=DAY, help="First day; all, if absent.")] = None,
    end: Annotated[dt.datetime | None, typer.Option("--to", formats=DAY, help="Last day; today, if absent.")] = None,
    finding: Annotated[
        str, typer.Option(help="A criterion (age), a kind of personal data (NIR), `nothing`, or `any`.")
    ] = "any",
    text: Annotated[str, typer.Option("--text", help="The id of one text, in place of a draw.")] = "",
    black_out: Annotated[
        Path | None, typer.Option("--black-out", help="A file, or - : words or passages to take out, one a line.")
    ] = None,
    reference: Annotated[str, typer.Option("--reference", help="What a draw printed: take more out of it.")] = "",
) -> None:
    """Draw a text that is still kept, at random, and print it redacted, then the reference that `release` asks for.

    The reference holds for an hour. A name can escape the machine: read every word before you release.
    """
    from boussole.charter.records.examples.drafts import WantedExample, draw_example, read_draft, take_out

    workspace = workspace_of(context)
    noted(workspace, context, reason=system)
    now, whose = dt.datetime.now(dt.UTC), _account()
    if reference:
        draft = read_draft(workspace, reference, whose=whose, now=now)
    else:
        first, last = start.date() if start else dt.date(1990, 1, 1), end.date() if end else workspace.today()
        wanted = WantedExample(start=first, end=last, finding=finding)
        draft = draw_example(workspace, system, wanted, whose=whose, now=now, text=text)
    if black_out is not None:
        spans = _spans(draft.shown, _lines(black_out))
        draft = take_out(workspace, draft.reference, spans, whose=whose, now=now)
    _told(draft)


@app.command()
def release(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="What `texts example draw` printed.")],
    role: Annotated[str, typer.Option("--role", help="Who has read it and releases it: a role, never a name.")],
    until: Annotated[
        dt.datetime | None,
        typer.Option(formats=DAY, help="Last day it is shown; as long as its text is kept, if absent."),
    ] = None,
) -> None:
    """Release an example that was read: committees see it until a day, then its redacted text is erased."""
    from boussole.charter.records.examples.drafts import release_draft

    workspace = workspace_of(context)
    noted(workspace, context)
    done = release_draft(
        workspace,
        reference,
        whose=_account(),
        now=dt.datetime.now(dt.UTC),
        until=until.date() if until else None,
        role=role,
        signed_in=False,
    )
    say(f"Sealed at entry {done.entry}: text_example. Shown until {done.said.until}; the ledger holds no word of it.")


@app.command("list")
def list_(context: typer.Context) -> None:
    """List the examples that were ever released: entry, system, period, of what, until when, how it stands."""
    from boussole.charter.records.examples.released import examples

    workspace = workspace_of(context)
    found = examples(workspace)
    for each in found:
        said, state = each.said, _state(each, workspace.today())
        put(columns(each.entry, said.system, f"{said.start}/{said.end}", said.finding, each.last_day, state))
    if not found:
        say("No example was ever released.")


@app.command()
def show(
    context: typer.Context, entry: Annotated[int, typer.Argument(min=0, help="The entry of its release.")]
) -> None:
    """Print the redacted text of an example that is shown."""
    from boussole.charter.records.examples.released import examples, text_of

    workspace = workspace_of(context)
    found = next((each for each in examples(workspace) if each.entry == entry), None)
    if found is None:
        raise BoussoleError(f"entry {entry} is no example.", next_step="See `boussole texts example list`.")
    put(printable(text_of(workspace, found, today=workspace.today())))


def _state(each: Example, today: dt.date) -> str:
    return "withdrawn" if each.ended else "shown" if each.stands(today) else "over"


def _account() -> str:
    return f"command line/{getpass.getuser()}"


def _told(draft: ExampleDraft) -> None:
    """The text goes to stdout, then an empty line and the reference; what to do goes beside them."""
    put(printable(draft.shown))
    put("")
    put(draft.reference)
    say("A name can escape the machine: read every word. Take more out with --reference and --black-out.")
    say(f"It can be shown until {draft.until}. Release it within the hour: `boussole texts example release REFERENCE`.")


def _lines(path: Path) -> list[str]:
    """The lines of a file or of stdin that hold something. Raises BoussoleError where they cannot be read."""
    try:
        text = sys.stdin.read() if str(path) == STDOUT else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        step = "Name a file in UTF-8, or - for what is piped in."
        raise BoussoleError("it cannot be read as text.", where=str(path), next_step=step) from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _spans(shown: str, passages: list[str]) -> list[tuple[int, int]]:
    """Where passages stand in a text, each wherever it does. Raises BoussoleError for one that does not."""
    found = list[tuple[int, int]]()
    for number, passage in enumerate(passages, start=1):
        at = shown.find(passage)
        if at < 0:
            step = "Write it as the text has it, capitals and accents included."
            raise BoussoleError(f"passage {number} does not stand in the text.", where="--black-out", next_step=step)
        while at >= 0:
            found.append((at, at + len(passage)))
            at = shown.find(passage, at + 1)
    return found
