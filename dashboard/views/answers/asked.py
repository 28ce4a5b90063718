"""The question that a verdict answers: its wording, its threshold in words, and how else it is asked."""

from __future__ import annotations

from boussole.audits.languages import capital, inside
from boussole.audits.metrics.accounts import WITHOUT_FACTOR
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS, PUT_IN_RESULTS
from boussole.audits.metrics.footprint import OF_YEAR, PER_TEXT, SPREAD
from boussole.audits.mixed import foreign, marked
from boussole.audits.systems import System
from boussole.charter.amending.plain import plainly
from boussole.charter.document import MeasureDocument, Params, Standing, ThresholdOfVerdict, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.detected import OF_TEXTS
from boussole.charter.judging.families import Attribute, asked_of, spoken, worded
from boussole.charter.judging.statistics.sight import least_sight
from boussole.charter.text.judged import judged
from boussole.charter.text.model import Charter, Indicator, Threshold
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.permissions import who_words
from boussole.dashboard.views.charts.groups import group_of
from boussole.dashboard.views.charts.tables import signed

# The question that a verdict answers, as the charter words it.


def indicator_of(charter: Charter, verdict: VerdictDocument) -> Indicator | None:
    """The question of the charter that a verdict answers: ids of expanded questions end in their attributes."""
    return way_called(charter, verdict.indicator)


def way_called(charter: Charter, name: str) -> Indicator | None:
    """The question of the charter that has a name, or whose name an expanded one begins with."""
    fitting = [way for way in charter.ways if f"{name}_".startswith(f"{way.id}_")]
    return max(fitting, key=lambda indicator: len(indicator.id), default=None)


def worded_for(way: Indicator, system: System | None, say: Say, *, by: Attribute | None = None) -> str:
    """A question in the names of the system that it is about; in general words where it is about none or several."""
    if system is None:
        return plainly(way.question, say.lang)
    lang, text = spoken(way.question, say.lang), worded(way, system, say.lang, by=by)
    return text if lang == say.lang else foreign(text, lang)


def worded_as(charter: Charter, name: str, system: System | None, say: Say) -> str:
    """A question by its id as the charter asks it of a system, with its number; the id itself where it asks none."""
    way = way_called(charter, name)
    if way is None:
        return name
    asked = asked_of(charter, system).questions if system else ()
    by = next((each.by for each in asked if each.id == name), None)
    return f"{way.number} " + worded_for(way, system, say, by=by)


def question_of(charter: Charter, verdict: VerdictDocument, say: Say) -> str:
    """What was asked of the system, in the reader's language, else in one of the charter's own."""
    indicator = indicator_of(charter, verdict)
    lang = spoken(indicator.question, say.lang) if indicator else say.lang
    texts = verdict.question
    return say.text(texts) if lang == say.lang or say.lang not in texts else foreign(texts[say.lang], lang)


def sentence_of(charter: Charter, verdict: VerdictDocument, say: Say, *, system: System | None) -> str:
    """What was answered, with names of the charter and of the system file, which may speak another language."""
    indicator, columns = indicator_of(charter, verdict), system.columns if system else None
    named = [control.title for control in system.controls.values()] if system else []
    named += [columns.decision.title if columns.decision else None, *columns.stage_titles.values()] if columns else []
    named += [*system.feature_titles.values()] if system else []
    names = [say.text(texts) for texts in (indicator.attested_by if indicator else None, *named) if texts]
    text = say.text(verdict.sentence)
    if verdict.statement is not None:  # who stated it in the browser did so in a role of the house
        text = text.replace(verdict.statement.role, who_words(verdict.statement.role, say))
    for name in names:
        for written in (name, inside(name)):
            text = marked(text, written)
    return text


# Thresholds in words, on the side where a comparison is bad: 125 for 100, 10 points, a distance of 0.25.


