"""Open findings of outside authorities: no article they name can be better, which is said beside its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.charter.record_types.kinds import Finding
from boussole.dashboard.markup.marks import word
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import evidence_href
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Cap:
    """A finding that is open: what it says, for how many articles, and where it is sealed."""

    entry: int
    text: str
    href: str


def caps(scene: Scene, say: Say, *, query: Mapping[str, str], article: str = "", system: str = "") -> list[Cap]:
    """The findings that hold an article of a system down as its summary says; of all of them where none is named."""
    entries = {
        entry
        for name, document in scene.standing.items()
        for summary in document.articles
        for entry in (summary.capped_by or ())
        if system in ("", name) and article in ("", summary.article)
    }
    findings = {each.entry: each.statement for each in scene.facts.sealed if isinstance(each.statement, Finding)}
    return [
        Cap(
            entry=entry,
            text=_told(findings[entry], scene, say),
            href=evidence_href(query=dict(query), entry=str(entry)),
        )
        for entry in sorted(entries & set(findings))
    ]


def _told(finding: Finding, scene: Scene, say: Say) -> str:
    names = scene.articles(say)
    articles = joined(", ", [names.get(name, name) for name in finding.articles])
    return say(
        "{authority}, {date}: “{title}”. Until this finding is closed, no better than “{verdict}”: {articles}.",
        authority=say.written(finding.authority),
        date=say.date(finding.on),
        title=say.written(finding.title),
        verdict=inside(word(finding.cap, say)),
        articles=scene.title(finding.system, say) + " · " + articles if finding.system else articles,
    )
