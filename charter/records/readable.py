"""The records that can be read: those that stand, and that nothing keeps back while it is under way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.kinds import Withdrawal
from boussole.charter.records.statements import SealedStatement, statements


@dataclass(frozen=True, kw_only=True)
class Readable:
    """A record that can be read, and the kinds of all records that it is about, directly or not."""

    sealed: SealedStatement
    about: frozenset[str]


@dataclass(frozen=True)
class Records:
    """All records, by their entries, in the order in which they were sealed."""

    sealed: Mapping[int, SealedStatement]

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """The records of a workspace, as they are at this moment."""
        return cls(sealed={each.entry: each for each in statements(workspace)})

    def readable(self, kind: type[Statement]) -> list[Readable]:
        """The records of a kind that stand and may be told (`told_after`), the newest first."""
        mine = (each for each in reversed(list(self.sealed.values())) if each.statement.kind == kind.kind)
        return [found for each in mine if (found := self._readable(each))]

    def at(self, entry: int) -> Readable | None:
        """The record that an entry seals; None where it seals none, or none that can be read."""
        each = self.sealed.get(entry)
        return None if each is None else self._readable(each)

    def _readable(self, each: SealedStatement) -> Readable | None:
        if not (self.stands(each) and self.ended(each)):
            return None
        return Readable(sealed=each, about=frozenset(self.sealed[entry].statement.kind for entry in self.above(each)))

    @cached_property
    def gone(self) -> set[int]:
        """The entries of those that were withdrawn."""
        takes_back = (each.statement for each in self.sealed.values())
        return {said.of for said in takes_back if isinstance(said, Withdrawal)}

    @cached_property
    def ends(self) -> set[tuple[str, int | None]]:
        """Of each record that is about another: its kind, and the entry of that one."""
        return {(each.statement.kind, _of(each)) for each in self.sealed.values() if each.entry not in self.gone}

    def above(self, each: SealedStatement) -> Iterator[int]:
        """The entry that a record is about, that which this one is about, and so on: each once, even in a circle."""
        of, met = _of(each), set[int]()
        while of is not None and of in self.sealed and of not in met:
            met.add(of)
            yield of
            of = _of(self.sealed[of])

    def stands(self, each: SealedStatement) -> bool:
        """Whether nobody withdrew a record, or what it is about."""
        says_so = isinstance(each.statement, Withdrawal)
        return each.entry not in self.gone and (says_so or self.gone.isdisjoint(self.above(each)))

    def ended(self, each: SealedStatement) -> bool:
        """Whether what keeps a record back is over."""
        waits_for = each.statement.told_after
        return not waits_for or any((kind, _of(each)) in self.ends for kind in waits_for)


def _of(each: SealedStatement) -> int | None:
    of: int | None = getattr(each.statement, "of", None)
    return of
