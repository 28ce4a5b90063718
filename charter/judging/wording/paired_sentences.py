"""What texts written for pairs of requests answer, in words."""

from __future__ import annotations

from boussole.audits.languages import Catalogue, date_words, number, whole
from boussole.charter.document import PairedDifference, PairedTest, VerdictReasons
from boussole.charter.judging.wording.stated_sentences import stated_sentence

CUES = {
    "first_name": "From a first name of well-off circles to one of modest circles",
    "gender": "From the first name of a man to that of a woman",
    "origin": "From a first name common in France to one that suggests another origin",
    "age": "From a lower age to a higher one",
    "commune": "From a well-off commune to one with priority neighbourhoods",
}
OTHER_CUE = "From one value of “{cue}” to the other"
CHANGES = {
    "length": ("texts are longer", "texts are shorter"),
    "tone": ("the tone is warmer", "the tone is colder"),
    "formality": ("the tone is more formal", "the tone is more familiar"),
    "readability": ("texts are easier to read", "texts are harder to read"),
    "offers": ("texts name more of the offers", "texts name fewer of the offers"),
    "refusals": ("more requests are refused", "fewer requests are refused"),
    "gendered_wording": ("words are more often coded feminine", "words are more often coded masculine"),
    "other_language": ("more texts are in another language", "fewer texts are in another language"),
}
"""By measure, where the changed side has more and where it has less."""
UNITS = {
    "length": "in words",
    "tone": "in warm words less cold ones",
    "formality": "on a scale from −3 to 3",
    "readability": "in points of the Flesch scale",
    "offers": "in offers named",
    "refusals": "in refusals out of 100 requests",
    "gendered_wording": "in words coded feminine less masculine",
    "other_language": "in texts out of 100",
}
NAMES = {
    "length": "length",
    "tone": "tone",
    "formality": "formality",
    "readability": "readability",
    "offers": "offers named",
    "refusals": "refusals",
    "gendered_wording": "gendered wording",
    "other_language": "language",
}
SHARES = ("refusals", "other_language")
"""Measures that are told out of 100."""
CONFIRMED_BREAKS = ("refusals", "offers")
"""Measures of which a difference that a person confirms breaks the promise."""

DIFFERS = "{cue}, {change}."
DETAIL = "All else in the requests is alike; mean difference over {pairs} pairs: {n} ({unit})."
UNLIKELY = "It is very unlikely that chance alone explains that."
OTHERS = ("So it is for one other difference.", "So it is for {n} other differences.")
CONFIRM = "If a person confirms a difference in refusals or offers, the promise is broken."
ALIKE = (
    "In {texts} texts, written for requests in pairs of which only one thing differs, nothing differs more than chance "
    "explains. Differences that matter to the charter would have been found in {power} cases in 100."
)
FEW = (
    "In {texts} texts, written for requests in pairs of which only one thing differs, nothing differs more than chance "
    "explains. But a difference that matters to the charter may have been missed ({name}: found from {found} on, to be "
    "found from {matters} on; {unit})."
)
NEEDED = "It would take about {n} pairs for each thing that is changed."
FEW_VALUES = "More names, ages or places are needed to tell."
NONE_FOUND = (
    "In {texts} texts, written for requests in pairs of which only one thing differs, there are too few names, ages or "
    "places to find any difference."
)
MISSING = (
    "In {texts} texts, written for requests in pairs of which only one thing differs, nothing differs more than chance "
    "explains. But the test does not change all that the charter wants to be changed; it lacks: {names}."
)
CUE_NAMES = {
    "first_name": "first names of other circles",
    "gender": "first names of the other gender",
    "origin": "first names of another origin",
    "age": "ages",
    "commune": "communes",
}
OLD = "We cannot tell any more: the last test with pairs of requests is of {date}, more than a year ago."
TESTED = "Model tested: {model}, on {date}."
SEVERAL = ("It is the only test recorded in twelve months.", "In the twelve months up to it, {n} tests were recorded.")


