"""The words of Evidently's report: which figure to read, what was left out and why, what was found in columns."""

from __future__ import annotations

from boussole.audits.drift.compared import DECISION
from boussole.audits.drift.evidently_columns import MOST_COLUMNS, ColumnFinding, safe
from boussole.audits.drift.evidently_figures import apart_by_chance
from boussole.audits.drift.report import Detail
from boussole.audits.drift.samples import SEED, Design
from boussole.audits.languages import capital
from boussole.audits.systems.model import System
from boussole.charter.judging.wording.naming import feature
from boussole.dashboard.views.drift.words import period_words
from boussole.dashboard.words.say import Say


def column_words(column: str, system: System, say: Say) -> str:
    """A column as people call it."""
    if column == DECISION:
        return say("The decision")
    if column == "score" and system.log.score:
        return say("The score")
    return capital(safe(feature(system, column, say.lang)))


def method_words(key: str, say: Say) -> str:
    """A method by its name."""
    names = {
        "jensenshannon": say("Jensen-Shannon"),
        "hellinger": say("Hellinger"),
        "wasserstein": say("Wasserstein"),
        "ks": say("Kolmogorov-Smirnov"),
        "psi": say("PSI"),
        "chisquare": say("Chi-square"),
        "mannw": say("Mann-Whitney"),
        "cramer_von_mises": say("Cramér-von Mises"),
        "anderson": say("Anderson-Darling"),
    }
    return names[key]


def reading_words(reading: str, say: Say) -> str:
    """What to make of a figure of Evidently."""
    words = {
        "same": say("The same question, on a sample and other classes"),
        "p_value": say("A p-value of the sample, not a distance"),
        "wrong": say("Not to be read"),
    }
    return words[reading]


def which_to_read(say: Say) -> list[list[str]]:
    """By method: what Evidently gives, and which figure to read."""
    return [
        [
            say("Jensen-Shannon"),
            say("In natural logarithms (0.83 at the most), on classes cut anew from each pair of samples."),
            say("Boussole’s: 1 at the most, on the same classes every time. Evidently’s ÷ 0.83 answers the same."),
        ],
        [
            say("Hellinger"),
            say("On classes cut anew from each pair of samples."),
            say("Boussole’s; Evidently’s answers the same on other classes."),
        ],
        [
            say("Wasserstein"),
            say("Divided by the spread (standard deviation) of the reference sample."),
            say(
                "Boussole’s is in the unit of the column. Where it says that many values lie beyond its outermost "
                "classes, Evidently’s, times the spread, sees how far out they are."
            ),
        ],
        [
            say("Kolmogorov-Smirnov"),
            say("Only a p-value: with many rows it is small however small the gap."),
            say("Boussole’s: the gap itself."),
        ],
        [
            say("Total variation"),
            say("Not shown: a p-value of shuffled samples, not the distance."),
            say("Boussole’s."),
        ],
        [
            say("PSI of numbers"),
            say(
                "Wrong: the number of classes that is asked for is ignored, and an empty class is filled with 0.0001 "
                "or less, so that one such class can decide the figure."
            ),
            say("Boussole’s only."),
        ],
        [
            say("PSI of categories"),
            say("The same, as long as no category is empty in a sample; else filled as above."),
            say("Boussole’s."),
        ],
        [
            say("Chi-square"),
            say(
                "Wrong: it takes the reference sample for certain. With two categories, samples of one size and "
                "nothing changed, it tells of a change 17 times in 100 instead of 5; with more categories, more often."
            ),
            say("Boussole’s only."),
        ],
        [
            say("Mann-Whitney"),
            say("Wrong: it only sees values that rose, though it says two-sided."),
            say("Boussole’s only: how often the newer value is the higher one, with a p-value of both sides."),
        ],
        [
            say("Cramér-von Mises, Anderson-Darling"),
            say("Only p-values of the samples; that of Anderson-Darling is never under 0.001 nor over 0.25."),
            say("Boussole’s: over all decisions, with people who come more than once taken into account."),
        ],
        [
            say("“Drift detected”"),
            say("Evidently’s own limits, the same for every column."),
            say("What the drift page says: the level of the charter, with chance taken into account."),
        ],
    ]


def reason_words(reason: str, detail: Detail, say: Say) -> str:
    """Why a column is not on the page."""
    words = {
        "no_values": say("no value in either period"),
        "no_values_reference": say("no value ({period})", period=period_words(detail.pair.against, say)),
        "no_values_current": say("no value ({period})", period=period_words(detail.pair.window, say)),
        "other_type": say("numbers in one period and words in the other"),
        "too_large": say("numbers too large to be squared"),
        "too_narrow": say("values too close together to be told apart in classes"),
        "limit": say("beyond the {n} columns that moved most", n=say.whole(MOST_COLUMNS)),
        "failed": say("Evidently fails on it"),
    }
    return words[reason]


def told_words(told: ColumnFinding, detail: Detail, say: Say) -> str:
    """What was found in a column."""
    column = column_words(told.column, detail.pair.system, say)
    words = {
        "new_values": say(
            "{column}: values that the sample of the other period does not have ({values}).",
            column=column,
            values=told.detail,
        ),
        "infinite": say("{column}: {n} infinite values count as missing.", column=column, n=told.detail),
        "changed_type": say("{column}: the column changed its type ({change}).", column=column, change=told.detail),
        "lost_column": say("{column}: the column was missing from a file.", column=column),
        "absent_column": say("{column}: the log does not have this column.", column=column),
    }
    return words[told.kind]


def design_words(design: Design, say: Say) -> str:
    """How a sample was drawn."""
    by = say("day and decision") if design.step == "day" else say("month and decision")
    drawn = say(
        "{drawn} of {decisions} decisions ({rate}), in {strata} strata by {by}, each in proportion",
        drawn=say.whole(design.drawn),
        decisions=say.whole(design.decisions),
        rate=say.percent(design.rate),
        strata=say.whole(design.strata),
        by=by,
    )
    if design.weighted:
        return say("{drawn}; from {rows} rows, by what they weigh", drawn=drawn, rows=say.whole(design.rows))
    return drawn


def chance_words(detail: Detail, say: Say) -> str:
    """What two samples of one and the same window are apart."""
    drawn = [design.rows for design in detail.designs]
    return say(
        "Two such samples of the same decisions are already about {distance} apart by Evidently’s Jensen-Shannon.",
        distance=say.number(apart_by_chance(*drawn), 3),
    )


def order_words(say: Say) -> str:
    """Which decisions of a stratum are drawn."""
    return say(
        "In each stratum those whose SHA-256 of “{seed}” and their identifier comes first: the same every time.",
        seed=SEED,
    )
