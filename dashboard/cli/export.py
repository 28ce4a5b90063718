"""What is handed to others: `boussole report`, the PDF; `export`, in their formats; `explain`, to a person."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.formulas import escaped
from boussole.dashboard.cli import ledger
from boussole.dashboard.cli.console import (
    FromOption,
    SystemOption,
    ToOption,
    check_file,
    check_folder,
    demand_option,
    noted,
    put,
    reasoned,
    say,
    system_ids,
    workspace_of,
    write_json,
)

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace
    from boussole.charter.deadlines.appeals import AppealState
    from boussole.dashboard.markup.words import Say
    from boussole.dashboard.views.explanation import Explanation


Row = Mapping[str, Any]
Column = tuple[str, str, Callable[[Row], Any]]


def safe(value: Any) -> str:
    """A value as text that no spreadsheet runs: one that could start a formula gets an apostrophe before it.

    >>> safe("=HYPERLINK(1)"), safe("fr-1"), safe(-3), safe(None), safe(1200000.0)
    ("'=HYPERLINK(1)", 'fr-1', '-3', '', '1200000')
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return escaped(str(value))


def at(*path: str) -> Callable[[Row], Any]:
    """What stands at a place of a document; None where nothing does."""

    def read(row: Row) -> Any:
        found: Any = row
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    return read


def text(*path: str, lang: str) -> Callable[[Row], Any]:
    """A text in one language, empty where it is not written in it."""
    return at(*path, lang)


def _several(key: str) -> Callable[[Row], Any]:
    return lambda row: ", ".join(row[key])


def _titled(key: str, what: str) -> list[Column]:
    return [(f"{key}_{lang}", f"{what} ({lang})", text(key, lang=lang)) for lang in ("fr", "en")]


def _assessment(key: str, name: str) -> list[Column]:
    return [
        (f"{key}_done_on", f"Day on which the {name} was finished", at(key, "done_on")),
        (f"{key}_document", "Its document", at(key, "document")),
        (f"{key}_not_required", "Why none is required, where none is", at(key, "not_required")),
    ]


def _dates() -> list[Column]:
    words = {
        "trial": "First day of the first trial",
        "service": "First day in service",
        "ended": "Last day of a use that was abandoned or retired",
        "ethics_review": "Day of the ethics review",
        "works_council": "Day on which the works council was consulted",
        "next_review": "Day of the next review",
    }
    return [(key, what, at("dates", key)) for key, what in words.items()]


