"""Pictures in the dark: each colour of a drawing in its own, as a style inside it that the browser's wish decides."""

from __future__ import annotations

from functools import cache

DARK = {
    "#fbfaf7": "#1f252e", "#f4f2ec": "#1c2129", "#fff": "#1f252e", "#ffffff": "#1f252e",
    "#e3e0d8": "#363d47", "#d3cfc4": "#565e69", "#c9c4b8": "#565e69",
    "#1c2430": "#ece9e2", "#565b61": "#b4b8bd", "#6b7076": "#a6abb1", "#1f4e8c": "#93bdf5",
    "#a1232b": "#ff9a94", "#8a5a00": "#e6b85c", "#4f4a75": "#bdb7ea", "#0b6e5f": "#63cdb8",
    "#f5d5d3": "#4a2628", "#f6e7c4": "#43361a", "#e2e0ee": "#33314a", "#d7ebe6": "#1b3f39",
    "#ecbfbf": "#6e383b", "#ecd699": "#5f4c1f", "#c9c6de": "#4a466b", "#b5d8d0": "#24564c",
}  # fmt: skip
"""Of each colour of a drawing on paper, the one on the dark cards of style.css."""


def in_the_dark(svg: str) -> str:
    """A drawing that follows the browser into the dark, where it is told once, in itself, how.

    >>> svg = in_the_dark('<svg><path fill="#1c2430"/></svg>')
    >>> svg.index("@media screen and (prefers-color-scheme: dark)") < svg.index("<path")
    True
    """
    head, sep, tail = svg.partition(">")
    used = tuple(sorted(colour for colour in DARK if f'"{colour}"' in tail.lower()))
    return f"{head}{sep}<style>{_style(used)}</style>{tail}"


@cache
def _style(colours: tuple[str, ...]) -> str:
    """The rules for some colours; letters whose colour nothing says are black on paper."""
    rules = [f"text:not([fill]){{fill:{DARK['#1c2430']}}}"]
    for colour in colours:
        rules += [f'[{part}="{colour}" i]{{{part}:{DARK[colour]}}}' for part in ("fill", "stroke")]
    return f"@media screen and (prefers-color-scheme: dark){{{''.join(rules)}}}"
