"""The forms of a session as HTML: where each stands, and what was wrong with the one that was sent last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.dashboard.forms.forms_html import done_html, folded_form, form_html
from boussole.dashboard.forms.model import Problem
from boussole.dashboard.markup.elements import Html, el, join
from boussole.dashboard.records.acts.offering import FormOffer, done_words
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.words.addresses import evidence_href
from boussole.dashboard.words.say import Say


class SessionActions:
    """What the reader may do in a session. `problem`: what was wrong with what they sent last; `done`: what they have
    just done, which is said in the part of the page where it was."""

    def __init__(
        self,
        offered: Mapping[str, Sequence[FormOffer]],
        say: Say,
        *,
        query: Mapping[str, str],
        problem: Problem | None = None,
        done: tuple[str, Html] = ("", Html("")),
    ) -> None:
        self.offered, self.say, self.query, self.problem = offered, say, query, problem
        self._done_at, self._done = done

    def at(self, part: str) -> Html:
        """The forms of a part of the page, after what was just done there."""
        done = self._done if part == self._done_at else None
        return join([done, *[self._form(each) for each in self.offered.get(part, ())]])

    def lost(self) -> Html:
        """What could not be recorded, where its form is no longer there: nothing that was typed is lost."""
        problem = self.problem
        known = {each.form.id for forms in self.offered.values() for each in forms}
        if problem is None or problem.form in known:
            return Html("")
        texts = [
            text for name, texts in problem.typed.items() if name != "seen" for text in texts if " " in text.strip()
        ]
        kept = [el("p", self.say("What you had written:")), *[el("pre", text, class_="words") for text in texts]]
        return el(
            "div",
            el("p", el("strong", self.say("This was not recorded."))),
            el("p", problem.text),
            *(kept if texts else []),
            class_="lead lead-broken",
            role="alert",
            id=problem.form,
        )

    def _form(self, each: FormOffer) -> Html:
        if not each.now:
            return folded_form(each.title, each.form, self.say, query=self.query, problem=self.problem)
        form = form_html(each.form, self.say, query=self.query, problem=self.problem)
        return el("div", el("p", el("strong", each.title)), form, class_="doing")


def just_done(chamber: Chamber, asked: str, say: Say, *, query: Mapping[str, str], twice: bool = False) -> Html:
    """What the reader has just done, where an address names an entry of the committee; nothing for any other.

    `twice`: it stood already, and stands once."""
    entry = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None
    act = chamber.act(entry)
    if entry is None or act is None:
        return Html("")
    return done_html(entry, done_words(act, say, twice=twice), say, href=evidence_href(query=query, entry=str(entry)))


NOBODY = SessionActions({}, Say("en"), query={})
"""For whoever may only read."""
