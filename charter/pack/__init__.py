"""Evidence packs: audits that can be checked without us."""

from __future__ import annotations

from charter.pack.building import HERE, pack_files
from charter.pack.writing import write

__all__ = ["HERE", "pack_files", "write"]
