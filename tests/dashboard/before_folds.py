"""What of a page is read before anything is opened, without hidden words, and what folds hold."""

from __future__ import annotations

from html.parser import HTMLParser

from boussole.dashboard.views.answers.short import words_in

ALONE = ("br", "col", "hr", "img", "input", "link", "meta")
AWAY = ("footer", "script", "style")


class _Parts(HTMLParser):
    """The texts of a page by where they stand: in sight, as the name of a fold in sight, or in a fold."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"sight": [], "name": [], "fold": []}
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        unseen = "unseen" in (given.get("class") or "").split()
        if tag not in ALONE:
            self._open.append((tag, tag in AWAY or unseen or "hidden" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag not in ALONE:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if any(away for _, away in self._open):
            return
        tags = [tag for tag, _ in self._open]
        names = tags.count("details") == 1 and "summary" in tags
        self.texts["name" if names else "fold" if "details" in tags else "sight"].append(data)


def _parts(html: str) -> dict[str, str]:
    parser = _Parts()
    parser.feed(html)
    return {where: " ".join(texts) for where, texts in parser.texts.items()}


def shown(html: str, *, names: bool = True) -> str:
    """The text in sight, with the `names` of folds or without."""
    parts = _parts(html)
    return f"{parts['sight']} {parts['name']}" if names else parts["sight"]


def words_shown(html: str, *, names: bool = True) -> int:
    """How many words are in sight."""
    return words_in(shown(html, names=names))
