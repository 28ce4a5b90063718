"""The page that answers a secret vote: that it was cast, and its receipt. It is made for this one answer, and kept
nowhere: not in the memory of the server, not in an address, not in what the browser stores."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.markup.inline import STYLE, source
from boussole.dashboard.records.place import Place
from boussole.dashboard.words.addresses import session_href
from boussole.dashboard.words.say import Say

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src {source(STYLE)}; font-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def receipt_page(place: Place, sealed: SealedStatement, nonce: str, say: Say, *, query: dict[str, str]) -> HTMLResponse:
    """A page by itself, without any script."""
    body = el(
        "main",
        el("h1", say("Your ballot is cast")),
        el(
            "div",
            el(
                "p",
                say(
                    "That you voted is sealed at entry {n}. What you voted lies with the other ballots, without your "
                    "name.",
                    n=str(sealed.entry),
                ),
            ),
            class_="lead lead-kept",
            role="status",
        ),
        el("h2", say("Your receipt")),
        el("p", el("code", nonce, class_="receipt")),
        el(
            "p",
            say(
                "It is shown this once, and kept nowhere. With it you find your ballot among those shown at the end, "
                "and see that it says what you voted. Whoever sees it can do so too: do not leave it lying about."
            ),
        ),
        el("p", link(say("Back to the session"), session_href(place.found.entry, query=query))),
        class_="stHtml alone",
    )
    return HTMLResponse(_document(say("Your ballot is cast"), body, lang=say.lang), headers=HEADERS)


def _document(title: str, body: Html, *, lang: str) -> str:
    style = Html(f"<style>{STYLE}</style>")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width"),
        el("title", title),
        style,
    )
    return "<!doctype html>" + el("html", join([head, el("body", body)]), lang=lang)
