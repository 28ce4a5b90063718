"""How Streamlit is set up: the look, and nothing sent anywhere. The fonts themselves are in static/style.css."""

from __future__ import annotations

from typing import Any

from boussole.dashboard.markup.fontfiles import SANS, SERIF
from boussole.dashboard.markup.marks import INK, LINE, LINK, NEEDLE, PAPER, SIDE

LIGHT = (PAPER, SIDE, INK, LINK, NEEDLE, LINE)
DARK = ("#15191f", "#1c2129", "#ece9e2", "#93bdf5", "#ff9a94", "#363d47")
"""Paper, side, ink, link, needle and line, as in static/style.css; the browser's wish decides which."""


def _theme(name: str, colours: tuple[str, str, str, str, str, str]) -> dict[str, str]:
    paper, side, ink, link, needle, line = colours
    return {
        f"theme.{name}.backgroundColor": paper,
        f"theme.{name}.secondaryBackgroundColor": side,
        f"theme.{name}.textColor": ink,
        f"theme.{name}.linkColor": link,
        f"theme.{name}.primaryColor": needle,
        f"theme.{name}.borderColor": line,
        f"theme.{name}.sidebar.backgroundColor": side,
    }


OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showSidebarNavigation": False,
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
    "runner.magicEnabled": False,  # pages show what they put, not what stands alone in their scripts
    "logger.hideWelcomeMessage": True,  # also keeps its offers to developers out of the pages
    "runner.postScriptGC": False,  # a whole collection after every look takes longer than the look
    "server.enableAgentApi": False,  # it would run pages for programs that sign in nowhere
    "server.enableStaticServing": True,
    "server.enableWebsocketCompression": True,  # pages are a tenth of their size on a slow line
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 1,  # megabytes: files come by forms of our own, which ask who sends them
    "server.runOnSave": False,
    "theme.font": f"'{SANS}', sans-serif",
    "theme.headingFont": f"'{SERIF}', serif",
    "theme.baseFontSize": 17,
    **_theme("light", LIGHT),
    **_theme("dark", DARK),
}
