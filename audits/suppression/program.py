"""Linear programs that differ in little from one another, each started from the answer to the one before."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_array

from boussole.audits.errors import BoussoleError
from boussole.audits.suppression.lattice import Floats, Matrix


class SuppressionError(BoussoleError):
    """The solver found no safe choice; nothing may be published."""


class _Silent(highspy.Highs):
    """HiGHS without the callbacks of its Python class: setting them up prints a banner into whatever we print."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)


class Program:
    """A linear program: minimise cost · x, rows and columns within bounds, by the simplex method from its last state.

    Source: Huangfu & Hall (2018), Math. Prog. Computation 10:119-142 (HiGHS).
    """

    def __init__(
        self, matrix: Matrix, *, rows: tuple[Floats, Floats], columns: tuple[Floats, Floats], primal: bool
    ) -> None:
        by_column = csc_array(matrix)
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = by_column.shape
        lp.col_cost_ = np.zeros(lp.num_col_)
        lp.col_lower_, lp.col_upper_ = columns
        lp.row_lower_, lp.row_upper_ = rows
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = by_column.indptr, by_column.indices
        lp.a_matrix_.value_ = by_column.data
        self._size = int(lp.num_col_)
        self._all = np.arange(self._size, dtype=np.int32)
        self._highs = _Silent()
        strategy = highspy.simplex_constants.SimplexStrategy
        chosen = strategy.kSimplexStrategyPrimal if primal else strategy.kSimplexStrategyDual
        options: dict[str, str | int] = {
            "threads": 1,
            "solver": "simplex",
            "presolve": "off",
            "simplex_strategy": int(chosen),
        }
        for option, value in options.items():
            self._highs.setOptionValue(option, value)
        self._highs.passModel(lp)

    def minimise(self, cost: Floats) -> Floats:
        """The best x. Raises SuppressionError where there is none."""
        self._highs.changeColsCost(self._size, self._all, np.asarray(cost, dtype=np.float64))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._afresh()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SuppressionError(f"the check of hidden cells failed: {self._highs.modelStatusToString(status)}.")
        return np.array(self._highs.getSolution().col_value)

    def _afresh(self) -> None:
        """Solve once more from the beginning, with presolve, as rounding can spoil the last corner."""
        self._highs.clearSolver()
        self._highs.setOptionValue("presolve", "on")
        self._highs.run()
        self._highs.setOptionValue("presolve", "off")