def threshold_words(document: Standing, verdict: VerdictDocument, say: Say, *, charter: Charter | None = None) -> str:
    """From where a question is watched and not kept, and whether anybody has adopted that; empty without a level."""
    levels, threshold = levels_and_chance(document, verdict, say, charter=charter), verdict.threshold
    if not levels or threshold is None:
        return ""
    parts = [levels, say("Proposed, not adopted."), say("Not a legal threshold.")]
    if threshold.status == "adopted":
        parts[1] = unproven_words(say) if unproven(threshold) else say("Adopted.")
        if threshold.post_hoc and not unproven(threshold):
            parts.append(say("Adopted after this period had begun."))
    return " ".join(parts)


def levels_and_chance(document: Standing, verdict: VerdictDocument, say: Say, *, charter: Charter | None = None) -> str:
    """From where a question is watched and not kept, and how often chance alone may have it so, where it says that."""
    levels = levels_words(document, verdict, say, charter=charter)
    return " ".join((levels, *_by_chance(verdict, say))) if levels else ""


def _by_chance(verdict: VerdictDocument, say: Say) -> list[str]:
    if verdict.threshold is None or verdict.threshold.watch_alpha is None:
        return []
    n = round(100 * verdict.threshold.watch_alpha, 6)
    times = say.number(n, next((digits for digits in range(4) if round(n, digits) == n), 4))
    if judged(verdict.metric).scale == "effect":
        if verdict.looks == 1:
            return [say("Chance alone breaks it in at most {n} of 100 audits.", n=times)]
        return [say("Chance alone breaks it in at most {n} of 100 years.", n=times)]
    if verdict.looks == 1:
        return [say("Chance alone has it watched in at most {n} of 100 audits.", n=times)]
    return [say("Chance alone has it watched in at most {n} of 100 years.", n=times)]


def unproven(threshold: ThresholdOfVerdict) -> bool:
    """Whether a level was adopted by its own word alone."""
    return threshold.status == "adopted" and threshold.proven_on is None


def unproven_words(say: Say) -> str:
    """What is said of a level that calls itself adopted while the ledger holds no adoption of it."""
    return say(
        "Adopted by its own word: no adoption in the ledger proves it, so it may have been chosen to fit (post hoc)."
    )


def levels_words(document: Standing, verdict: VerdictDocument, say: Say, *, charter: Charter | None = None) -> str:
    """From where a question is watched and not kept; empty without a level."""
    if verdict.counted is not None and verdict.threshold is not None:
        return counted_words(verdict.threshold, say)
    if verdict.paired is not None and verdict.threshold is not None:
        return pairs_words(verdict.threshold, say)
    if (tell := OF_SCALE.get(judged(verdict.metric).scale)) is not None:
        return tell(given(verdict.threshold), say, metric=verdict.metric)
    measure = _first(document, verdict)
    if measure is None:
        return ""
    levels = verdict.comparisons[0].levels
    if measure.params.scale == "effect":
        return _effect_words(measure.metric, say)
    only = only_with(verdict, say, charter=charter) if charter is not None else ""
    said = [
        " ".join(filter(None, [_beyond(words, level, measure.params, say), with_]))
        for level, words, with_ in ((levels.breach, say("not kept"), only), (levels.watch, say("to be watched"), ""))
        if level is not None
    ]
    return capital(", ".join(said) + ".")


def only_with(verdict: VerdictDocument, say: Say, *, charter: Charter) -> str:
    """Without which other question of the charter a breach level breaks nothing; empty where it breaks by itself."""
    indicator = indicator_of(charter, verdict)
    needed = way_called(charter, indicator.breach_with) if indicator is not None and indicator.breach_with else None
    if indicator is None or needed is None:
        return ""
    if indicator.breach_when == "broken":
        return say("(only where question {number} is not kept either)", number=needed.number)
    return say("(only where question {number} is to be watched or not kept)", number=needed.number)


def range_words(threshold: ThresholdOfVerdict | Threshold, say: Say, *, metric: str | None) -> str:
    """From where a figure that is known as a range is watched, not kept, or kept."""
    if metric == OF_YEAR:
        return say(
            "Not kept where even the lowest figure is beyond the budget, to be watched where it will be; kept where "
            "even the highest will not."
        )
    level = say.number(given(threshold.watch), 0 if threshold.watch == round(given(threshold.watch)) else 2)
    if metric == SPREAD:
        return say("Kept up to {level} times; beyond, nobody can tell.", level=level)
    if metric == PER_TEXT:
        return say(
            "To be watched where even the lowest figure lies beyond {level} g of CO₂ equivalent for 400 tokens of use; "
            "kept where even the highest does not.",
            level=level,
        )
    return say(
        "To be watched where even the lowest figure lies beyond {level} times its own level; kept where even the "
        "highest does not.",
        level=level,
    )


