"""The app as Streamlit runs it for a page, without a browser."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from boussole.dashboard.app.frame import HERE
from boussole.dashboard.markup.words.addresses import FIRST


def app_at(page: str, **asked: str) -> AppTest:
    """The app at the address of a page, not yet run, with the hash that `AppTest.switch_page` would set."""
    seen = AppTest.from_file(str(HERE / "app.py"), default_timeout=60)
    if page != FIRST:
        seen._page_hash = calc_hash(page)
    for name, value in asked.items():
        seen.query_params[name] = value
    return seen


def bodies(page: str, **asked: str) -> list[str]:
    """The HTML of each part of a page, which raises nothing."""
    seen = app_at(page, **asked).run()
    assert not seen.exception, f"{page} {asked}"
    return [getattr(each.proto, "body", "") for each in seen.main]


def seen(page: str, asked: dict[str, str], *, lang: str = "en") -> str:
    """The HTML of the main part of a page, as the app makes it."""
    parts = bodies(page, lang=lang, **asked)
    return "\n".join(part for part in parts if not part.startswith("<script") and 'class="foot"' not in part)
