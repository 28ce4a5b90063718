"""The charter page as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, badge, code, details, el, join, link, stacked
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.charter.view import AT_ONCE, CharterPage, Group, Other, Part, Past, Row


def head(page: CharterPage, say: Say) -> Html:
    """Title, whether it is in force, and what its questions rest on."""
    lead = el("p", el("strong", page.headline), " ", page.lead)
    seal = el("p", link(page.seal[0], page.seal[1])) if page.seal else None
    return el(
        "header",
        el("h1", page.title),
        el("p", page.subtitle, class_="subtitle"),
        el("div", lead, seal, class_=f"lead lead-{page.tone}"),
        _fault(page.fault, say) if page.fault else None,
    )


def _fault(fault: str, say: Say) -> Html:
    told = say("The text in the folder charter/ has a fault. Nothing of it judges until it is mended.")
    return el(
        "div",
        el("p", el("strong", told)),
        details(say("What is wrong, for whoever mends it (in English)"), el("p", code(fault))),
        el("p", code(say("All faults, with file and line: `boussole charter check`."))),
        class_="warning",
    )


def amendment(other: Other, say: Say) -> Html:
    """What another version changes in the text, and in past verdicts."""
    return el(
        "section",
        el("h2", other.title),
        el("p", other.lead),
        el("h3", say("What changes in the text")),
        *[_group(group, say) for group in other.changes],
        el("h3", say("What it would have answered")),
        el("p", other.replayed, class_="answer"),
        el("ul", *[el("li", text) for text in other.counts], class_="moves") if other.counts else None,
        _past(other.past, say) if other.past else None,
        el(
            "p",
            say("When the committee has adopted it, whoever runs Boussole seals its act:"),
            " ",
            el("code", other.command),
        )
        if other.command
        else None,
        id="amendment",
        class_="amendment",
    )


def _group(group: Group, say: Say) -> Html:
    listed = el("ul", *[el("li", text) for text in group.sentences], class_="changes")
    title = say("{title}: {n}", title=group.title, n=say.whole(len(group.sentences)))
    if group.effect == "neutral":
        return details(title, listed, class_="folded")
    return el("div", el("h4", title), listed, class_=f"effect effect-{group.effect}")


def _past(past: Sequence[Past], say: Say) -> Html:
    columns = [say("Period"), say("System"), say("Question"), say("Said then"), say("Would be")]
    shown, others = past[:AT_ONCE], past[AT_ONCE:]
    caption = say("Past verdicts that would be others")
    first = stacked(columns, [_moved(each, say) for each in shown], caption=caption, class_="moved")
    if not others:
        return first
    rest = stacked(
        columns, [_moved(each, say) for each in others], caption=caption, class_="moved", hidden_caption=True
    )
    more = say.plural("One more verdict", "{n} more verdicts", len(others))
    return join([first, details(more, rest)])


def _moved(each: Past, say: Say) -> list[Html | str]:
    marks = [
        badge(verdict, say) if verdict else el("span", say("Not asked"), class_="tag")
        for verdict in (each.before, each.after)
    ]
    return [each.period, each.system, each.question, *marks]


def text(page: CharterPage, say: Say) -> Html:
    """The articles with their questions."""
    return el(
        "section",
        el("h2", say("The text")),
        *[_part(part, say) for part in page.parts],
        class_="charter-text",
    )


def _part(part: Part, say: Say) -> Html:
    draft = say("Draft wording, to be replaced by the official text.")
    questions = [
        el(
            "li",
            el("span", each.number, class_="order"),
            el(
                "div",
                el("span", each.text, class_="plain-question"),
                el("span", each.how, class_="under"),
                el("span", each.levels, class_="under"),
                *[el("span", other, class_="under") for other in each.others],
            ),
        )
        for each in part.questions
    ]
    return el(
        "div",
        el("p", say("Article {n}", n=str(part.order)), class_="kicker"),
        el("h3", part.title),
        el("p", part.commitment, " ", el("span", draft, class_="draft") if part.draft else None, class_="commitment"),
        details(part.count, el("ul", *questions, class_="asking"), class_="folded"),
        class_="charter-part",
    )


def rules(page: CharterPage, say: Say) -> Html:
    """How verdicts are reached, and who the committee is."""
    return el(
        "div",
        el(
            "section",
            el("h2", say("How a verdict is reached")),
            el("ul", *[el("li", rule) for rule in page.rules], class_="rules"),
        ),
        el(
            "section",
            el("h2", say("The colleges of the committee")),
            el("ul", *[el("li", title) for title in page.colleges], class_="rules"),
        ),
        class_="two",
    )


def versions(page: CharterPage, say: Say) -> Html:
    """Every version that judged or was adopted."""
    columns = [say("Version"), say("Fingerprint"), say("Used since"), say("Adopted"), say("Beside the one in force")]
    never = el("p", say("No version has judged an audit or been adopted yet."))
    rows = [_row(row, say) for row in page.versions]
    shown = stacked(columns, rows, caption=say("Versions of the charter"), hidden_caption=True) if rows else never
    return el("section", el("h2", say("Its versions")), shown, class_="charter-versions", id="versions")


def _row(row: Row, say: Say) -> list[Html | str | None]:
    number = join([row.version, " ", el("span", say("in force"), class_="tag")]) if row.in_force else row.version
    acts = join([link(text, href) for text, href in row.adopted], ", ") if row.adopted else say("not adopted")
    compare = link(say("What would it change?"), row.compare) if row.compare else None
    return [number, el("code", row.sha256), row.used, acts, compare]