USES: list[Column] = [
    ("id", "Its id in this register", at("id")),
    *_titled("title", "Its name"),
    *_titled("purpose", "What it is for"),
    ("kind", "selection, ranking or generation: measured; declared: attested only", at("kind")),
    ("status", "design, pilot (on trial), production (in service), retired (abandoned)", at("status")),
    ("risk", "Class under the EU AI Act: prohibited, high, limited, minimal", at("risk")),
    ("risk_reason", "Why that class", at("risk_reason")),
    ("owner", "The role that is answerable", at("owner")),
    ("contact", "The role that answers questions", at("contact")),
    ("address", "Where one writes to that role: by post, by e-mail", at("address")),
    ("provider", "Who makes the model", at("provider")),
    ("hosting", "Where it runs: own-datacentre, dedicated-cloud, external", at("hosting")),
    *_titled("people_affected", "Whom it touches, and how many"),
    *_dates(),
    *_assessment("impact_assessment", "impact assessment"),
    *_assessment("fria", "fundamental rights impact assessment"),
    ("cost_build", "Cost to build it, in euros", at("costs", "build")),
    ("cost_yearly", "Cost to run it for a year, in euros", at("costs", "yearly")),
    *_titled("gains", "What it brings"),
    ("examined", "whole: every question was looked at; part: some; none", at("examined")),
    ("questions_asked", "Questions that the charter asks of it", at("questions_asked")),
    ("questions_looked_at", "Questions that somebody has looked at", at("questions_looked_at")),
    ("audited_from", "First day of its latest audit", at("audited_from")),
    ("audited_to", "Last day of its latest audit", at("audited_to")),
    ("counted", "Decisions that audit counted", at("left_out", "counted")),
    ("set_aside", "Decisions set aside, which it could not count", at("left_out", "set_aside")),
    ("limited", "Whether so many were set aside that it judges nothing", at("left_out", "limited")),
    ("ledger_entry", "The entry of the ledger that seals that audit", at("ledger_entry")),
]
QUESTIONS: list[Column] = [
    ("use", "The id of the use", at("use")),
    ("article", "The article of the charter", at("article")),
    ("number", "The number of the question", at("number")),
    ("indicator", "The id of the question", at("indicator")),
    *_titled("question", "The question"),
    ("evidence", "measured or attested", at("evidence")),
    ("verdict", "kept, watch, broken, unknown, not_examined", at("verdict")),
    ("reason", "The code of the reason", at("reason")),
    *_titled("sentence", "The answer in words"),
    ("on", "Day of the statement, or last day of the audit, that answered", at("on")),
    ("valid_until", "Day until which the statement is valid", at("valid_until")),
    ("watch", "Level beyond which it is watched", at("threshold", "watch")),
    ("breach", "Level beyond which the promise is not kept", at("threshold", "breach")),
    ("watch_alpha", "How often chance may put it beyond the watch level", at("threshold", "watch_alpha")),
    ("tolerance", "Zero tolerance: the share under which it is kept", at("threshold", "tolerance")),
    ("threshold_status", "proposed or adopted; none is a legal threshold", at("threshold", "status")),
    ("threshold_since", "Day on which it was proposed or adopted", at("threshold", "since")),
]
THRESHOLDS: list[Column] = [
    ("number", "The number of the question", at("number")),
    ("indicator", "The id of the question", at("indicator")),
    ("charter_version", "The version of the charter that says so", at("charter_version")),
    ("first_used_on", "Day on which that version was first used; empty: not yet", at("first_used_on")),
    ("adopted_on", "Day on which that version was adopted; empty: it was not", at("adopted_on")),
    ("watch", "Level beyond which it is watched", at("watch")),
    ("breach", "Level beyond which the promise is not kept", at("breach")),
    ("watch_alpha", "How often chance may put it beyond the watch level", at("watch_alpha")),
    ("tolerance", "Zero tolerance: the share under which it is kept", at("tolerance")),
    ("status", "proposed or adopted", at("status")),
    ("since", "Day on which it was proposed or adopted", at("since")),
    ("source", "Where it comes from", at("source")),
]


RECOMMENDATIONS: list[Column] = [
    ("entry", "The entry of the ledger that seals it", at("entry")),
    ("body", "Who recommends", at("body")),
    ("outside", "yes: an outside authority", lambda row: "yes" if row["outside"] else "no"),
    ("on", "Day on which it was made", at("on")),
    ("text", "What it says", at("text")),
    ("use", "The id of the use; empty: all", at("system")),
    ("articles", "The articles of the charter", _several("articles")),
    ("addressee", "The role that must answer", at("addressee")),
    ("due_on", "Day by which it must be answered", at("due_on")),
    ("replied_on", "Day of the answer; empty: none", at("replied_on")),
    ("accepted", "yes, partly, no", at("accepted")),
    ("reply", "The answer", at("reply")),
    ("state", "What became of it: in_progress, done, dropped", at("state")),
    ("state_on", "Day on which that was said", at("state_on")),
]
FINDINGS: list[Column] = [
    ("entry", "The entry of the ledger that seals it", at("entry")),
    ("authority", "The outside authority", at("authority")),
    ("title", "What it is called", at("title")),
    ("on", "Day of the finding", at("on")),
    ("text", "What it says", at("text")),
    ("use", "The id of the use; empty: all", at("system")),
    ("articles", "The articles of the charter that it caps", _several("articles")),
    ("cap", "The best verdict they can have while it is open", at("cap")),
    ("document", "Its document", at("document")),
    ("document_sha256", "The hash of that document", at("document_sha256")),
    ("closed_on", "Day on which the authority closed it; empty: open", at("closed_on")),
]


