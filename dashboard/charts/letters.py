"""How wide words are in the font of drawings, and where they break to fit."""

from __future__ import annotations

from functools import cache

from fontTools.ttLib import TTFont

from boussole.dashboard.markup.fontfiles import FOLDER

_FILES = {"normal": "SourceSans3-Regular.ttf", "bold": "SourceSans3-Bold.ttf"}


@cache
def _widths(weight: str) -> tuple[dict[int, float], float]:
    """The width of each character in hundredths of the size, and that of one that the font has not."""
    font = TTFont(FOLDER / _FILES[weight], lazy=True)
    each, unit = font["hmtx"], font["head"].unitsPerEm
    found = {code: each[name][0] / unit for code, name in (font.getBestCmap() or {}).items()}
    return found, 0.6


def width_of(text: str, size: float, *, weight: str = "normal") -> float:
    """How many pixels a line of text is wide.

    >>> 0 < width_of("i", 15) < width_of("m", 15) < width_of("m", 15, weight="bold")
    True
    """
    known, other = _widths(weight)
    return size * sum(known.get(ord(letter), other) for letter in text)


def broken(text: str, size: float, *, within: float, weight: str = "normal") -> list[str]:
    """A text in lines of at most `within` pixels; a word that is wider is broken too.

    >>> broken("one two three", 15, within=60)
    ['one two', 'three']
    >>> len(broken("a" * 64, 15, within=200)) > 1
    True
    """
    lines = [""]
    for token in text.split(" "):
        longer = f"{lines[-1]} {token}" if lines[-1] else token
        if width_of(longer, size, weight=weight) <= within:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in token:
            if lines[-1] and width_of(lines[-1] + letter, size, weight=weight) > within:
                lines.append("")
            lines[-1] += letter
    return lines
