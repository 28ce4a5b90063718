"""A tour of the first page in five steps, for a first visit.

The script of pages shows it, and keeps in the browser, and nowhere else, that it was left or done.
"""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, el
from boussole.dashboard.words.say import Say


def tour(say: Say) -> Html:
    """The tour, hidden until the script shows a step: without the script there is none."""
    steps, on, last = _steps(say), say("Next step"), say("End the tour")
    shown = [_step(number, place, text, len(steps), say) for number, (place, text) in enumerate(steps, 1)]
    buttons = [
        el("button", say("Previous step"), type="button", data_tour="back", class_="quiet"),
        el("button", on, type="button", data_tour="next", data_on=on, data_last=last),
        el("button", say("Leave the tour"), type="button", data_tour="leave", class_="quiet"),
    ]
    label = say("A tour in five steps")
    return el("section", *shown, el("p", *buttons, class_="go"), class_="tour", aria_label=label, hidden="")


def again(say: Say) -> Html:
    """The button that begins the tour anew, once it was left."""
    return el(
        "p", el("button", say("See the tour again"), type="button", data_tour="again"), class_="tour-again", hidden=""
    )


def _steps(say: Say) -> list[tuple[str, str]]:
    """What each step points at, and what it says."""
    return [
        ("#answer", say("First, the answer: which promises are kept, and which are not.")),
        ("#waiting", say("Then what awaits you: sessions, votes, answers.")),
        ("#changes", say("What has changed since your committee met last, or else since the audit before.")),
        ("#compass", say("Each branch is an article: open it. Shape, word and colour say the same.")),
        (".find input", say("Look for anything in your own words: “seniors”, “appeal”.")),
    ]


def _step(number: int, place: str, text: str, of: int, say: Say) -> Html:
    count = say("Step {n} of {all}", n=str(number), all=str(of))
    return el("div", el("p", el("strong", count), " ", text, tabindex="-1"), class_="step", data_at=place, hidden="")
