"""How far a window of a system lies from another: exact distances over all decisions, and what Evidently was shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.audit import System
from boussole.charter.document.base import MAYBE, Day, DocumentPart, Hex
from boussole.charter.document.differences.distances import Distance
from boussole.charter.document.windows import WindowOfAudit

SCHEMA: Literal["boussole.drift/1"] = "boussole.drift/1"
Some = Annotated[int, Field(ge=1)]
Script = Annotated[str, Field(pattern="^sha256-[A-Za-z0-9+/]{43}=$")]
BY_COMMAND = "; written by the command only"


class OfBoth(DocumentPart):
    """One number of the window and of the one it is held to."""

    window: Some
    against: Some


class EvidentlyDocument(DocumentPart):
    """What Evidently was shown: samples of both windows, by the hashes of seed and id, and columns."""

    version: str
    drawn: OfBoth
    seed: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]


class ColumnChange(DocumentPart):
    """What became of a column."""

    on: Day
    kind: str
    column: str


class ReportFiles(DocumentPart):
    """Where a report is kept."""

    model_config = ConfigDict(populate_by_name=True)

    html: str
    json_: Annotated[str, Field(alias="json")]
    sha256: Hex


class DriftDocument(DocumentPart):
    """How far a window of a system lies from another: exact distances, and the samples that Evidently was shown."""

    model_config = ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["boussole.drift/1"], Field(alias="schema")]
    system: System
    window: WindowOfAudit
    against: WindowOfAudit
    as_of: Annotated[Day, Field(description="Day from which outcomes were read")]
    decisions: OfBoth
    measures: tuple[Distance, ...]
    evidently: Annotated[
        EvidentlyDocument | None,
        MAYBE,
        Field(description="What Evidently was shown; absent with --no-report"),
    ] = None
    html_sha256: Annotated[Hex | None, MAYBE, Field(description="Of the page that was made with it")] = None
    scripts: Annotated[
        tuple[Script, ...] | None, MAYBE, Field(description="Of the page: no other script runs in it")
    ] = None
    readings: Annotated[
        dict[str, Verdict] | None, MAYBE, Field(description=f"How the drift page reads each column{BY_COMMAND}")
    ] = None
    changes: Annotated[
        tuple[ColumnChange, ...] | None,
        MAYBE,
        Field(description=f"What became of columns in these windows or between them{BY_COMMAND}"),
    ] = None
    stored: Annotated[ReportFiles | None, MAYBE, Field(description=f"Where the report is kept{BY_COMMAND}")] = None
    mlflow_run: Annotated[str | None, MAYBE, Field(description=f"The run that holds the report{BY_COMMAND}")] = None
