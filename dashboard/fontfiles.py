"""The bundled fonts: for vl-convert and Typst as files, for pictures as an embedded style."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import vl_convert

FOLDER = Path(__file__).parent / "fonts"
SANS, SERIF = "Source Sans 3", "Source Serif 4"
QUOTED = f"'{SANS}'"
"""As an SVG attribute: a family whose name holds a number is not valid without its quotes."""

_EMBEDDED = {400: "BoussoleSans-Regular.woff2", 700: "BoussoleSans-Bold.woff2"}


@cache
def register() -> None:
    """Tell vl-convert where the bundled fonts are (once per process)."""
    vl_convert.register_font_directory(str(FOLDER))


@cache
def face_style() -> str:
    """A `<style>` element with the text font inside, for an SVG that is shown as a picture."""
    faces = "".join(
        f"@font-face{{font-family:'{SANS}';font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{base64.b64encode((FOLDER / name).read_bytes()).decode()})}}"
        for weight, name in _EMBEDDED.items()
    )
    return f"<style>{faces}</style>"


def embed(svg: str) -> str:
    """The drawing with its fonts inside, so that it needs nothing from where it is shown.

    >>> embed('<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>').count("@font-face")
    2
    """
    head, sep, tail = svg.partition(">")
    return head + sep + face_style() + tail