def _effect_words(metric: str, say: Say) -> str:
    if metric == PUT_IN_RESULTS:
        return say("Kept if clearly better for those put in, to be watched if not: never broken by itself.")
    if metric == GAP_BY_CORRECTIONS:
        return say(
            "Kept if corrections clearly narrow the gap, or none is left to watch; not kept if they clearly widen it; "
            "to be watched if neither is clear."
        )
    return say("Kept if clearly better than without, not kept if clearly worse, to be watched if neither is clear.")


def no_case_words(threshold: ThresholdOfVerdict | Threshold, say: Say, *, metric: str | None) -> str:
    """From where cases that a log shows, and what it does not label, are watched and not kept."""
    if metric == WITHOUT_FACTOR:
        return say("One account without a second factor breaks it; to be watched where one has a right too many.")
    if metric in OF_TEXTS and threshold.watch is not None:
        return say(
            "One confirmed case breaks it; to be watched where the log shows one, or where over {level} of all texts, "
            "or drafts, hold one; kept where neither is so, with what is missed.",
            level=level_words(threshold.watch, "share", say),
        )
    if threshold.watch is None:
        return say("One confirmed case breaks it; kept where the log shows none.")
    if threshold.watch == 0:
        told = say(
            "One confirmed case breaks it; to be watched as soon as one entry does not say enough to tell; kept where "
            "the log shows no case."
        )
        if threshold.breaks_from is None:
            return told
        return f"{told} " + say("Of days before {date}, it is watched.", date=say.date(threshold.breaks_from))
    return say(
        "One confirmed case breaks it; to be watched where over {level} do not say enough; kept where the log shows no "
        "case.",
        level=level_words(threshold.watch, "share", say),
    )


def pairs_words(threshold: ThresholdOfVerdict | Threshold, say: Say) -> str:
    """From where what texts of pairs of requests differ in is watched and not kept."""
    return say(
        "To be watched where, were texts alike, chance would set them so far apart in fewer than {n} cases in 100; not "
        "kept once a person confirms a difference in refusals or offers.",
        n=say.number(100 * given(threshold.watch), 0),
    )


def counted_words(threshold: ThresholdOfVerdict | Threshold, say: Say) -> str:
    """From where what is counted in records is watched and not kept: shares of what was due."""
    if threshold.tolerance is not None:
        return say(
            "One that is not as promised breaks it, or one that stays missing; kept where all that was due was as "
            "promised."
        )
    said = [
        say("{verdict} under {level}", verdict=words, level=level_words(level, "ratio", say))
        for level, words in ((threshold.breach, say("not kept")), (threshold.watch, say("to be watched")))
        if level is not None
    ]
    return capital(", ".join(said) + ".")


def _first(document: Standing, verdict: VerdictDocument) -> MeasureDocument | None:
    """The measure of the first comparison: all comparisons of a question share scale and levels."""
    if not verdict.comparisons:
        return None
    name = verdict.comparisons[0].measure
    return document.judged_by_id.get(name)


def _beyond(verdict: str, at: float, params: Params, say: Say) -> str:
    if at == 0:
        return say("{verdict} from any gap", verdict=verdict)
    level = level_words(at, given(params.scale), say)
    if params.bad_side == "below":
        return say("{verdict} under {level}", verdict=verdict, level=level)
    return say("{verdict} over {level}", verdict=verdict, level=level)


