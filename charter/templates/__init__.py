"""Charters to start from: each a folder, with its own law, words, languages and colleges."""

from __future__ import annotations

from pathlib import Path

from boussole.audits import private_files
from boussole.audits.errors import CharterError, nearest

HERE = Path(__file__).parent
TEMPLATES: dict[str, Path] = {
    "employment": HERE.parent / "articles",
    "bank": HERE / "bank",
    "hospital": HERE / "hospital",
    "minimal": HERE / "minimal",
}
"""Templates by name; the charter of a public employment service is also the packaged default."""
ABOUT = {
    "employment": "a public employment service: seven articles, French and English",
    "bank": "credit scoring: five articles, English and French",
    "hospital": "emergency triage: five articles, French and English",
    "minimal": "three articles in English, every key explained",
}


def write_template(name: str, folder: Path) -> list[Path]:
    """Writes a template into a folder that is not there yet; returns the files.

    Raises CharterError when there is no such template, or something in the folder already.
    """
    if name not in TEMPLATES:
        raise CharterError(f"there is no template '{name}'.", next_step=nearest(name, TEMPLATES))
    if folder.exists() and any(folder.iterdir()):
        raise CharterError(
            "there is a charter here already, and it is not written over.",
            where=str(folder),
            next_step="Move it away, or write to another folder with `--to`.",
        )
    files = sorted(TEMPLATES[name].glob("*.yaml"))
    for file in files:
        private_files.write(folder / file.name, file.read_bytes())
    return [folder / file.name for file in files]
