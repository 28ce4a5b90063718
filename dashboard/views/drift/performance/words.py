"""The words of how good decisions and scores were: titles, sentences, and figures as people read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.measures import Measure
from boussole.audits.metrics.estimated import AREA
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.charter.judging.families import decision
from boussole.dashboard.views.drift.words import period_words
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class PerformanceWords:
    """What is said of one system."""

    system: System
    say: Say

    def title(self, figure: str) -> str:
        """What a figure is about."""
        say, selected = self.say, decision(self.system, self.say.lang)
        titles = {
            "accuracy": say("Right decisions, of those whose outcome is known"),
            "precision": say("Share of positive outcomes among those {selected}", selected=selected),
            AREA: say("How well scores tell outcomes apart (AUC)"),
            "true_positive_rate": say("Share {selected} of those whose outcome was positive", selected=selected),
            "false_positive_rate": say("Share {selected} of those whose outcome was negative", selected=selected),
        }
        return titles[figure]

    def value(self, value: float) -> str:
        """Of 100, as people read shares; an area too, being a share of pairs."""
        return self.say.number(100 * value, 1)

    def between(self, low: float, high: float) -> str:
        return self.say("{low} to {high}", low=self.value(low), high=self.value(high))

    def came(self, figure: str, window: Window, found: Measure) -> str:
        """What came of a month, in one sentence."""
        say, selected = self.say, decision(self.system, self.say.lang)
        told = {"month": capital(period_words(window, say)), "n": self.value(found.value or 0), "selected": selected}
        sentences = {
            "accuracy": say("{month}: decisions were right in {n} of 100 cases whose outcome is known", **told),
            "precision": say("{month}: of 100 people {selected}, the outcome was positive for {n}", **told),
            AREA: say("{month}: in {n} of 100 pairs, who had the positive outcome had the higher score", **told),
            "true_positive_rate": say("{month}: of 100 people with a positive outcome, {n} were {selected}", **told),
            "false_positive_rate": say("{month}: of 100 people with a negative outcome, {n} were {selected}", **told),
        }
        if found.interval is None:
            return f"{sentences[figure]}."
        between = self.between(found.interval.low, found.interval.high)
        return say("{told} (95% interval: {between}).", told=sentences[figure], between=between)

    def expected(self, window: Window, found: Measure, readable_from: str) -> str:
        """What is expected of a month whose outcomes are not due."""
        say, month = self.say, period_words(window, self.say)
        date = say.date(dt.date.fromisoformat(readable_from))
        if "will_be" not in found.params:
            return say("{month}: outcomes can be read from {date} on.", month=capital(month), date=date)
        between = self.between(*found.params["will_be"])
        return say(
            "{month}: outcomes can be read from {date} on; until then {between} of 100 are expected.",
            month=capital(month),
            date=date,
            between=between,
        )
