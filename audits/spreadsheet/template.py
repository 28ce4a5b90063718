"""An empty register to fill in: one sentence per column, lists to choose from, an example, an explanation."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from boussole.audits.spreadsheet.columns import COLUMNS, RegisterColumn

ROWS = 500
"""Rows that are prepared: lists to choose from, formats."""
EXAMPLE: dict[str, tuple[Any, Any]] = {
    "title": ("Exemple : tri des courriels", "Example: sorting of e-mails"),
    "purpose": ("Oriente chaque courriel vers le bon service.", "Sends each e-mail to the right team."),
    "owner": ("Responsable de la relation à distance", "Head of remote services"),
    "status": ("en service", "in service"),
    "risk": ("limité", "limited"),
    "risk_reason": ("Règlement (UE) 2024/1689, article 50", "Regulation (EU) 2024/1689, Article 50"),
    "contact": ("Référent éthique de l’IA", "AI ethics officer"),
    "provider": ("Interne", "In house"),
    "hosting": ("centre de données propre", "own data centre"),
    "people_affected": ("Les personnes qui écrivent, 200 000 par mois", "People who write, 200,000 a month"),
    "dates.trial": (dt.date(2025, 3, 3),) * 2,
    "dates.service": (dt.date(2025, 9, 1),) * 2,
    "impact_assessment.done_on": (dt.date(2025, 1, 20),) * 2,
    "impact_assessment.document": ("AIPD n° 31", "DPIA 31"),
    "dates.ethics_review": (dt.date(2025, 2, 12),) * 2,
    "dates.works_council": (dt.date(2025, 2, 20),) * 2,
    "dates.next_review": (dt.date(2027, 2, 1),) * 2,
    "costs.build": (180000,) * 2,
    "costs.yearly": (42000,) * 2,
    "gains": ("2 000 heures par an", "2,000 hours a year"),
}
"""By the key of a column: what an example row says in French and in English."""
SHEETS = (("Registre", "Explications"), ("Register", "Explanations"))
WRONG = ("Choisissez", "Choose")
GUIDE: tuple[tuple[str, str], ...] = (
    (
        "Une ligne par usage. Cinq colonnes suffisent (en gras) ; les autres se remplissent quand on sait.",
        "One row for each use. Five columns are enough (in bold); the others are filled in when known.",
    ),
    (
        "Un usage « en service » sans analyse d’impact est refusé, sauf risque minimal ; à risque élevé, il lui "
        "faut aussi l’analyse sur les droits fondamentaux. Donnez la date, ou la raison qui en dispense.",
        "A use 'in service' without its impact assessment is refused, unless its risk is minimal; at high risk it "
        "needs the fundamental rights assessment, too. Give the date, or the reason why none is required.",
    ),
    (
        "Les dates s’écrivent jour/mois/année, les montants en euros. Pas de nom de personne : des rôles.",
        "Dates are written day/month/year, amounts in euros. No names of people: roles.",
    ),
    (
        "Une ligne dont le nom commence par « Exemple : » n’est pas importée.",
        "A row whose name begins with 'Example:' is not imported.",
    ),
    (
        "Une case vide n’efface rien de ce qui est déjà au registre.",
        "An empty cell erases nothing of what is in the register already.",
    ),
    (
        "Pour importer : boussole systems import FICHIER.xlsx --dry-run, puis sans --dry-run.",
        "To import: boussole systems import FILE.xlsx --dry-run, then without --dry-run.",
    ),
)


def write_template(path: Path, *, lang: str = "fr") -> None:
    """An empty register as a workbook, its headers and lists in one language, explained in both."""
    from openpyxl import Workbook

    at = ("fr", "en").index(lang)
    book = Workbook()
    sheet = book.active
    sheet.title = SHEETS[at][0]
    for place, column in enumerate(COLUMNS, start=1):
        _head(sheet, place, column, at)
        _example(sheet, place, column, at)
        _choices(sheet, place, column, at)
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 48
    _explain(book.create_sheet(SHEETS[at][1]))
    book.save(path)


def _head(sheet: Any, place: int, column: RegisterColumn, at: int) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = sheet.cell(row=1, column=place, value=column.names[at])
    cell.font = Font(bold=column.needed)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.fill = PatternFill("solid", fgColor="F4F2EC")
    said = f"{column.hint[at]}\n{column.names[1 - at]}: {column.hint[1 - at]}"
    cell.comment = Comment(said, "Boussole", height=110, width=260)
    sheet.column_dimensions[cell.column_letter].width = 34 if column.lang else 18


def _example(sheet: Any, place: int, column: RegisterColumn, at: int) -> None:
    from openpyxl.styles import Font

    cell = sheet.cell(row=2, column=place, value=EXAMPLE.get(column.key, (None, None))[at])
    cell.font = Font(italic=True, color="6B7076")
    if column.form in ("date", "euros"):
        for row in range(2, ROWS + 2):
            sheet.cell(row=row, column=place).number_format = "dd/mm/yyyy" if column.form == "date" else "#,##0"


def _choices(sheet: Any, place: int, column: RegisterColumn, at: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.choices is None:
        return
    words = ",".join(word[at] for word in column.choices.values())
    rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
    rule.error, rule.errorTitle = f"{WRONG[at]}: {words}", column.names[at]
    rule.add(f"{get_column_letter(place)}2:{get_column_letter(place)}{ROWS + 1}")
    sheet.add_data_validation(rule)


def _explain(sheet: Any) -> None:
    from openpyxl.styles import Alignment, Font

    for row in GUIDE:
        sheet.append(row)
    sheet.append(())
    sheet.append(("Colonne", "Ce qu’il faut y écrire", "Column", "What to write there"))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for column in COLUMNS:
        listed = [" ; ".join(words) for words in zip(*column.choices.values(), strict=True)] if column.choices else None
        fr, en = (
            f"{hint} {words}" if words else hint for hint, words in zip(column.hint, listed or ("", ""), strict=True)
        )
        sheet.append((column.names[0], fr, column.names[1], en))
    for name in "ABCD":
        sheet.column_dimensions[name].width = 60 if name in "BD" else 44
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