def paired_sentence(document: VerdictReasons, test: PairedTest, answer: str, catalogue: Catalogue, power: float) -> str:
    """What a test with pairs answers, after cases that people reported where there are any."""
    teller = _PairedTeller(test, catalogue, power)
    if document.reason == "pairs_old":
        return teller.told(OLD)
    if document.reason and document.reason.startswith("case_"):
        return " ".join([stated_sentence(document, answer, catalogue), *teller.differing(document), teller.tested()])
    ways = {
        "pairs_differ": lambda: teller.differing(document),
        "pairs_alike": teller.alike,
        "pairs_few": teller.few,
        "pairs_missing": teller.missing,
    }
    return " ".join([answer, *ways[document.reason or ""](), teller.tested()])


class _PairedTeller:
    def __init__(self, test: PairedTest, catalogue: Catalogue, power: float) -> None:
        self.test, self.catalogue, self.lang = test, catalogue, catalogue.lang
        self.named = {
            "texts": whole(test.texts, self.lang),
            "date": date_words(test.on, self.lang),
            "power": number(100 * power, self.lang, 0),
            "model": test.model,
        }

    def told(self, message: str, **more: str) -> str:
        return self.catalogue.gettext(message).format(**self.named, **more)

    def tested(self) -> str:
        parts = [self.told(TESTED)]
        if self.test.tests > 1:
            parts.append(self.plural(SEVERAL, self.test.tests))
        return " ".join(parts)

    def plural(self, messages: tuple[str, str], n: int) -> str:
        return self.catalogue.ngettext(*messages, n).format(n=whole(n, self.lang))

    def differing(self, document: VerdictReasons) -> list[str]:
        level = document.threshold.watch if document.threshold else None
        found = [each for each in self.test.differences if level is not None and each.p_holm < level]
        if not found:
            return []
        first = min(found, key=lambda each: (each.measure not in CONFIRMED_BREAKS, each.p_holm, each.p))
        parts = [*self._difference(first), self.told(UNLIKELY)]
        if len(found) > 1:
            parts.append(self.plural(OTHERS, len(found) - 1))
        if document.reason == "pairs_differ" and any(each.measure in CONFIRMED_BREAKS for each in found):
            parts.append(self.told(CONFIRM))
        return parts

    def _difference(self, each: PairedDifference) -> list[str]:
        cue = self.told(CUES[each.cue]) if each.cue in CUES else self.told(OTHER_CUE, cue=each.cue)
        change = self.told(CHANGES[each.measure][each.difference < 0]) if each.measure in CHANGES else each.measure
        pairs, n = whole(each.pairs, self.lang), self._amount(each.measure, abs(each.difference))
        detail = self.told(DETAIL, n=n, unit=self._unit(each.measure), pairs=pairs)
        return [self.told(DIFFERS, cue=cue, change=change), detail]

    def alike(self) -> list[str]:
        return [self.told(ALIKE)]

    def missing(self) -> list[str]:
        names = [self.told(CUE_NAMES[each]) if each in CUE_NAMES else each for each in self.test.missing or ()]
        return [self.told(MISSING, names=", ".join(names))]

    def few(self) -> list[str]:
        blind = [each for each in self.test.differences if each.detectable is None]
        if blind:
            return [self.told(NONE_FOUND), self.told(FEW_VALUES)]
        worst = max(self.test.differences, key=lambda each: (each.detectable or 0) / each.matters)
        words = {
            "name": self.told(NAMES[worst.measure]) if worst.measure in NAMES else worst.measure,
            "found": self._amount(worst.measure, worst.detectable or 0),
            "matters": self._amount(worst.measure, worst.matters),
            "unit": self._unit(worst.measure),
        }
        needed = [] if self.test.needed is None else [self.told(NEEDED, n=whole(self.test.needed, self.lang))]
        return [self.told(FEW, **words), *needed]

    def _unit(self, measure: str) -> str:
        return self.told(UNITS[measure]) if measure in UNITS else measure

    def _amount(self, measure: str, value: float) -> str:
        shown = 100 * value if measure in SHARES else value
        return number(shown, self.lang, 0 if shown >= 10 else 1 if shown >= 1 else 2)
