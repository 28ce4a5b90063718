"""A system: what one AI system is, and how its log is read (`systems/ID.yaml`)."""

from boussole.audits.systems.loading import load_system, load_systems
from boussole.audits.systems.model import System

__all__ = ["System", "load_system", "load_systems"]
