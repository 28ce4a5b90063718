"""Reading one column of a source as SQL, cheaply where its type already says what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.formulas import WIDE
from boussole.audits.lake.tables import literal, quote
from boussole.audits.systems.kinds import Value

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")

OFFSET = r"(Z|[+-]\d\d(:?\d\d)?)"
"""How far from UTC a clock is said to be."""
OF_A_PLACE = r"(Z|[+-](0\d|1[0-3])(:?[0-5]\d)?|[+-]14(:?00)?)"
"""How far it can be: nowhere more than fourteen hours."""
TRUE, FALSE = ("true", "1", "1.0", "yes", "oui", "vrai"), ("false", "0", "0.0", "no", "non", "faux")
"""Words that true and false stand for, in any case: YAML itself reads `yes` as true, and French Excel writes VRAI."""


@dataclass(frozen=True)
class ColumnReader:
    """SQL expressions over the columns of a source whose DuckDB types are known."""

    types: Mapping[str, str]

    def is_text(self, column: str) -> bool:
        return self.types[column] == "VARCHAR"

    def text(self, column: str) -> str:
        """SQL of the trimmed text, NULL when empty."""
        if self.is_text(column):
            return f"nullif(trim({quote(column)}), '')"
        return f"CAST({quote(column)} AS VARCHAR)"

    def blank(self, column: str) -> str:
        """True where text is NULL or empty; only what sorts before the first visible character is looked at."""
        name = quote(column)
        if not self.is_text(column):
            return f"({name} IS NULL)"
        return f"({name} IS NULL OR CASE WHEN {name} < '!' THEN trim({name}) = '' ELSE false END)"

    def formula(self, column: str) -> str:
        """Return SQL that is true where a spreadsheet would run the text."""
        first = f"left(trim({quote(column)}), 1)"
        sign = f"({first} IN ('+', '-') AND {self.double(column)} IS NULL)"
        runs = f"coalesce(({first} <> '' AND contains('=@{WIDE}', {first})) OR {sign}, false)"
        return f"(CASE WHEN contains('=@+-{WIDE}', {first}) THEN {runs} ELSE false END)"

    def longer(self, column: str, limit: int) -> str:
        """SQL that is true where a text has more characters than a limit. Its bytes, which cost nothing, come first."""
        if self.is_text(column):
            return f"coalesce(strlen({quote(column)}) > {limit} AND length({quote(column)}) > {limit}, false)"
        nested = self.types[column].endswith("]") or self.types[column].startswith(("STRUCT", "MAP", "JSON", "BLOB"))
        return f"coalesce(length({self.text(column)}) > {limit}, false)" if nested else "false"

    def absent(self, column: str) -> str:
        """True where the column holds nothing: NULL, empty, NaN."""
        name = quote(column)
        if self.is_text(column):
            return f"({self.text(column)} IS NULL OR lower(trim({name})) = 'nan')"
        if self.types[column] in ("DOUBLE", "FLOAT"):
            return f"({name} IS NULL OR isnan({name}))"
        return f"({name} IS NULL)"

    def double(self, column: str) -> str:
        """The column as a floating number, NULL where it is no number; NaN stays."""
        if self.types[column] == "DOUBLE":
            return quote(column)
        if self.types[column] in (*WHOLE, "FLOAT", "BOOLEAN") or self.types[column].startswith("DECIMAL"):
            return f"CAST({quote(column)} AS DOUBLE)"
        return f"TRY_CAST({self.text(column)} AS DOUBLE)"

    def number(self, column: str) -> str:
        """The column as a finite number, NULL where there is none."""
        value = self.double(column)
        if self.types[column] in WHOLE:
            return value
        return f"CASE WHEN isfinite({value}) THEN {value} END"

    def no_number(self, column: str) -> str:
        """SQL that is true where text stands in place of a number."""
        if not self.is_text(column):
            return "false"
        return f"({self.text(column)} IS NOT NULL AND {self.double(column)} IS NULL)"

    def not_finite(self, column: str) -> str:
        """SQL that is true where the number is NaN or infinite."""
        if self.types[column] in WHOLE:
            return "false"
        return f"coalesce(NOT isfinite({self.double(column)}), false)"

    def matches(self, column: str, values: Sequence[Value]) -> str:
        """True where the column holds one of these values: true matches `TRUE`, numbers match as numbers."""
        flags = [value for value in values if isinstance(value, bool)]
        numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        texts = [value for value in values if isinstance(value, str)]
        parts = [self._flags(column, flags)] if flags else []
        if numbers:
            parts.append(f"{self.double(column)} IN ({', '.join(map(repr, numbers))})")
        if texts:
            parts.append(f"{self.text(column)} IN ({', '.join(map(literal, texts))})")
        return f"coalesce({' OR '.join(parts)}, false)"

    def _flags(self, column: str, flags: Sequence[bool]) -> str:
        if self.types[column] == "BOOLEAN" and len(set(flags)) == 2:
            return f"{quote(column)} IS NOT NULL"
        if self.types[column] == "BOOLEAN":
            return f"{quote(column)} IN ({', '.join(map(str, flags))})"
        words = [word for flag in flags for word in (TRUE if flag else FALSE)]
        return f"lower({self.text(column)}) IN ({', '.join(map(literal, words))})"

    def moment(self, column: str, zone: str) -> str:
        """The local time in a time zone; a moment without offset is already local."""
        name, kind = quote(column), self.types[column]
        if (kind.startswith("TIMESTAMP") and "ZONE" not in kind) or kind == "DATE":
            return f"CAST({name} AS TIMESTAMP)"
        here = f"{self.with_offset(column)} AT TIME ZONE {literal(zone)}"
        if not self.is_text(column):
            return here if "ZONE" in kind else "CAST(NULL AS TIMESTAMP)"
        return f"CASE WHEN {self.tells_offset(column)} THEN {here} ELSE TRY_CAST({name} AS TIMESTAMP) END"

    def tells_offset(self, column: str) -> str:
        """SQL: whether a moment tells how far it is from UTC, so that it is one instant."""
        if self.is_text(column):
            return rf"regexp_matches({quote(column)}, '\d:\d\d.*{OFFSET}\s*$')"
        return "true" if "ZONE" in self.types[column] else "false"

    def with_offset(self, column: str) -> str:
        """SQL: the same moment as an instant, of one that tells its offset; NULL where no place is so far from UTC."""
        name = quote(column)
        if not self.is_text(column):
            return f"TRY_CAST({name} AS TIMESTAMPTZ)"
        close = rf"regexp_replace({name}, '\s*{OFFSET}\s*$', '\1')"
        whole = rf"regexp_replace({close}, '([ T]\d\d?:\d\d){OFFSET}$', '\1:00\2')"
        instant = f"coalesce(TRY_CAST({name} AS TIMESTAMPTZ), TRY_CAST({whole} AS TIMESTAMPTZ))"
        return rf"CASE WHEN regexp_matches({name}, '{OF_A_PLACE}\s*$') THEN {instant} END"
