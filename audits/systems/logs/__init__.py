"""The logs that a system can have: one module and one descriptor for each type, and the registry of them all."""

from boussole.audits.systems.logs.registry import LOG_TYPES, Logs

__all__ = ["LOG_TYPES", "Logs"]
