"""Texts looked through as they come in: which criteria of unlawful wording and which kinds of personal data they hold.

Of a text only the names of what was found leave this module: neither a word of it nor where it stood.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from boussole.audits.texts.personal.findings import ENTITIES, Entity

REMEMBERED = 50_000
"""Different texts of which it is remembered, within one import, what they hold: templates come again and again."""


def wording_of(texts: Iterable[str]) -> list[str]:
    """The criteria that each text states (`texts.checking`), in the order of the alphabet with a blank between.

    >>> wording_of(["Recherche serveuse de moins de 30 ans.", "Vendeur ou vendeuse."])
    ['age masculine_only', '']
    """
    from boussole.audits.texts.checking import check_text

    return [" ".join(sorted({each.criterion for each in check_text(text).findings})) for text in texts]


def personal_of(texts: Iterable[str], kinds: str) -> list[str]:
    """The kinds of personal data in each text, of those that are named, in the same form.

    Raises TextsError where names of people are asked for and the extra `texts` is not installed.

    >>> personal_of(["Écrivez à lea@exemple.fr", "Bonjour"], "EMAIL IBAN")
    ['EMAIL', '']
    """
    from boussole.audits.texts.personal.detector import find_all

    asked: list[Entity] = [kind for kind in ENTITIES if kind in kinds.split()]
    return [" ".join(sorted({each.entity for each in found})) for found in find_all(texts, entities=asked)]


class Remembered:
    """What texts hold, each different one read once."""

    def __init__(self, read: Callable[[list[str]], list[str]]) -> None:
        self._read, self._held = read, dict[str, str]()

    def __call__(self, texts: list[str | None]) -> list[str | None]:
        """What each text holds; None of none."""
        new = [text for text in dict.fromkeys(texts) if text is not None and text not in self._held]
        if len(self._held) + len(new) > REMEMBERED:
            self._held.clear()
            new = [text for text in dict.fromkeys(texts) if text is not None]
        self._held |= dict(zip(new, self._read(new), strict=True))
        return [None if text is None else self._held[text] for text in texts]


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives a connection the SQL functions `wording_found(VARCHAR)` and `personal_found(VARCHAR, kinds VARCHAR)`, both
    to VARCHAR; NULL stays NULL. Once they are there, nothing changes."""
    worded, by_kinds = Remembered(wording_of), dict[str, Remembered]()

    def wording(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
        return pa.array(worded(texts.to_pylist()), pa.string())

    def personal(texts: pa.ChunkedArray | pa.Array, kinds: pa.ChunkedArray | pa.Array) -> pa.Array:
        asked = next(iter(kinds.to_pylist()), "")
        read = by_kinds.setdefault(asked, Remembered(lambda some: personal_of(some, asked)))
        return pa.array(read(texts.to_pylist()), pa.string())

    functions: tuple[tuple[str, Callable[..., pa.Array], int], ...] = (
        ("wording_found", wording, 1),
        ("personal_found", personal, 2),
    )
    for name, function, given in functions:
        with contextlib.suppress(duckdb.NotImplementedException):  # it is there already
            connection.create_function(
                name,
                function,
                ["varchar"] * given,
                "varchar",
                type=PythonUDFType.ARROW,
                null_handling=FunctionNullHandling.SPECIAL,
            )
