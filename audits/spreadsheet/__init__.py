"""A register as a spreadsheet: read into system files of kind `declared`, all faults at once, nothing half done."""

from boussole.audits.spreadsheet.plan import ImportPlan, SystemChange, carry_out, plan
from boussole.audits.spreadsheet.table import CellFault
from boussole.audits.spreadsheet.template import write_template

__all__ = ["CellFault", "ImportPlan", "SystemChange", "carry_out", "plan", "write_template"]
