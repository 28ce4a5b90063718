"""In the place of every page while the ledger is lost: what shows it, and what to do."""

from __future__ import annotations

from boussole.audits.lost import RESTART, Lost, State
from boussole.audits.mixed import joined
from boussole.dashboard.markup.elements import Html, code, el, join
from boussole.dashboard.words.say import Say


def lost(found: Lost, say: Say) -> Html:
    """That there was a ledger, and what brings it back."""
    steps = [_restore(found, say), _fits(found, say), _anew(say)]
    return join(
        [
            el("h1", say("The ledger of this workspace is lost")),
            el(
                "div",
                el("p", el("strong", code(_headline(found.state, say)))),
                el("p", say("What shows it:")),
                el("ul", *(el("li", words) for words in _shown(found, say))),
                class_="lead lead-broken",
                role="alert",
            ),
            el("p", say("Until it is restored, no page shows a verdict, and nothing is recorded.")),
            el("ol", *(el("li", code(step)) for step in steps if step), class_="steps"),
        ]
    )


def _headline(state: State, say: Say) -> str:
    states = {
        State.missing: say("There was a ledger here, and its file `governance.sqlite` is missing."),
        State.empty: say("There was a ledger here, and its file `governance.sqlite` is empty."),
        State.bare: say("There was a ledger here, and its file `governance.sqlite` holds no entry."),
    }
    return states[state]


def _shown(found: Lost, say: Say) -> list[str]:
    counts = [
        (found.evidence, say.plural("one file of evidence", "{n} files of evidence", found.evidence)),
        (found.documents, say.plural("one kept document", "{n} kept documents", found.documents)),
        (found.reports, say.plural("one report", "{n} reports", found.reports)),
        (found.rows, say.plural("one record without its entry", "{n} records without their entries", found.rows)),
        (found.signed, say("The key that signed its checkpoints")),
    ]
    return [words for count, words in counts if count]


def _restore(found: Lost, say: Say) -> str:
    if not found.backups:
        return say("Restore `governance.sqlite` from the newest backup.")
    names = joined(", ", [f"`{name}`" for name in found.backups])
    return say("Restore `governance.sqlite` from the newest backup; beside it lie: {names}.", names=names)


def _fits(found: Lost, say: Say) -> str:
    if found.kept is None:
        return say("Hold what you restore to a kept checkpoint: `boussole verify --ledger --checkpoint FILE`.")
    name, size = found.kept
    return say(
        "What you restore has to fit the kept checkpoint `{name}`, of {n} entries.", name=name, n=say.whole(size)
    )


def _anew(say: Say) -> str:
    return say(
        "Where no backup is left, start a new ledger; the reason is sealed and told for ever: `{command}`",
        command=RESTART,
    )
