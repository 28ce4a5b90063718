"""What a cell holds, whether somebody typed it as a date, a number or a text."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from boussole.audits.identifiers import identifier_refusal, is_identifier
from boussole.audits.spreadsheet.columns import SYNONYMS, RegisterColumn, plain

LONGEST, LONGEST_NAME = 5000, 200
FIRST_YEAR, LAST_YEAR = 1950, 2100
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january", "fevrier february", "mars march", "avril april", "mai may", "juin june",
            "juillet july", "aout august", "septembre september", "octobre october", "novembre november",
            "decembre december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


class CellError(ValueError):
    """What is wrong with a cell, and what to write instead."""


def read(value: Any, column: RegisterColumn) -> Any:
    """The value of a cell as a system file holds it; None where the cell is empty.

    Raises CellError.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if value in ERRORS:
        raise CellError(f"holds the error {value}: mend its formula, or write the value")
    if column.form == "date":
        return _date(value)
    if column.form == "euros":
        return _euros(value)
    text = _text(value)
    if column.form == "choice":
        return _choice(text, column)
    if column.form == "id":
        return _id(text)
    if len(text) > (longest := LONGEST_NAME if column.path in (("title",), ("owner",)) else LONGEST):
        raise CellError(f"holds {len(text):,} characters: write {longest:,} or fewer")
    return text


ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
"""What a spreadsheet shows where a formula went wrong."""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\r\t" for c in text):
        raise CellError("holds characters that cannot be printed: type it again")
    return "\n".join(line.strip() for line in text.splitlines())


def _choice(text: str, column: RegisterColumn) -> str:
    choices, said = column.choices or {}, plain(text)
    known = {plain(word): key for key, words in choices.items() for word in (*words, key)}
    found = known.get(said) or next((key for word, key in SYNONYMS.items() if word == said and key in choices), None)
    if found is None:
        raise CellError(f"'{text[:40]}' is none of: {', '.join(fr for fr, _ in choices.values())}")
    return found


def _id(text: str) -> str:
    if not is_identifier(text):
        raise CellError(identifier_refusal(text))
    return text


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return _plausible(value)
    if isinstance(value, bool | int | float | dt.time | dt.timedelta):
        raise CellError(f"'{value}' is a number, not a date: format the cell as a date")
    return _plausible(_typed_date(_text(value)))


def _typed_date(text: str) -> dt.date:
    """A date that was typed as a text: 2025-03-31, 31/03/2025, 31 mars 2025.

    >>> _typed_date("1er août 2025")
    datetime.date(2025, 8, 1)
    """
    words = plain(text).split()
    try:
        if re.fullmatch(r"(?a)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}", text):
            return dt.date(int(words[0]), int(words[1]), int(words[2]))
        if re.fullmatch(r"(?a)\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}", text):
            return dt.date(int(words[2]), int(words[1]), int(words[0]))
        if len(words) == 3 and words[1] in MONTHS:
            return dt.date(int(words[2]), MONTHS[words[1]], int(words[0].removesuffix("er")))
    except ValueError as error:
        raise CellError(f"'{text[:40]}' is no day of the calendar: write day/month/year") from error
    raise CellError(f"'{text[:40]}' is not a date: write 31/03/2025 or 2025-03-31")


def _plausible(day: dt.date) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellError(f"{day} is not a likely year: write it between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _euros(value: Any) -> float:
    """An amount, also where it was typed as a text: 1 200 000 €, 1,2 M€, 350 k€.

    >>> _euros("1 200 000 €"), _euros("1,2 M€"), _euros("350 k€")
    (1200000.0, 1200000.0, 350000.0)
    """
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        raise CellError(f"'{value}' is not an amount: write a number of euros")
    try:
        amount = float(value) if isinstance(value, int | float) else _typed_euros(_text(value))
    except OverflowError:
        amount = float("inf")
    if not 0 <= amount <= 1e12:
        raise CellError(f"{amount:g} is not a likely amount: write euros, 0 or more")
    return amount


def _typed_euros(text: str) -> float:
    bare = re.sub(r"[\s\u00a0\u202f']", "", text)
    found = re.fullmatch(r"(?a)(\d+(?:[.,]\d+)*)(k|K|M)?(?:€|EUR|euros?)?", bare)
    if found is None:
        raise CellError(f"'{text[:40]}' is not an amount: write a number of euros, such as 1200000")
    digits, factor = found.group(1), {"k": 1e3, "K": 1e3, "M": 1e6}.get(found.group(2) or "", 1.0)
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", digits) and factor == 1:
        raise CellError(f"'{text[:40]}' can be read in two ways: write 1200 or 1,20")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,}", digits):
        return float(re.sub(r"[.,]", "", digits)) * factor
    if re.fullmatch(r"\d+(?:[.,]\d+)?", digits):
        return round(float(digits.replace(",", ".")) * factor, 2)
    raise CellError(f"'{text[:40]}' is not an amount: write a number of euros, such as 1200000")
