"""Texts looked through as they come in; only the names of criteria and kinds of personal data found are kept."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from boussole.audits.texts.personal.findings import ENTITIES, Entity

REMEMBERED = 50_000
"""Different texts of which a process remembers what they hold: templates come again and again."""


def wording_of(texts: Iterable[str]) -> list[str]:
    """Return the criteria that each text states (`texts.checking`), in alphabetical order with a blank between."""
    from boussole.audits.texts.engine import check_text

    return [" ".join(sorted({each.criterion for each in check_text(text).findings})) for text in texts]


def personal_of(texts: Iterable[str], kinds: str) -> list[str]:
    """Return the kinds of personal data in each text, of those that are named, in the same form.

    Raises TextsError where names of people are asked for and the extra `texts` is not installed.
    """
    from boussole.audits.texts.personal.detector import find_all

    asked: list[Entity] = [kind for kind in ENTITIES if kind in kinds.split()]
    return [" ".join(sorted({each.entity for each in found})) for found in find_all(texts, entities=asked)]


class Remembered:
    """What texts hold, each different one read once; of a text it knows a hash, and no word."""

    def __init__(self, read: Callable[[list[str]], list[str]]) -> None:
        self._read, self._held = read, dict[bytes, str]()

    def __call__(self, texts: Sequence[str | None]) -> list[str | None]:
        """What each text holds; None of none."""
        keys = {text: _key(text) for text in dict.fromkeys(texts) if text is not None}
        if len(self._held) + len(keys) > REMEMBERED:
            self._held.clear()
        new = [text for text, key in keys.items() if key not in self._held]
        self._held |= dict(zip(map(_key, new), self._read(new), strict=True))
        return [None if text is None else self._held[keys[text]] for text in texts]


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@cache
def wording() -> Remembered:
    """What adverts that came in state, by this process."""
    return Remembered(wording_of)


@cache
def personal(kinds: str) -> Remembered:
    """The personal data of some kinds in texts that came in, by this process."""
    return Remembered(lambda some: personal_of(some, kinds))


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register the SQL functions `wording_found(VARCHAR)` and `personal_found(VARCHAR, kinds VARCHAR)`."""

    def found_wording(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
        return pa.array(wording()(texts.to_pylist()), pa.string())

    def found_personal(texts: pa.ChunkedArray | pa.Array, kinds: pa.ChunkedArray | pa.Array) -> pa.Array:
        return pa.array(personal(next(iter(kinds.to_pylist()), ""))(texts.to_pylist()), pa.string())

    functions: tuple[tuple[str, Callable[..., pa.Array], int], ...] = (
        ("wording_found", found_wording, 1),
        ("personal_found", found_personal, 2),
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
