"""`boussole texts pairs`: the same text whatever the name (question 3.6)."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import columns, put, say, workspace_of, write_text
from boussole.dashboard.cli.console.desk import DAY

app = typer.Typer(
    help="The same text whatever the name: requests in pairs.", no_args_is_help=True, rich_markup_mode=None
)

Prompts = Annotated[Path, typer.Argument(help="The requests that `texts pairs draw` wrote.")]
Texts = Annotated[Path, typer.Argument(help='The texts written for them: JSON lines {"id", "text"}.')]
Model = Annotated[str, typer.Option("--model", help="The name of the model that writes.")]


@app.callback()
def pairs() -> None:
    """The same text whatever the name: requests in pairs."""


@app.command()
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
    from boussole.audits.texts.pairs.files import prompt_line
    from boussole.audits.texts.pairs.prompts import drawn, prompt_set

    found = list(drawn(prompt_set(requests), cue or ()))
    write_text(target, "".join(prompt_line(each) + "\n" for each in found))
    say(f"{len(found):,} request(s) in {len(found) // 2:,} pair(s): {', '.join(dict.fromkeys(p.cue for p in found))}.")


@app.command()
def run(
    prompts: Prompts,
    texts: Annotated[Path, typer.Argument(help="Where the texts are written, as JSON lines; a run goes on with it.")],
    address: Annotated[
        str, typer.Option("--address", help="An OpenAI-compatible address, such as https://models.example.org/v1.")
    ],
    model: Model,
) -> None:
    """Send the requests to a model, one after the other, and write its texts to a file.

    The key, if the address asks for one, is read from BOUSSOLE_TEXTS_KEY. A run that stopped goes on where it stopped.
    The texts stay in this file: delete it once they have been measured, and looked at where a person must.
    """
    from boussole.audits.texts.pairs.files import prompts_in, texts_in
    from boussole.audits.texts.pairs.generators import Endpoint, written

    asked = prompts_in(prompts)
    generator = Endpoint(address, model)
    done = texts_in(texts, whole=False) if texts.exists() else {}
    left = sum(each.id not in done for each in asked)
    say(f"{left:,} of {len(asked):,} request(s) are sent to {generator.host}.")
    _rewritten(texts, done)
    with texts.open("a", encoding="utf-8") as file:
        for line in written(asked, generator, done=done):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
    say(f"Written: {texts}")


@app.command()
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
    from boussole.audits.texts.pairs.files import prompts_in, texts_in
    from boussole.charter.record_types.paired import PairedTexts
    from boussole.charter.text.model import SAME_TEXTS
    from boussole.dashboard.cli.console.desk import asked_of_system, question_by_records
    from boussole.dashboard.cli.pairs_recording import record_pairs

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


def _rewritten(texts: Path, done: dict[str, str]) -> None:
    """The file with whole lines only, so that what follows does not stand on a line that was cut off."""
    from boussole.audits import private_files

    lines = [json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n" for name, text in done.items()]
    private_files.write(texts, "".join(lines))
