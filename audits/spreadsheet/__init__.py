"""A register as a spreadsheet: read into system files of kind `declared`, all faults at once, nothing half done."""

from boussole.audits.spreadsheet.plan import Plan, SystemChange, plan
from boussole.audits.spreadsheet.table import Fault
from boussole.audits.spreadsheet.template import write_template
from boussole.audits.spreadsheet.writing import carry_out

__all__ = ["Fault", "Plan", "SystemChange", "carry_out", "plan", "write_template"]
