"""The register as CSV files that a spreadsheet can open without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from boussole.audits import private_files
from boussole.audits.formulas import escaped

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
    """One column per article of the charter: its verdict for the use."""
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
