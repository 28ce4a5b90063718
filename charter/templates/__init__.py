"""Charters to start from: each a folder, with its own law, words, languages and colleges."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
TEMPLATES: dict[str, Path] = {"employment": HERE.parent / "articles"}
"""Templates by name; the charter of a public employment service is also the packaged default."""
