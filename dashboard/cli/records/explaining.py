"""`boussole explain`: one decision, for the person concerned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.audits.reports import Language
from boussole.dashboard.cli.console.command_line import reasoned
from boussole.dashboard.cli.console.console import SystemOption, put, say, workspace_of
from boussole.dashboard.cli.console.output import check_file

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace
    from boussole.dashboard.views.explained.explanation import Explanation
    from boussole.dashboard.words.say import Say


def explain(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    decision: Annotated[list[str], typer.Argument(help="The id of the decision; each column of it, in order.")],
    system: SystemOption,
    reason: Annotated[str, typer.Option(help="Why this decision must be read; the access log keeps it.")],
    request: Annotated[
        str | None, typer.Option(help="The number of the request that the sheet answers: needs --out and --role.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The PDF to write, with the text beside it.")] = None,
    role: Annotated[str | None, typer.Option(help="Who answers: a role, never a name.")] = None,
    lang: Annotated[Language | None, typer.Option(help="fr or en; the workspace's language if absent.")] = None,
) -> None:
    """Explain one decision to the person concerned, in the four parts that French law asks.

    Without --request it is a draft, printed or written, that nobody hands out. With it the answer is recorded with its
    day, and sealed by the hash of the PDF alone. Each look is noted in the access log. Whoever holds the workspace's
    files may run this alone; in the browser it takes two people.
    """
    from boussole.dashboard.views.explained.explanation import explanation
    from boussole.dashboard.words.speaking import speaker_in

    why = reasoned(reason)
    if request is not None and (out is None or role is None):
        raise BoussoleError(
            "an answer is handed to the person, in somebody's name.", next_step="Give --out FILE.pdf and --role ROLE."
        )
    if out is not None:
        _check(out)
    workspace = workspace_of(context, reason=why)
    known = explanation(workspace, workspace.system(system), decision)
    speaks = speaker_in(workspace, lang.value if lang else workspace.settings.language)
    if request is not None and out is not None and role is not None:
        _answer(workspace, known, (request, role), out, speaks)
    else:
        _draft(workspace, known, out, speaks)


def _check(out: Path) -> None:
    """Raises BoussoleError for a file that is no PDF or cannot be written."""
    if out.suffix.lower() != ".pdf":
        raise BoussoleError("the sheet is a PDF.", where=str(out), next_step="Give a name that ends in .pdf.")
    check_file(out)


def _draft(workspace: Workspace, known: Explanation, out: Path | None, speaks: Say) -> None:
    from boussole.dashboard.report.sheets import draft, write_files

    made = draft(workspace, known, speaks)
    if out is None:
        put(made.text, nl=False)
        return
    write_files(made, out)
    say(f"Written, as a draft that answers no request: {out}")


def _answer(workspace: Workspace, known: Explanation, asked: tuple[str, str], out: Path, speaks: Say) -> None:
    """The sheet that answers a request, and its record."""
    from boussole.dashboard.report.sheets import answered, write_answer
    from boussole.dashboard.views.explained.requests import request_of

    request, role = asked
    files, said = answered(workspace, known, request_of(workspace, request, known), speaks, role=role)
    entry = write_answer(workspace, files, said, out)
    say(
        f"Written: {out}. The request {request} is answered on {said.on}; sealed at entry {entry}, without its content."
    )
    if said.outcome != "upheld":
        say("It lacks something that the law asks: question 5.3 does not count it as an answer. The sheet says why.")