def write_tables(document: Row, folder: Path) -> list[Path]:
    """The files of a register document, in a folder that is made if missing; their paths."""
    columns = [*USES, *_articles(document)]
    tables = {
        "uses.csv": (columns, document["uses"]),
        "questions.csv": (QUESTIONS, list(_questions(document))),
        "thresholds.csv": (THRESHOLDS, document["thresholds"]),
        "recommendations.csv": (RECOMMENDATIONS, document["recommendations"]),
        "findings.csv": (FINDINGS, document["findings"]),
    }
    written = [_write(folder / name, given, rows) for name, (given, rows) in tables.items()]
    readme = folder / "README.txt"
    private_files.write(readme, _readme(document, {name: given for name, (given, _) in tables.items()}))
    return [*written, readme]


def _articles(document: Row) -> Iterator[Column]:
    ids = [entry["article"] for use in document["uses"][:1] for entry in use["articles"]]
    for place, article in enumerate(ids):
        yield f"verdict_{article}", f"Verdict on the article {article}", _verdict_at(place)


def _verdict_at(place: int) -> Callable[[Row], Any]:
    return lambda use: use["articles"][place]["verdict"]


def _questions(document: Row) -> Iterator[Row]:
    for use in document["uses"]:
        for question in use["questions"]:
            yield {**question, "use": use["id"]}


