"""The columns of a register in a spreadsheet, in both languages, and an empty register to fill in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from boussole.audits.identifiers import unaccented
from boussole.audits.systems.model import System

Words = tuple[str, str]
"""French, English."""

STATUSES: dict[str, Words] = {
    "design": ("à l’étude", "in design"),
    "pilot": ("en essai", "on trial"),
    "production": ("en service", "in service"),
    "retired": ("abandonné", "abandoned"),
}
RISKS: dict[str, Words] = {
    "prohibited": ("interdit", "prohibited"),
    "high": ("élevé", "high"),
    "limited": ("limité", "limited"),
    "minimal": ("minimal", "minimal"),
}
PLACES: dict[str, Words] = {
    "own-datacentre": ("centre de données propre", "own data centre"),
    "dedicated-cloud": ("nuage dédié", "dedicated cloud"),
    "external": ("externe", "external"),
}


@dataclass(frozen=True)
class RegisterColumn:
    """One column: the key of a system file that it fills, its names, and what to write there, in both languages."""

    key: str
    names: Words
    hint: Words
    form: Literal["text", "texts", "date", "euros"] = "text"
    choices: dict[str, Words] | None = None

    @property
    def needed(self) -> bool:
        """Whether a system file cannot do without it."""
        field = System.model_fields.get(self.key)
        return field is not None and field.is_required() and self.key != "id"


def _assessment(key: str, fr: str, en: str) -> tuple[RegisterColumn, ...]:
    reason = ("À la place de la date : la raison.", "Instead of the date: the reason.")
    return (
        RegisterColumn(
            f"{key}.done_on",
            (f"{fr} : date", f"{en}: date"),
            ("Jour où elle a été achevée.", "Day on which it was finished."),
            "date",
        ),
        RegisterColumn(
            f"{key}.document",
            (f"{fr} : document", f"{en}: document"),
            ("Son numéro ou son titre, pour la retrouver.", "Its number or title, to find it again."),
        ),
        RegisterColumn(f"{key}.not_required", (f"{fr} : pourquoi pas requise", f"{en}: why not required"), reason),
    )


COLUMNS: tuple[RegisterColumn, ...] = (
    RegisterColumn(
        "title",
        ("Nom", "Name"),
        ("Le nom de l’usage, tel qu’on le lit partout.", "The name of the use, as everybody reads it."),
        "texts",
    ),
    RegisterColumn(
        "id",
        ("Identifiant", "Id"),
        (
            "Facultatif : a-z, 0-9 et _ ; sinon il vient du nom. À donner pour renommer.",
            "Optional: a-z, 0-9 and _; else it comes from the name. Give it to rename.",
        ),
    ),
    RegisterColumn(
        "purpose",
        ("Finalité", "Purpose"),
        ("À quoi il sert, en une phrase.", "What it is for, in one sentence."),
        "texts",
    ),
    RegisterColumn(
        "owner",
        ("Responsable", "Owner"),
        ("Le rôle qui en répond, pas une personne.", "The role that answers for it, not a person."),
    ),
    RegisterColumn("status", ("Statut", "Status"), ("Où il en est.", "Where it stands."), choices=STATUSES),
    RegisterColumn(
        "risk",
        ("Risque", "Risk"),
        ("La classe du règlement européen sur l’IA.", "The class under the EU AI Act."),
        choices=RISKS,
    ),
    RegisterColumn(
        "risk_reason",
        ("Motif du risque", "Reason of the risk"),
        ("Pourquoi cette classe : article, annexe.", "Why that class: article, annex."),
    ),
    RegisterColumn(
        "contact",
        ("Contact", "Contact"),
        ("Le rôle qui répond aux questions.", "The role that answers questions."),
    ),
    RegisterColumn("provider", ("Fournisseur", "Provider"), ("Qui fait le modèle.", "Who makes the model.")),
    RegisterColumn(
        "hosting", ("Hébergement", "Hosting"), ("Où le modèle tourne.", "Where the model runs."), choices=PLACES
    ),
    RegisterColumn(
        "people_affected",
        ("Personnes concernées", "People affected"),
        ("Qui il touche, et combien.", "Whom it touches, and how many."),
        "texts",
    ),
    RegisterColumn(
        "dates.trial",
        ("Premier essai", "First trial"),
        ("Premier jour sur des cas réels.", "First day on real cases."),
        "date",
    ),
    RegisterColumn(
        "dates.service",
        ("Mise en service", "In service since"),
        ("Premier jour en service.", "First day in service."),
        "date",
    ),
    RegisterColumn(
        "dates.ended",
        ("Fin", "Ended"),
        ("Dernier jour, s’il est abandonné.", "Last day, if it is abandoned."),
        "date",
    ),
    *_assessment("impact_assessment", "Analyse d’impact", "Impact assessment"),
    *_assessment("fria", "Droits fondamentaux", "Fundamental rights"),
    RegisterColumn(
        "dates.ethics_review",
        ("Examen éthique", "Ethics review"),
        ("Jour où le comité éthique l’a examiné.", "Day on which the ethics committee looked at it."),
        "date",
    ),
    RegisterColumn(
        "dates.works_council",
        ("Consultation du CSE", "Works council"),
        ("Jour où le comité social et économique a été consulté.", "Day on which it was consulted."),
        "date",
    ),
    RegisterColumn(
        "dates.next_review",
        ("Prochaine revue", "Next review"),
        ("Jour où quelqu’un le réexamine.", "Day on which somebody looks at it again."),
        "date",
    ),
    RegisterColumn(
        "costs.build", ("Coût de construction (€)", "Cost to build (€)"), ("En euros.", "In euros."), "euros"
    ),
    RegisterColumn(
        "costs.yearly", ("Coût annuel (€)", "Cost a year (€)"), ("En euros par an.", "In euros a year."), "euros"
    ),
    RegisterColumn(
        "gains",
        ("Gains", "Benefits"),
        ("Ce qu’il apporte : heures par an…", "What it brings: hours a year…"),
        "texts",
    ),
)


def plain(text: str) -> str:
    """Return a text without accents, case and punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", unaccented(text)))


