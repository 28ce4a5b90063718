"""How a data file is written, as options: what somebody knows goes before what is found out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import complain, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from boussole.audits.systems.files import Files

EncodingOption = Annotated[
    str | None, typer.Option("--encoding", help="Of the file: utf-8, cp1252 (French Excel), latin-1… else found out.")
]
SeparatorOption = Annotated[
    str | None, typer.Option("--separator", help="Between its columns: ; , | or tab; else found out.")
]
DecimalOption = Annotated[str | None, typer.Option("--decimal", help="Before its decimals: , or . ; else found out.")]
DatesOption = Annotated[
    str | None, typer.Option("--dates", help="How it writes dates: dd/mm/yyyy, mm/dd/yyyy…; else found out.")
]
HeaderOption = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header", help="Whether its first line holds the names; without, they are column1, column2…"
    ),
]
SheetOption = Annotated[str | None, typer.Option("--sheet", help="The sheet of an Excel workbook.")]


def files_of(
    *,
    encoding: str | None,
    separator: str | None,
    decimal: str | None,
    dates: str | None,
    header: bool | None,
    sheet: str | None,
) -> Files:
    """The options together. Raises BoussoleError for what they cannot be."""
    from pydantic import ValidationError

    from boussole.audits.systems.files import Files

    try:
        return Files.model_validate(
            {
                "encoding": encoding,
                "separator": separator,
                "decimal": decimal,
                "dates": dates,
                "header": header,
                "sheet": sheet,
            }
        )
    except ValidationError as error:
        fault = error.errors()[0]
        option, why = fault["loc"][0], fault["msg"].removeprefix("Value error, ")
        raise BoussoleError(f"{why}.", where=f"--{option}", next_step="Correct it, or leave it out.") from None


def each_file(source: str, bring_in: Callable[[str, str], bool]) -> bool:
    """Brings in every file that a source names (a pattern, a folder), each by itself; whether all went well.

    `bring_in` is given the path of a file and its name within the source, and returns whether no row was left out.
    """
    from boussole.audits.decisions.files.many import expand

    found = expand(source)
    if len(found) == 1 and found[0][0] == source:
        return bring_in(*found[0])
    good, failed = True, 0
    for path, name in found:
        try:
            good = bring_in(path, name) and good
        except BoussoleError as error:
            complain(error)
            failed += 1
    told = f", {failed} could not be brought in" if failed else ""
    say(f"{source}: {len(found)} file(s){told}.")
    return good and not failed


def name_of(source: str) -> str:
    """What a source is called: its file."""
    return Path(source).name
