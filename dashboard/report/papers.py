"""Papers as PDF: what is told in blocks, set archivable and accessible. The same data give the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from boussole.dashboard.markup.marks import INK, INK_2, LINE, LINK, MARKS, SIDE, mark_svg, word
from boussole.dashboard.report.typesetting import TEMPLATE, typeset_pdf
from boussole.dashboard.views.paper_blocks import Block, page_words
from boussole.dashboard.words.say import Say

REGIONS = {"fr": "FR", "en": "GB"}


def paper_pdf(organisation: str, day: dt.date, titles: tuple[str, str], told: Sequence[Block], say: Say) -> bytes:
    """A paper of a day, with its title and subtitle. Raises ReportError where it cannot be typeset."""
    title, subtitle = titles
    data: dict[str, Any] = {
        "lang": say.lang,
        "region": REGIONS[say.lang],
        "title": title,
        "subtitle": subtitle,
        "organisation": organisation,
        "description": f"{title} — {subtitle}",
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "footer": f"{title} · {subtitle}",
        "words": page_words(say),
        "colours": {"ink": INK, "ink2": INK_2, "line": LINE, "side": SIDE, "link": LINK},
        "marks": {
            verdict: {"svg": mark_svg(verdict), "ink": mark.ink, "word": word(verdict, say)}
            for verdict, mark in MARKS.items()
        },
        "blocks": list(told),
    }
    return typeset_pdf(data, {}, template=TEMPLATE.with_name("paper.typ"))
