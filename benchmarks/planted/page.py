"""Writes what runs found as a report, with its picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.planted.effects import EFFECTS, Effect, unexplained
from benchmarks.planted.picture import draw
from benchmarks.planted.results import Result
from benchmarks.planted.sizes import SIZES
from benchmarks.reports import write_report
from boussole.charter.judging.recorded import exact_ends
from boussole.experiments.demo.planted import SEED

SYSTEMS = {"matchft": "MatchFT", "chatft": "ChatFT"}
UNTIL_SEEN = {"corrections_help", "better_than_before"}
"""Questions that are to be watched until it is seen that something helps, as the charter wants it: no false alarms."""
UNLABELLED = {"silence_and_controls", "undeclared_use"}
"""Questions that are to be watched where more than one row in a hundred is not labelled, as the charter says: where no
case is planted, that is the only reason why they are, and it is so in the log."""
BAD = {"watch", "broken"}
CANNOT_TELL = "nobody can tell"
SEEDS = 20
"""Seeds of each size that are wanted."""
QUARTERS = 4
"""Runs of three months that make a year."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """In how many runs of a size an effect was found by its question; with its 95 % interval."""

    effect: Effect
    size: str
    found: int
    runs: int

    @property
    def ends(self) -> tuple[float, float]:
        return exact_ends(self.found / self.runs, self.runs) if self.runs else (0.0, 1.0)


def write_page(results: Sequence[Result]) -> None:
    """The report, and its picture."""
    write_report("planted.md", f"# Planted effects\n\n![](planted.svg)\n\n{tables(results)}\n")
    shown = [(each.effect, each.size, each.found / each.runs, *each.ends) for each in found(results) if each.runs]
    write_report("planted.svg", draw(shown))


def tables(results: Sequence[Result]) -> str:
    """What was found, what was said where nothing is planted, and what else was turned."""
    parts = _detection(list(found(results))), _missed(results), _nothing(results), _elsewhere(results)
    return "\n\n".join([_so_far(results), *parts])


def _so_far(results: Sequence[Result]) -> str:
    """How much of it has been run, and what that is too little for."""
    conditions = {(each.system, each.condition) for each in EFFECTS} | {(system, "nothing") for system in SYSTEMS}
    every = SEEDS * len(SIZES) * len(conditions)
    asked = sum(each.seed < SEED + SEEDS for each in results)
    if asked >= every:
        return f"All {every} runs of {SEEDS} seeds."
    more = f", and {len(results) - asked} of further seeds" if len(results) > asked else ""
    return (
        f"**So far {asked} of {every} runs** ({SEEDS} seeds, {len(SIZES)} sizes){more}. An interval says all that is "
        "known: a share of one run says next to nothing, and no rate of false alarms is shown by so few."
    )


def found(results: Sequence[Result]) -> Iterator[Found]:
    """Of every effect and size."""
    for effect in EFFECTS:
        of = [each for each in results if (each.system, each.condition) == (effect.system, effect.condition)]
        for size in SIZES:
            runs = [each for each in of if each.size == SIZES[size][effect.system]]
            yield Found(effect=effect, size=size, found=sum(map(effect.found_in, runs)), runs=len(runs))


def _detection(rows: Sequence[Found]) -> str:
    """Rows: effects; columns: sizes."""
    heads = [f"{name}: {SIZES[name]['matchft']:,} people, {SIZES[name]['chatft']:,} texts a month" for name in SIZES]
    lines = [f"| planted | in | question | {' | '.join(heads)} |", "|---" * (3 + len(SIZES)) + "|"]
    for effect in EFFECTS:
        cells = [_cell(each.found, each.runs) for each in rows if each.effect == effect]
        lines.append(f"| {effect.name} | {SYSTEMS[effect.system]} | {effect.question} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(k: int, n: int) -> str:
    """How many of how many, and the interval of the share in per cent."""
    if not n:
        return "not tried"
    low, high = exact_ends(k / n, n)
    return f"{k} of {n} ({100 * low:.0f} to {100 * high:.0f} %)"


def _missed(results: Sequence[Result]) -> str:
    """What questions said where they did not find what was planted: to call it kept is worse than not to know."""
    said: dict[str, Counter[str]] = {}
    for effect in EFFECTS:
        for each in _where(results, effect.system, effect.condition):
            if not effect.found_in(each):
                (size,) = (name for name in SIZES if SIZES[name][effect.system] == each.size)
                said.setdefault(_of_the_missed(effect, each), Counter())[f"{effect.name} ({size})"] += 1
    lines = [
        f"- {said_so}: {count.total()} run{'s' * (count.total() > 1)}"
        + ("" if said_so == CANNOT_TELL else f" ({_counted(count)})")
        + "."
        for said_so, count in sorted(said.items(), key=lambda each: -each[1].total())
    ]
    return "Where a question did not find what was planted, it said:\n\n" + "\n".join(lines or ["- found in all runs."])


def _of_the_missed(effect: Effect, result: Result) -> str:
    told = {result.told.get(month, {}).get(effect.asks) for month in effect.months}
    if told & BAD:
        return "watched or not kept, because of another group or column"
    return "kept" if "kept" in told else CANNOT_TELL


def _counted(count: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(count.items()))


def _nothing(results: Sequence[Result]) -> str:
    """Where nothing is planted: by system and size, how often any question was watched or not kept."""
    heads = (
        "system",
        "size",
        "runs of three months",
        "with a false alarm",
        "by",
        "labels missing",
        "not yet seen to help",
    )
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for system, size in ((system, size) for system in SYSTEMS for size in SIZES):
        runs = [each for each in _where(results, system, "nothing") if each.size == SIZES[size][system]]
        wrong = [_alarms(each) for each in runs]
        missing, waiting = ([_asked(each) & those for each in runs] for those in (UNLABELLED, UNTIL_SEEN))
        told = [_cell(sum(map(bool, wrong)), len(runs)), *map(_often, (wrong, missing, waiting))]
        lines.append(f"| {SYSTEMS[system]} | {size} | {len(runs)} | {' | '.join(told)} |")
    return "\n".join(lines) + "\n\n" + "\n\n".join(_year(results, system) for system in SYSTEMS)


def _asked(result: Result) -> set[str]:
    """The questions that are turned though nothing planted explains it."""
    return {asked for _, asked in unexplained(result)}


def _alarms(result: Result) -> set[str]:
    """Those that are false alarms."""
    return _asked(result) - UNLABELLED - UNTIL_SEEN


def _often(runs: Sequence[set[str]]) -> str:
    """In how many runs each question is."""
    return ", ".join(f"`{asked}` {sum(asked in each for each in runs)}" for asked in sorted(set().union(*runs)))


def _year(results: Sequence[Result], system: str) -> str:
    """How often a year would be accused, by all sizes together."""
    runs = _where(results, system, "nothing")
    if not runs:
        return f"{SYSTEMS[system]}: not tried."
    wrong = sum(bool(_alarms(each)) for each in runs)
    share, (_, high) = wrong / len(runs), exact_ends(wrong / len(runs), len(runs))
    answers = sum(len(told) for each in runs for told in each.told.values())
    year, most = (100 * (1 - (1 - each) ** QUARTERS) for each in (share, high))
    return (
        f"{SYSTEMS[system]}: {len(runs)} runs, {len(runs) * 3} audits and {answers:,} answers with nothing planted; "
        f"runs with a false alarm: {wrong}. A year of four such runs would have one {year:.1f} times in 100, at most "
        f"{most:.1f} (95 % interval)."
    )


def _elsewhere(results: Sequence[Result]) -> str:
    """In runs with something planted, the questions that were watched or not kept though nothing planted is why."""
    lines = []
    for system, name in SYSTEMS.items():
        runs = [
            each for condition in ("planted", "left_out", "reworked") for each in _where(results, system, condition)
        ]
        lines.append(f"- {name}, {len(runs)} runs: {_often([_asked(each) for each in runs]) or 'none'}.")
    return "Questions that were turned though nothing planted explains it, and in how many runs:\n\n" + "\n".join(lines)


def _where(results: Sequence[Result], system: str, condition: str) -> list[Result]:
    return [each for each in results if (each.system, each.condition) == (system, condition)]
