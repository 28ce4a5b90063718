"""What is measured: systems, decision log, lake, cubes, metrics, drift, uncertainty, audit runs, ledger.

In a notebook, `audits.audit(system, data)` measures a frame, a file or a workspace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audits.notebook import audit

__all__ = ["audit"]


def __getattr__(name: str) -> Any:
    """`audit` is imported on first use: the command line must answer at once."""
    if name != "audit":
        raise AttributeError(f"module 'audits' has no attribute '{name}'")
    from audits.notebook import audit

    return audit
