"""Whether enough members are there: counted from who is there, who is represented, and who stands aside."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from fractions import Fraction

from boussole.charter.record_types.acts import Count, Rules


def represented(
    *, members: Collection[str], there: Collection[str], proxies: Mapping[str, str], aside: Collection[str] = ()
) -> dict[str, str]:
    """The absent members for whom somebody there may vote, and who that is. `proxies`: holder by giver.

    >>> represented(members=["a", "b"], there=["b"], proxies={"a": "b"})
    {'a': 'b'}
    >>> represented(members=["a", "b"], there=["b"], proxies={"a": "b"}, aside=["b"])
    {}
    """
    return {
        giver: holder
        for giver, holder in proxies.items()
        if giver in members and giver not in there and giver not in aside
        if holder in members and holder in there and holder not in aside
    }


def count(
    rules: Rules,
    *,
    members: Collection[str],
    there: Collection[str],
    remote: Collection[str] = (),
    proxies: Mapping[str, str] | None = None,
    aside: Collection[str] = (),
    needs_quorum: bool = True,
) -> Count:
    """How many members are there, represented and needed. `aside`: those who stand aside on the item, thus not there.

    >>> from boussole.charter.committee.rules import packaged
    >>> found = count(packaged("external"), members=["a", "b", "c"], there=["a"], proxies={"b": "a"})
    >>> found.needed, found.counted, found.reached
    (2, 2, True)
    """
    composing = set(members) if rules.quorum.recused_count else set(members) - set(aside)
    present = (set(there) & set(members)) - set(aside)
    absent = represented(members=members, there=there, proxies=proxies or {}, aside=aside)
    needed = math.ceil(Fraction(rules.quorum.share) * len(composing)) if needs_quorum else 0
    return Count(
        members=len(composing),
        present=len(present),
        remote=len(present & set(remote)),
        represented=len(absent),
        needed=needed,
        counted=len(present) + (len(absent) if rules.quorum.represented_count else 0),
    )
