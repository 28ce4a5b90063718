"""What is measured: systems, decision log, lake, cubes, metrics, drift, uncertainty, audit runs, ledger.

In a notebook, `audits.compare(frame, decision=…, by=…)` compares groups of a frame without any system file,
and `audits.audit(system, data)` measures a frame, a file or a workspace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.audits.late import late

if TYPE_CHECKING:
    from boussole.audits.notebook import audit, compare

__all__ = ["audit", "compare"]

__getattr__ = late(__name__, dict.fromkeys(__all__, "notebook"))  # the command line must answer at once
