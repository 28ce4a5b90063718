"""What a browser may load, run and send for an answer of the dashboard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from boussole.dashboard.markup.inline import SCRIPT, STYLE, source

BARE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For whatever is no page: files, answers of the API, refusals."""
FIXED = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": ", ".join(
        f"{name}=()"
        for name in (
            "accelerometer",
            "browsing-topics",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "microphone",
            "midi",
            "payment",
            "usb",
        )
    ),
}
"""Borne by every answer that does not say otherwise itself."""
WASM = "'wasm-unsafe-eval'"
"""Streamlit's reader of messages counts with WebAssembly. It makes no script of a text, as 'unsafe-eval' would."""
PRESSED = "@layer {\n  [data-react-aria-pressable] {\n    touch-action: pan-x pan-y pinch-zoom;\n  }\n}"
"""What Streamlit's fields put into a page so that they can be pressed with a finger: this style, and no other."""
_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def page_policy(sent_to: Iterable[str] = ()) -> str:
    """For the pages: what is ours, and the scripts and styles whose hash is known.

    `sent_to`: other origins to which an answer to a form may lead on.

    >>> "unsafe-inline" in page_policy(), "form-action 'self' https://id.example;" in page_policy(["https://id.example"])
    (False, True)
    """
    forms = " ".join(["'self'", *sorted(sent_to)])
    parts = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", WASM, source(SCRIPT), *_of_streamlit()]),
        "style-src": f"'self' {source(STYLE)} {source('')} {source(PRESSED)}",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "frame-src": "'self'",
        "form-action": forms,
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


@cache
def _of_streamlit() -> list[str]:
    """The scripts in the page that Streamlit serves, by their hash: of the very file."""
    import streamlit

    page = Path(streamlit.__file__).parent / "static" / "index.html"
    return [source(script) for script in _INLINE.findall(page.read_text(encoding="utf-8"))]
