"""How Streamlit is set up: the look, and nothing sent anywhere. The fonts themselves are in static/style.css."""

from __future__ import annotations

from typing import Any

from dashboard.fontfiles import SANS, SERIF
from dashboard.marks import INK, LINE, LINK, NEEDLE, PAPER, SIDE

OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showSidebarNavigation": False,
    "client.showErrorDetails": "none",
    "global.developmentMode": False,
    "logger.hideWelcomeMessage": True,  # also keeps its offers to developers out of the pages
    "runner.postScriptGC": False,  # a whole collection after every look takes longer than the look
    "server.enableStaticServing": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "theme.base": "light",
    "theme.font": f"'{SANS}', sans-serif",
    "theme.headingFont": f"'{SERIF}', serif",
    "theme.baseFontSize": 17,
    "theme.backgroundColor": PAPER,
    "theme.secondaryBackgroundColor": SIDE,
    "theme.textColor": INK,
    "theme.linkColor": LINK,
    "theme.primaryColor": NEEDLE,
    "theme.borderColor": LINE,
    "theme.sidebar.backgroundColor": SIDE,
}
