"""A register as a spreadsheet: read into system files of kind `declared`, all faults at once, nothing half done."""

from audits.systems.spreadsheet.plan import Change, Plan, plan
from audits.systems.spreadsheet.table import Fault
from audits.systems.spreadsheet.template import write_template
from audits.systems.spreadsheet.writing import carry_out

__all__ = ["Change", "Fault", "Plan", "carry_out", "plan", "write_template"]
