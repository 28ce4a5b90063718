"""The state of a committee, made of its sealed acts: immutable, and everything else is computed from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Act, Rules, RulesInForce
from boussole.charter.records import SealedStatement

A = TypeVar("A", bound=Act)


@dataclass(frozen=True, kw_only=True)
class CommitteeState:
    """The state of a committee: the rules of its file, and its acts in the order they were sealed."""

    text: Rules
    """Its rules as its file states them; they count until others are adopted."""
    acts: Sequence[SealedStatement] = ()

    @property
    def committee(self) -> str:
        return self.text.id

    @property
    def rules(self) -> Rules:
        """The rules in force: those adopted last; while none are, those of its file."""
        return self.adopted.rules if self.adopted else self.text

    @property
    def adopted(self) -> RulesInForce | None:
        """The act that put the rules in force; None while they are only proposed."""
        found = [act for _, act in self.standing(RulesInForce) if act.act == "adopted"]
        return found[-1] if found else None

    def rules_by(self, sha256: str) -> Rules:
        """The rules that a convocation names, as they were sealed."""
        return next(act.rules for _, act in self.standing(RulesInForce) if act.rules.sha256 == sha256)

    def knows_rules(self, sha256: str) -> bool:
        """Whether rules were sealed."""
        return any(act.rules.sha256 == sha256 for _, act in self.standing(RulesInForce))

    def standing(self, kind: type[A]) -> list[tuple[int, A]]:
        """The acts of a kind, with their entries."""
        return [(entry, act) for entry, act in self._by_kind.get(kind, ()) if isinstance(act, kind)]

    def about(self, kind: type[A], of: int) -> list[tuple[int, A]]:
        """The acts of a kind that are about an entry, with their entries."""
        return [(entry, act) for entry, act in self._by_subject.get((kind, of), ()) if isinstance(act, kind)]

    def last(self, kind: type[A], of: int) -> tuple[int, A] | None:
        """The latest act of a kind that is about an entry, with its own entry; None where there is none."""
        found = self.about(kind, of)
        return found[-1] if found else None

    def get(self, kind: type[A], entry: int) -> A:
        """One act. Raises RefusedError for one of another committee or kind."""
        act = self._by_entry.get(entry)
        if not isinstance(act, kind):
            raise RefusedError("not_that_kind" if act is not None else "apart", entry=entry)
        return act

    def sealed(self, entry: int) -> SealedStatement:
        """An act as it was sealed."""
        return next(each for each in self.acts if each.entry == entry)

    def plus(self, sealed: SealedStatement) -> CommitteeState:
        """The state of the committee after one more act."""
        return replace(self, acts=(*self.acts, sealed))

    @cached_property
    def _by_entry(self) -> dict[int, Act]:
        return {each.entry: _act(each) for each in self.acts}

    @cached_property
    def _by_kind(self) -> dict[type[Act], list[tuple[int, Act]]]:
        found: dict[type[Act], list[tuple[int, Act]]] = {}
        for entry, act in self._by_entry.items():
            found.setdefault(type(act), []).append((entry, act))
        return found

    @cached_property
    def _by_subject(self) -> dict[tuple[type[Act], int], list[tuple[int, Act]]]:
        found: dict[tuple[type[Act], int], list[tuple[int, Act]]] = {}
        for kind, acts in self._by_kind.items():
            for entry, act in acts:
                of = getattr(act, "of", None)
                if of is not None:
                    found.setdefault((kind, of), []).append((entry, act))
        return found


def _act(sealed: SealedStatement) -> Act:
    assert isinstance(sealed.statement, Act)  # noqa: S101 (only acts are read into a house)
    return sealed.statement
