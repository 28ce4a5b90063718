"""What ordinary features tell, as HTML: the sentences, each table in a fold, and that none of it is a verdict."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, details, el, stacked
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.fairness.features import Explored


def without_groups(told: Explored | None, say: Say, *, system: str) -> Html:
    """The section; before anybody has explored, how to."""
    if told is None or told.lost:
        lost = el("p", told.lost, class_="warning") if told else None
        words = say("Nobody has kept an exploration of ordinary features here yet:")
        how = el("p", words, " ", el("code", f"boussole features --system {system}")) if told is None else None
        return el("section", el("h2", say("Without sensitive features")), lost, how, class_="question")
    folds = [
        details(
            table.caption,
            stacked(list(table.head), table.rows, caption=table.caption, class_="data", hidden_caption=True),
        )
        for table in told.tables
    ]
    caution = say(
        "This says where to look and judges nothing: no verdict rests on it. A feature that tells a group may stand in "
        "for it; only people can say whether it should count."
    )
    return el(
        "section",
        el("h2", say("Without sensitive features")),
        el("p", told.when, class_="place"),
        *[el("p", each) for each in told.told],
        *folds,
        details(say("How to read this"), *[el("p", each, class_="told") for each in _reading(say)]),
        el("p", caution, class_="note"),
        class_="question",
    )


def _reading(say: Say) -> list[str]:
    return [
        say(
            "What tells a group is learnt from one half of the people and tried on the other; sorts of people that "
            "stand out in one half are looked at again in the other. With nothing to find, something is named 5 times "
            "in 100 at most."
        ),
        say("The intervals of a table hold together: the truth very probably lies in all of them."),
        say(
            "Where a group is known for a sample only, the sample is weighted to everybody’s decisions and features. "
            "What differs within them it cannot mend."
        ),
    ]
