"""Evidence packs: audits that can be checked without us."""

from __future__ import annotations

from boussole.charter.pack.building import HERE, pack_files, with_earlier
from boussole.charter.pack.writing import write

__all__ = ["HERE", "pack_files", "with_earlier", "write"]
