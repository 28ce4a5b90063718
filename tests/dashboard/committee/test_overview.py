"""The committee page: what it says first, who sits, what became of opinions, by hand."""

from __future__ import annotations

import datetime as dt

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.voting.presence import count
from boussole.charter.record_types.acts import (
    Consensus,
    Opinion,
    OpinionText,
    Publication,
    PublicationDecision,
)
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.committee.view import OverviewPage, overview_page
from boussole.dashboard.views.records.offering import NOBODY
from tests.charter.committee.desk import DAY, SAID, m

EN, FR = speaker("en"), speaker("fr")
DRAFT = SavedDraft(
    id=4, committee="external", about=None, version=2, sealed_as=None, writer=None, writing_since=None,
    body={"title": "On <i>MatchFT</i>"}, author=m(1), saved_at="2026-09-02T10:00:00Z",
)  # fmt: skip


def page(chamber, say=EN, drafts=()) -> OverviewPage:
    return overview_page(chamber, {"external": chamber}, drafts, say, query={"lang": say.lang})


def issued(desk, title="On MatchFT"):
    of = desk.call()
    desk.arrive(of, 1, 2)
    desk.open(of, 1)
    text = OpinionText(title=title, sense="favourable", words="Yes.")
    counted = count(desk.house, session(desk.house, of), "matchft")
    agreed = Consensus(**SAID, on=DAY, of=of, item="matchft", title="T", subject=text.sha256, count=counted)
    return desk.seal(Opinion(**SAID, on=DAY, of=desk.seal(agreed), wording=text))


def test_an_opinion_that_was_ignored_stands_first_and_is_marked(desk, seen):
    first = issued(desk, "First")
    second = issued(desk, "Second")
    desk.seal(PublicationDecision(**SAID, on=DAY, of=first, publish=True))
    desk.seal(Publication(**SAID, on=DAY, of=first, where="Register"))
    desk.seal(PublicationDecision(**SAID, on=DAY, of=second, publish=False, text="It names a supplier."))
    waiting = page(seen(DAY)).opinions
    assert [(row.title[0], row.published, row.answered, row.grave) for row in waiting] == [
        ("First", "on 15 September 2026", "awaited by 14 December 2026", False),
        ("Second", "withheld", "awaited by 14 December 2026", False),
    ]
    late = page(seen(DAY + dt.timedelta(days=200)))
    assert [(row.answered, row.followed, row.grave) for row in late.opinions] == [
        ("late since 14 December 2026", "ignored", True)
    ] * 2
    assert late.told == ["Two opinions were ignored."]


def test_whatever_people_wrote_is_text(desk, seen):
    issued(desk, "<script>alert(1)</script>")
    shown = page(seen(DAY), drafts=[DRAFT])
    made = Template("pages/committee/committee.html", EN)
    parts = [made(part, shown, NOBODY) for part in ("due", "matters", "members")]
    html = "".join([made("head", shown), made("opinions", shown), *parts])
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "Zoé &lt;b&gt;Petit&lt;/b&gt;" in html
    assert "On &lt;i&gt;MatchFT&lt;/i&gt;" in html
    assert "<script" not in html
    assert "<b>" not in html
