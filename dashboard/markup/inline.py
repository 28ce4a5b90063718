"""What pages hold inside them: one script, one style. A browser runs and applies these and no others, by their hash."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

STATIC = Path(__file__).parents[1] / "app" / "static"
"""What browsers load beside pages: Streamlit serves what lies beside the script of the app."""
SCRIPT = "\n".join(
    (STATIC / name).read_text(encoding="utf-8") for name in ("page.js", "keep.js", "frame.js", "tour.js", "reading.js")
)
"""The script of every page."""
STYLE = (STATIC / "style.css").read_text(encoding="utf-8")
"""The style of every page."""


def source(text: str) -> str:
    """A text as a Content-Security-Policy names it.

    >>> source("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
