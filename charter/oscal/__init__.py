"""OSCAL: the charter as a catalogue, its examination as a plan, stored audits as results."""

from __future__ import annotations

from boussole.charter.oscal.results import oscal_files

__all__ = ["oscal_files"]
