"""What of a page is read before anything is opened: its words, but for what folds hold.

What only tells links apart for those who hear them (`elements.link`) is not on the page.
"""

from __future__ import annotations

from html.parser import HTMLParser

from boussole.dashboard.views.answers.short import words_in


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.depth, self.summary, self.code, self.texts = 0, 0, 0, list[str]()
        self.unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen = self.unseen or ("class", "unseen") in attrs
        self.code += tag in ("script", "style")
        self.depth += tag == "details"
        self.summary += tag == "summary" and self.depth == 1

    def handle_endtag(self, tag: str) -> None:
        self.unseen = self.unseen and tag != "span"  # such a span holds words alone
        self.code -= tag in ("script", "style")
        self.summary -= tag == "summary" and self.depth == 1
        self.depth -= tag == "details"

    def handle_data(self, data: str) -> None:
        if not self.code and not self.unseen and (not self.depth or self.summary):
            self.texts.append(data)


def shown(html: str) -> str:
    """The text before folds, their summaries included."""
    parser = _Shown()
    parser.feed(html)
    return " ".join(parser.texts)


def words_shown(html: str) -> int:
    """How many words that is."""
    return words_in(shown(html))
