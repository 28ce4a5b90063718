"""A register as a spreadsheet: read into system files of kind `declared`, all faults at once, nothing half done."""

from boussole.audits.spreadsheet.columns import write_template
from boussole.audits.spreadsheet.register import CellFault, ImportPlan, SystemChange, carry_out, plan

__all__ = ["CellFault", "ImportPlan", "SystemChange", "carry_out", "plan", "write_template"]