def _write(path: Path, columns: Sequence[Column], rows: Sequence[Row]) -> Path:
    """A CSV in UTF-8 with the mark that Excel needs, semicolons between values as French spreadsheets expect."""
    file = io.StringIO(newline="")
    out = csv.writer(file, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    out.writerow([name for name, _, _ in columns])
    out.writerows([safe(read(row)) for _, _, read in columns] for row in rows)
    private_files.write(path, file.getvalue().encode("utf-8-sig"))
    return path


def _readme(document: Row, tables: Mapping[str, Sequence[Column]]) -> str:
    lines = [
        f"Register of AI systems, {document['organisation']}, {document['on']}.",
        f"Charter {document['charter']['version']} ({document['charter']['sha256']}).",
        "UTF-8, values between semicolons, dates as YYYY-MM-DD, money in euros; empty: not known.",
        "A text that a spreadsheet would run begins with an apostrophe. No threshold is a legal one.",
    ]
    for name, columns in tables.items():
        lines += ["", name, *(f"  {column}: {what}" for column, what, _ in columns)]
    return "\n".join(lines) + "\n"


# `boussole export`: what others need, in their formats.


app = typer.Typer(help="Export for auditors and other tools.", no_args_is_help=True, rich_markup_mode=None)

Lang = Literal["fr", "en"]
Folder = Annotated[Path, typer.Argument(help="The folder to write into; made if missing.", file_okay=False)]


@app.command("csv")
def csv_(context: typer.Context, folder: Folder) -> None:
    """The register for an auditor as CSV files: uses, questions, thresholds; README.txt explains every column."""
    from boussole.charter.registry.inventory import inventory

    check_folder(folder)
    workspace = workspace_of(context)
    document = inventory(workspace, today=workspace.today())
    for path in write_tables(document, folder):
        say(f"Written: {path}")


@app.command("json")
def json_(context: typer.Context, folder: Folder) -> None:
    """The register for an auditor as one JSON document (`boussole.register/1`)."""
    from boussole.charter.registry.inventory import inventory

    check_folder(folder)
    workspace = workspace_of(context)
    document = inventory(workspace, today=workspace.today())
    private_files.make_folder(folder)
    write_json(document, str(folder / "register.json"))


@app.command()
def pack(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new folder; its archive is written beside it.", file_okay=False)],
    system: Annotated[
        str | None, typer.Option("--system", autocompletion=system_ids, help="Only audits of this system.")
    ] = None,
    entry: Annotated[list[int] | None, typer.Option(help="Only the audit of this entry.")] = None,
    start: FromOption = None,
    end: ToOption = None,
    below: Annotated[
        Path | None,
        typer.Option("--checkpoint", exists=True, dir_okay=False, help="A cosigned checkpoint; else one is signed."),
    ] = None,
    since: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A kept checkpoint: prove what extends it.")
    ] = None,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="With all counts, those of hidden groups too: for sworn auditors.")
    ] = False,
    reason: Annotated[str, typer.Option(help="With --restricted: for whom and why; the access log keeps it.")] = "",
) -> None:
    """The evidence pack: audits, charters, proofs, counts, and a verifier that needs only Python."""
    from boussole.audits.ledger.checkpoint import parse_checkpoint
    from boussole.charter.auditing.rerun import chosen, newest
    from boussole.charter.pack import pack_files, with_earlier, write
    from boussole.charter.records import sign_checkpoint

    if restricted:
        demand_option(context, "--restricted")
        reason = reasoned(reason)
    check_folder(folder)
    workspace = workspace_of(context)
    if restricted:
        noted(workspace, context, option="--restricted", reason=reason)
    days = {"start": start.date() if start else None, "end": end.date() if end else None}
    audits = chosen(workspace, system=system, entries=entry or None, **days)
    if not restricted and len(newest(audits)) < len(audits):
        say(f"Of audits of the same window only the last is packed: {len(audits) - len(newest(audits))} left out.")
        audits = newest(audits)
    asked, audits = len(audits), with_earlier(workspace, audits, restricted=restricted)
    if len(audits) > asked:
        say(f"With {len(audits) - asked} audit(s) before them: their figures count together.")
    note = parse_checkpoint(ledger.text_of(below))[0] if below else sign_checkpoint(workspace)
    old = parse_checkpoint(ledger.text_of(since))[1] if since else None
    files = pack_files(workspace, audits, note=note, since=old, restricted=restricted)
    archive = write(files, folder)
    say(f"Written: {folder} and {archive}: {len(audits)} audit(s), {len(files)} files.")
    if restricted:
        say("RESTRICTED: it holds the counts of hidden groups. Hand it only to auditors bound to secrecy.")
    else:
        say("It holds what the audits show, and no count of a hidden group.")
    say(f"To verify it: boussole verify {folder}; without Boussole: python3 -I -S verify.py {folder}")


@app.command()
def oscal(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    folder: Folder,
    lang: Annotated[Lang | None, typer.Option(help="Of the texts; that of the workspace if absent.")] = None,
    system: Annotated[
        str | None, typer.Option("--system", autocompletion=system_ids, help="Only audits of this system.")
    ] = None,
    start: FromOption = None,
    end: ToOption = None,
) -> None:
    """OSCAL documents: the charter as a catalogue, its assessment plan, stored audits as assessment results."""
    from boussole.charter.auditing.rerun import chosen, newest
    from boussole.charter.oscal import oscal_files
    from boussole.charter.records import stored_audits

    check_folder(folder)
    workspace = workspace_of(context)
    first, last = start.date() if start else None, end.date() if end else None
    asked = system or first or last
    audits = chosen(workspace, system=system, start=first, end=last) if asked else stored_audits(workspace)
    files = oscal_files(workspace, newest(audits), lang=lang or workspace.settings.language)
    private_files.make_folder(folder)
    for name, document in files.items():
        write_json(document, str(folder / name))


# `boussole report`: the PDF.


class Language(StrEnum):
    """Languages of reports."""

    fr = "fr"
    en = "en"


