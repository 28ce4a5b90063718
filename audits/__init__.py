"""What is measured: systems, decision log, lake, cubes, metrics, drift, uncertainty, audit runs, ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.audits.late import late

if TYPE_CHECKING:
    from boussole.audits.notebook import audit, compare

__all__ = ["audit", "compare"]

__getattr__ = late(__name__, dict.fromkeys(__all__, "notebook"))  # the command line must answer at once
