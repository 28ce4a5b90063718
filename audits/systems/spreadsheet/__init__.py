"""A register as a spreadsheet: read into system files of kind `declared`, all faults at once, nothing half done."""

from boussole.audits.systems.spreadsheet.plan import Change, Plan, plan
from boussole.audits.systems.spreadsheet.table import Fault
from boussole.audits.systems.spreadsheet.template import write_template
from boussole.audits.systems.spreadsheet.writing import carry_out

__all__ = ["Change", "Fault", "Plan", "carry_out", "plan", "write_template"]