def report(
    context: typer.Context,
    period: Annotated[str | None, typer.Option(help="2026-Q3, 2026-09 or 2026; the newest audits if absent.")] = None,
    lang: Annotated[Language | None, typer.Option(help="fr or en; the workspace's language if absent.")] = None,
    out: Annotated[Path | None, typer.Option(help="The PDF file; in the workspace's reports if absent.")] = None,
    system: Annotated[
        list[str] | None,
        typer.Option(autocompletion=system_ids, help="Only this system, or these if given again; all if absent."),
    ] = None,
) -> None:
    """Write the report of a period as an accessible, archivable PDF with its evidence attached."""
    from boussole.dashboard.report import write_report

    if out is not None:
        check_folder(out.parent)
    workspace = workspace_of(context)
    chosen = lang.value if lang else workspace.settings.language
    say(f"Written: {write_report(workspace, period=period, lang=chosen, out=out, systems=system or ())}")


# `boussole explain`: one decision, for the person concerned.


def explain(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    decision: Annotated[list[str], typer.Argument(help="The id of the decision; each column of it, in order.")],
    system: SystemOption,
    reason: Annotated[str, typer.Option(help="Why this decision must be read; the access log keeps it.")],
    request: Annotated[
        str | None, typer.Option(help="The number of the request that the sheet answers: needs --out and --role.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The PDF to write, of an answer.")] = None,
    role: Annotated[str | None, typer.Option(help="Who answers: a role, never a name.")] = None,
    lang: Annotated[Language | None, typer.Option(help="fr or en; the workspace's language if absent.")] = None,
) -> None:
    """Explain one decision to the person concerned, in the four parts that French law asks.

    Without --request it is a draft, printed, that nobody hands out. With it the sheet is written as PDF, and the answer
    recorded with its day, and sealed by the hash of the PDF alone. Each look is noted in the access log. Whoever holds
    the workspace's files may run this alone; in the browser it takes two people.
    """
    from boussole.dashboard.markup.words import speaker_in
    from boussole.dashboard.views.explanation import explanation, request_numbered
    from boussole.dashboard.views.explanation_sheet import sheet
    from boussole.dashboard.views.papers import plain_text

    if len({request is None, out is None, role is None}) > 1:
        raise BoussoleError(
            "an answer is handed to the person as a PDF, in somebody's name.",
            next_step="Give --request NUMBER, --out FILE.pdf and --role ROLE together, or none of them for a draft.",
        )
    workspace = workspace_of(context, reason=reasoned(reason))
    asked = request_numbered(workspace, request) if request is not None else None
    known = explanation(workspace, workspace.system(system), decision, asked)
    speaks = speaker_in(workspace, lang.value if lang else workspace.settings.language)
    if asked is not None and out is not None and role is not None:
        _answer(workspace, known, asked, speaks, out=out, role=role)
        return
    (title, subtitle), blocks = sheet(known, None, speaks, on=workspace.today())
    put(plain_text(title, subtitle, blocks, lang=speaks.lang), nl=False)


def _answer(workspace: Workspace, known: Explanation, asked: AppealState, speaks: Say, *, out: Path, role: str) -> None:
    """Writes the sheet that answers a request, for its owner only, then seals the answer; or neither."""
    from boussole.charter.incidents.book import enter
    from boussole.dashboard.report.typesetting import answer_of
    from boussole.dashboard.server.access.log import new_sheet_number

    if out.suffix.lower() != ".pdf" or out.exists():
        raise BoussoleError("the sheet is a new PDF.", where=str(out), next_step="Give a new name that ends in .pdf.")
    check_file(out)
    pdf, said = answer_of(workspace, known, asked, speaks, role=role, number=new_sheet_number())
    private_files.write(out, pdf)
    try:
        entry = enter(workspace, said).entry
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    say(f"Written: {out}. The request is answered on {said.on}; sealed at entry {entry}, without its content.")
    if said.outcome != "upheld":
        say("It lacks something that the law asks: question 5.3 does not count it as an answer. The sheet says why.")
