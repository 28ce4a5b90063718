"""The methods that Evidently is asked for, and which measure of ours answers the same question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Key = Literal[
    "jensenshannon", "hellinger", "wasserstein", "ks", "psi", "chisquare", "mannw", "cramer_von_mises", "anderson"
]
Reading = Literal["same", "p_value", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method of Evidently by its `key`, the measure of ours that answers the same question, and what to make of it.

    `numbers`, `words`: the columns it can be asked about. `reading`: `same` (up to sampling, other classes and its
    unit), `p_value` (only a p-value: it hangs on the size of the sample), or `wrong`."""

    key: Key
    metric: str
    numbers: bool
    words: bool
    reading: Reading


METHODS = (
    Method(key="jensenshannon", metric="jensen_shannon", numbers=True, words=True, reading="same"),
    Method(key="hellinger", metric="hellinger", numbers=True, words=True, reading="same"),
    Method(key="wasserstein", metric="wasserstein", numbers=True, words=False, reading="same"),
    Method(key="ks", metric="kolmogorov_smirnov", numbers=True, words=False, reading="p_value"),
    Method(key="psi", metric="psi", numbers=True, words=False, reading="wrong"),
    Method(key="psi", metric="psi", numbers=False, words=True, reading="same"),
    Method(key="chisquare", metric="chi_square", numbers=False, words=True, reading="wrong"),
    Method(key="mannw", metric="mann_whitney", numbers=True, words=False, reading="wrong"),
    Method(key="cramer_von_mises", metric="cramer_von_mises", numbers=True, words=False, reading="p_value"),
    Method(key="anderson", metric="anderson_darling", numbers=True, words=False, reading="p_value"),
)
"""Its total variation (`TVD`) is left out: a p-value from 1,000 permutations, not the distance, that takes minutes."""
