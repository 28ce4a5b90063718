"""The bundled fonts: for vl-convert and Typst as files, for pictures as an embedded style."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path

import vl_convert

FOLDER = Path(__file__).parent / "fonts"
SANS, SERIF = "Source Sans 3", "Source Serif 4"
QUOTED = f"'{SANS}'"
"""As an SVG attribute: a family whose name holds a number is not valid without its quotes."""

_BOLD = re.compile(r"font-weight[=:]\s*[\"']?(bold|[6-9]00)")
_EMBEDDED = {400: "BoussoleSans-Regular.woff2", 700: "BoussoleSans-Bold.woff2"}


@cache
def register() -> None:
    """Tell vl-convert where the bundled fonts are (once per process)."""
    vl_convert.register_font_directory(str(FOLDER))


@cache
def _face(weight: int) -> str:
    """The text font of one weight, as a rule of style."""
    held = base64.b64encode((FOLDER / _EMBEDDED[weight]).read_bytes()).decode()
    return f"@font-face{{font-family:'{SANS}';font-weight:{weight};src:url(data:font/woff2;base64,{held})}}"


def embed(svg: str) -> str:
    """The drawing with its fonts inside, so that it needs nothing from where it is shown; bold only where it has some.

    >>> embed('<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>').count("@font-face")
    1
    >>> embed('<svg xmlns="http://www.w3.org/2000/svg"><text font-weight="bold">a</text></svg>').count("@font-face")
    2
    """
    head, sep, tail = svg.partition(">")
    weights = (400, 700) if _BOLD.search(svg) else (400,)
    return f"{head}{sep}<style>{''.join(map(_face, weights))}</style>{tail}"