HEADERS = {
    plain(name): (column, lang) for column in COLUMNS for lang, name in zip(("fr", "en"), column.names, strict=True)
}
"""Each name of a column as `plain` makes it, with its column and language."""

ROWS = 500
"""Rows of an empty register that are prepared: lists to choose from, formats."""


def write_template(path: Path, *, lang: str = "fr") -> None:
    """An empty register as a workbook in one language: headers with an explanation, and lists to choose from."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    at = ("fr", "en").index(lang)
    book = Workbook()
    sheet = book.active
    sheet.title = ("Registre", "Register")[at]
    for place, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(row=1, column=place, value=column.names[at])
        cell.font = Font(bold=column.needed)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.fill = PatternFill("solid", fgColor="F4F2EC")
        sheet.column_dimensions[cell.column_letter].width = 34 if column.form == "texts" else 18
        _prepare(sheet, cell, column, at)
    sheet.freeze_panes = "B2"
    book.save(path)


def _prepare(sheet: Any, header: Any, column: RegisterColumn, at: int) -> None:
    """The explanation of a header, and what the cells below it may hold."""
    from openpyxl.comments import Comment
    from openpyxl.worksheet.datavalidation import DataValidation

    header.comment = Comment(column.hint[at], "Boussole", height=60, width=260)
    below = f"{header.column_letter}2:{header.column_letter}{ROWS + 1}"
    if column.choices is not None:
        words = ",".join(word[at] for word in column.choices.values())
        rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
        rule.add(below)
        sheet.add_data_validation(rule)
    if column.form in ("date", "euros"):
        for (cell,) in sheet[below]:
            cell.number_format = "dd/mm/yyyy" if column.form == "date" else "#,##0"
