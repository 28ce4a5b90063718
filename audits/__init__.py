"""What is measured: systems, decision log, lake, cubes, metrics, drift, uncertainty, audit runs, ledger.

In a notebook, `audits.compare(frame, decision=…, by=…)` compares groups of a frame without any system file,
`audits.audit(system, data)` measures a frame, a file or a workspace, and `audits.sweep(system, data)` tells what every
threshold of the score would make of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.audits.late import late

if TYPE_CHECKING:
    from boussole.audits.notebook import Tally, audit, compare, sweep

__all__ = ["Tally", "audit", "compare", "sweep"]

__getattr__ = late(__name__, dict.fromkeys(__all__, "notebook"))  # the command line must answer at once