def sight_words(document: Standing, verdict: VerdictDocument, say: Say, *, alpha: float, system: System | None) -> str:
    """How wide a gap these decisions would show, for the group of which they tell least; empty where none is tested."""
    seen = least_sight(document, verdict, alpha=alpha)
    if seen is None:
        return ""
    gap, measure = seen.gap, seen.measure
    names = {"group": group_of(measure, say, system=system)}
    if gap is None:
        return say("So few decisions are about “{group}” that hardly any gap would be seen.", **names)
    level = level_words(gap, given(measure.params.scale), say)
    if measure.params.bad_side == "below":
        return say(
            "A gap like {level} or less would be seen eight times out of ten, even for “{group}”.", level=level, **names
        )
    return say(
        "A gap like {level} or more would be seen eight times out of ten, even for “{group}”.", level=level, **names
    )


def level_words(at: float, scale: str, say: Say) -> str:
    """A level in a lay reader's words.

    >>> from boussole.dashboard.markup.words import speaker
    >>> [level_words(at, scale, speaker("en")) for at, scale in ((1.25, "ratio"), (-0.1, "difference"))]
    ['125 for 100', '−10 points']
    """
    if scale == "ratio":
        return say("{n} for 100", n=say.whole(100 * at))
    if scale == "difference":
        nought = say.number(0, 1)[1:]
        return say("{n} points", n=signed(100 * at, say).removesuffix(nought))
    if scale == "share":
        return say("{n} in 100", n=say.number(100 * at, 0 if 100 * at == round(100 * at) else 1))
    return say("a distance of {n}", n=say.number(at))


# How else a question of the charter is asked, and of which systems.


def other_ways(indicator: Indicator, say: Say) -> list[str]:
    """Each other way to ask a question, after the systems it is for."""
    return [
        say("{where}: “{question}”", where=_where(indicator, way, say), question=plainly(way.question, say.lang))
        for way in indicator.ways[1:]
    ]


def _where(indicator: Indicator, way: Indicator, say: Say) -> str:
    """What sets the systems apart of which it is asked so: what decisions are, what their files do not declare."""
    kinds = {
        "favourable": say("where being selected is a good thing"),
        "harm": say("where being selected is a harm"),
        "controls": say("where profiles can be compared"),
        "texts": say("of systems that write"),
        "training": say("where the log of uses says who was trained"),
        "selective_labels": say("where outcomes are known for people selected alone"),
    }
    lacking = {
        "decision": say("where nothing is decided"),
        "outcome": say("where outcomes are not declared"),
        "reference": say("where no reference period is declared"),
        "score": say("where no score is declared"),
        "features": say("where no data to follow are declared"),
        "controls": say("where nothing is declared by which profiles could be compared"),
        "stages": say("where no stages are declared"),
        "actors": say("where nothing says who acts at each stage"),
        "ranks": say("where there are no lists"),
        "person": say("where nothing says which decisions are about the same person"),
        "contacts": say("where no messages are logged"),
        "reviews": say("where nothing tells which agents reviewed"),
        "reading_time": say("where nothing tells how long reviews took"),
        "closings": say("where the log does not say when lists close"),
        "smartphones": say("where the log does not say who has a smartphone"),
        "replies": say("where the log does not say when people replied"),
        "accounts": say("where nobody imports an export of accounts"),
        "search_controls": say("where the organisation gives no log of controls"),
        "trained_users": say("where the log of uses does not say who was trained"),
        "triggers": say("where nothing says what led to controls"),
        "notices": say("where nothing says which messages say that a machine writes"),
        "adverts": say("where nothing says which texts are job adverts"),
        "personal_kinds": say("where nothing says which personal data have no place in texts"),
        "reworked_texts": say("where nothing says what agents make of texts"),
        "texts_in_time": say("where nothing says how long agents have a text before their eyes"),
        "marks": say("where nothing says which texts must be marked"),
        "allowed_places": say("where nothing says where models may run"),
        "called_models": say("where nothing says which models are called"),
        "text_outcomes": say("where nothing says what became of texts"),
        "purposes": say("where nothing says what the system may be used for"),
    }
    found = [kinds[way.applies]] if way.applies in kinds else []
    found += [lacking[need] for need in indicator.needs if need not in way.needs]
    return ", ".join(found) or say("of other systems")


OF_SCALE = {"cases": no_case_words, "range": range_words}
"""What says of a measure of some scales from where it is watched and not kept, where no comparison does."""
