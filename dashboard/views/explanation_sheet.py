"""The sheet that explains a decision to the person concerned: its head, four elements, and what one can do next.

The elements are those of French law (CRPA R.311-3-1-2). What is not known is never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from boussole.audits.languages import capital, inside
from boussole.charter.deadlines.appeals import MONTHS, AppealState
from boussole.charter.document.base import given
from boussole.charter.incidents.single import Cell
from boussole.dashboard.markup.words import Say, count
from boussole.dashboard.views.charts.tables import actor_name
from boussole.dashboard.views.explanation import Explanation
from boussole.dashboard.views.papers import Block, bullets, facts, heading, note, strong, table, text

TOLD = 3
"""Criteria that are told in a sentence, the weightiest first."""


def sheet(
    known: Explanation, request: AppealState | None, say: Say, *, on: dt.date, number: str = ""
) -> tuple[tuple[str, str], list[Block]]:
    """The title and the subtitle of the sheet of a decision, made on a day, and its blocks.

    `request`: what it answers; None: a draft. `number`: of the sheet, where it answers a request.
    """
    titles = (
        say("How this decision was made"),
        say("{system}, {date}", system=say.text(known.system.title), date=say.date(known.decision.decided_on)),
    )
    return titles, [
        *_head(known, request, say, on=on, number=number),
        *part_blocks(known, say),
        *data_blocks(known, say),
        *parameter_blocks(known, say),
        *operation_blocks(known, say),
        *_next(known, request, say),
    ]


def _head(known: Explanation, request: AppealState | None, say: Say, *, on: dt.date, number: str) -> Iterator[Block]:
    if request is None:
        yield note(say("This sheet is a draft: it answers no request, and no trace of it is sealed."))
    asked = request.appeal if request else None
    yield text(
        say(
            "A computer tool took part in a decision about you. French law gives you the right to know how (Code of "
            "relations between the public and the administration, article R.\u00a0311-3-1-2). This sheet says it in "
            "four parts. It rests on the log of the tool: what the tool wrote down when it decided."
        )
    )
    yield strong(_result(known, say))
    received = (
        say("{number}, received on {date}", number=asked.number, date=say.date(asked.received_on)) if asked else ""
    )
    yield facts(
        [
            (say("Tool"), say.text(known.system.title)),
            (say("Decision"), known.id),
            (say("Made on"), say.date(known.decision.decided_on)),
            (say("Your request"), received),
            (say("Sheet made on"), say.date(on)),
            (say("Number of this sheet"), number),
        ]
    )
    if not known.complete:
        yield note(
            say(
                "This sheet is not complete: the weight of some criteria is not known. Part 3 says why, and what the "
                "service must do."
            )
        )


def _result(known: Explanation, say: Say) -> str:
    """What was decided, to the person."""
    chosen, asked = known.decision.selected, known.system.log.decision
    title = say.text(asked.title) if asked and asked.title else say("selected")
    if chosen is None:
        return say("The log does not say what was decided.")
    if chosen:
        return say("The result of the tool: you are among the people {selected}.", selected=title)
    return say("The result of the tool: you are not among the people {selected}.", selected=title)


# The first element: how far, and in which way, the algorithm took part in the decision.


def part_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The part of the algorithm, in sentences."""
    system = known.system
    yield heading(say("1. What part did the algorithm have in the decision?"))
    yield text(_degree(known, say))
    if system.kind == "ranking":
        mode = say(
            "{system} gives each person who is looked at a place in a list: it compares people with one another.",
            system=say.text(system.title),
        )
    else:
        mode = say("{system} looks at each person by themselves, and says yes or no.", system=say.text(system.title))
    yield text(mode)
    yield text(say("What this tool is for: {purpose}", purpose=say.text(system.purpose)))
    if system.rules:
        yield text(say("Its main rules: {rules}", rules=say.text(system.rules)))


def _degree(known: Explanation, say: Say) -> str:
    """Whether a person decided after the tool: as the log has it, and never more than that."""
    made, log = known.decision, known.system.log
    if made.human is not None and made.selected is None:
        return say(
            "A person decided. The log does not say what the tool had proposed: nobody can tell whether this person "
            "followed it."
        )
    if made.human is not None and made.human == made.selected:
        return say(
            "The tool proposed and a person decided: the log says that this person kept what the tool proposed. It "
            "does not say how closely they looked at your file."
        )
    if made.human is not None:
        return say(
            "The tool proposed and a person decided: the log says that this person decided otherwise than the tool "
            "proposed."
        )
    if log.human is not None:
        return say(
            "A person may look at what the tool proposes. The log holds nothing of a person for this decision: so far "
            "as can be known, the tool’s result was applied as it was."
        )
    if log.decision and known.system.actors.get(log.decision.column) == "tool":
        return say(
            "The tool did this by itself: as the service describes it, this step is the tool’s, and the log holds no "
            "act of a person before it."
        )
    return say(
        "The log does not say whether a person looked at the tool’s result before it was applied. The service that "
        "decided can tell you: ask it."
    )


# The second element: which data were used, and where they come from.


def data_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The data about the person, what is said of their sources, and what was not used."""
    system, inputs = known.system, known.model.columns
    yield heading(say("2. Which data were used, and where do they come from?"))
    watched = [each for each in system.watched if each not in system.logged_weights.values()]
    used = [each for each in watched if inputs is None or each in inputs]
    if used:
        origins = {each.column: each.origin for each in system.features}
        unsaid = say("Not told by the service")
        rows = [[*_named_value(known, each, say), say.text(origins[each]) or unsaid] for each in used]
        yield table([say("Data about you"), say("As the tool had it"), say("Where it comes from")], rows)
    else:
        yield text(say("The log holds none of the data that the tool read about you."))
    if inputs is None:
        yield text(
            say("The model itself could not be read: this list is what the service declares, and was not checked.")
        )
    yield from _lacking(known, say)
    yield from _unused(known, [each for each in watched if each not in used], say)
    yield text(
        say(
            "These values are those of the tool’s log, kept by: {owner}. If one of them is wrong, ask for it to be put "
            "right: it is your right.",
            owner=system.owner,
        )
    )


def _lacking(known: Explanation, say: Say) -> Iterator[Block]:
    """Inputs of the model that are not in the log, sensitive ones by name."""
    if known.sensitive_used:
        yield note(
            say(
                "The tool also read data about you that are sensitive: {names}. That is unusual: you can ask the "
                "service why.",
                names=_listed(known, known.sensitive_used, say),
            )
        )
    if columns := [each for each in known.weights.unlogged if each not in known.sensitive_used]:
        yield note(
            say(
                "The tool also read: {names}. What it had of you there is not in the log, so that it cannot be told "
                "here. You can ask the service for it.",
                names=_listed(known, columns, say),
            )
        )


def _unused(known: Explanation, unasked: list[str], say: Say) -> Iterator[Block]:
    """What is kept beside a decision to check the tool, by name and without its value."""
    names = _listed(known, [*known.unused, *unasked], say)
    if names and known.model.columns is None:
        yield text(
            say(
                "The log also keeps, only to check that everybody is treated alike: {names}. The service declares that "
                "the tool does not decide by them; that could not be checked here.",
                names=names,
            )
        )
    elif names:
        yield text(
            say(
                "Not used to compute the score: {names}. The log keeps these only to check that everybody is treated "
                "alike, and the model does not read them.",
                names=names,
            )
        )


# The third element: the criteria, and what each weighed for this person.


def parameter_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The score, what each criterion did to it, or why that cannot be told."""
    yield heading(say("3. Which criteria counted, and how much?"))
    made, scale = known.decision, known.system.log.score
    if made.score is not None and scale is not None:
        low, high = (_cell(end, say) for end in scale.range)
        told = say.number(made.score, 3)
        yield text(say("Your score: {score}, on a scale from {low} to {high}.", score=told, low=low, high=high))
    if known.weights.effects:
        yield from _effects(known, say)
    else:
        yield note(say("The weight of the criteria cannot be told. {reason}", reason=_why_not(known, say)))
        yield text(say("Nothing was put in its place: a weight that is not known is not told."))
    if known.system.rules is None:
        yield note(
            say(
                "The rules by which a score becomes a decision were not put into plain words by the service. It must "
                "write them down."
            )
        )


def _effects(known: Explanation, say: Say) -> Iterator[Block]:
    found = known.weights
    ordered = sorted(found.effects.items(), key=lambda pair: -abs(pair[1]))
    yield bullets([_effect_words(_column_name(known, column, say), points, say) for column, points in ordered[:TOLD]])
    rows = [
        [
            *_named_value(known, column, say),
            "—" if known.usual[column] is None else _measured(known, column, known.usual[column], say),
            f"{'+' if points > 0 else ''}{say.number(points)}",
        ]
        for column, points in ordered
    ]
    yield table([say("Criterion"), say("You"), say("On average"), say("Weight (points)")], rows)
    yield text(
        say(
            "How to read the points: above zero, the criterion raised your score; below zero, it lowered it; the "
            "further from zero, the more it counted. A value below the average can raise a score, and one above it "
            "can lower one: this version of the tool counts so. The average is that of the people whom it looked "
            "at in the same month. Points do not add up to your score itself."
        )
    )
    yield text(_checked(known, say))


def _effect_words(criterion: str, points: float, say: Say) -> str:
    if points > 0:
        return say("{criterion}: raised your score.", criterion=criterion)
    if points < 0:
        return say("{criterion}: lowered your score.", criterion=criterion)
    return say("{criterion}: hardly changed your score.", criterion=criterion)


def _checked(known: Explanation, say: Say) -> str:
    """How far the weights could be checked, and whether they are all of them."""
    found, version = known.weights, known.decision.version or ""
    if found.logged:
        told = say(
            "These weights are those that the tool itself wrote down when it decided. They were not computed again "
            "here."
        )
        return f"{told} {_short_of(known, say)}".strip()
    if found.checked:
        return say(
            "Checked: computed again from these data with version {version} of the tool, the score is the same as in "
            "the log.",
            version=version,
        )
    if found.unlogged:
        return say(
            "These weights are those of version {version} of the tool. They are not all of them: a criterion whose "
            "value is not in the log has a weight too, which cannot be told. So the score could not be computed again.",
            version=version,
        )
    return say(
        "These weights are those of version {version} of the tool. The log holds no score to check them against.",
        version=version,
    )


def _short_of(known: Explanation, say: Say) -> str:
    """What the weights that were logged leave out, or may leave out."""
    if known.model.columns is None:
        return say(
            "Which criteria the tool reads could not be seen here, so that nobody knows whether these are all of them. "
            "The service must keep the model where it can be read, with its version."
        )
    if known.weights.unlogged:
        return say(
            "They are not all of them: the tool reads other criteria, whose weights it did not write down. The service "
            "must log them."
        )
    return ""


def _why_not(known: Explanation, say: Say) -> str:
    """Why no weight can be told, and what must be logged so that it can."""
    version = known.decision.version or ""
    reasons = {
        "no_version": say(
            "The log does not say which version of the tool decided. The service must log it with each decision."
        ),
        "unreadable": say(
            "No model, or more than one, is kept as version {version} in a form that can be read safely. The service "
            "must keep the one that decides there, in a safe form.",
            version=version,
        ),
        "unreachable": say(
            "The place where models are kept did not answer today. The service must make this sheet again once it does."
        ),
        "not_additive": say(
            "The tool does not simply add up criteria, and what each weighed for you was not kept. The service must "
            "log, with each decision, the weight of each criterion."
        ),
        "mismatch": say(
            "Computed again with the model that is kept as version {version}, the score is not the one in the log: it "
            "may not be the model that decided. The service must log the very model that decides.",
            version=version,
        ),
        "too_few": say(
            "The log does not hold the data that the tool read, or too few decisions to compare yours with. The "
            "service must log these data."
        ),
    }
    return reasons[given(known.weights.lack)]


# The fourth element: what was done, one step after the other, as the log has it.


def operation_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The steps in their order."""
    yield heading(say("4. What was done, step by step?"))
    yield bullets([*_steps(known, say)])
    yield text(say("This is all that the log holds of this decision. What it does not hold cannot be told here."))


def _steps(known: Explanation, say: Say) -> Iterator[str]:
    made = known.decision
    yield say("The tool read the data of part 2.")
    tool = say("version {version} of the tool", version=made.version) if made.version else say("the tool")
    if made.score is not None:
        yield capital(say("{tool} computed your score: {score}.", tool=tool, score=say.number(made.score, 3)))
    if made.rank is not None:
        yield say(
            "It put the people whom it looked at together in an order: you were at place {rank}. The places of others "
            "are not told, as they are about others.",
            rank=say.whole(made.rank),
        )
    yield from _stages(known, say)
    if made.human is not None:
        yield say("A person decided to choose you.") if made.human else say("A person decided not to choose you.")


def _stages(known: Explanation, say: Say) -> Iterator[str]:
    """How far the person came: up to the first stage that was not reached."""
    system = known.system
    for stage, reached in known.decision.reached.items():
        title = capital(say.text(system.log.stage_titles.get(stage)) or stage)
        actor = system.actors.get(stage, "")
        by = say("by yourself") if actor == "candidate" else actor_name(actor, say)
        what = say("{stage} ({actor})", stage=title, actor=by) if by else title
        if not reached:
            yield say("{stage}: no, so far as the log knows.", stage=what)
            return
        yield say("{stage}: yes.", stage=what)


# What the person can do next.


def _next(known: Explanation, request: AppealState | None, say: Say) -> Iterator[Block]:
    yield heading(say("What can you do now?"))
    yield bullets(
        [
            say(
                "You do not agree with the decision: this sheet explains it and does not change it. Ask for a new "
                "decision, by a person. That is another request, with a time limit of its own: you must be answered "
                "within {n} months.",
                n=count(MONTHS["contest"], say),
            ),
            say("Something about you is wrong: ask the service to put it right."),
            say(
                "Something is missing here, or you asked how this decision was made and were not answered within a "
                "month: you can turn to the commission for access to administrative documents (CADA)."
            ),
            say(
                "You think that you were treated worse because of who you are: you can turn to the Defender of Rights; "
                "about your data, to the CNIL. All three are free of charge."
            ),
        ]
    )
    system = known.system
    if system.contact:
        yield text(say("Who answers questions about this tool: {contact}.", contact=system.contact))
    if system.address:
        yield text(say("Where to write about this tool: {address}.", address=system.address))
    elif system.contact:
        yield text(say("The service gives no address: answer to whoever sent you this sheet."))
    if request is not None:
        yield text(
            say(
                "The ledger keeps a fingerprint of this sheet, not what it says: whoever holds the sheet can show "
                "that it was not changed."
            )
        )


# How values, scores and the columns of a system are written.


def _named_value(known: Explanation, column: str, say: Say) -> list[str]:
    """What readers call an input, and its value of the person."""
    return [_column_name(known, column, say), _measured(known, column, known.decision.features[column], say)]


def _column_name(known: Explanation, column: str, say: Say) -> str:
    """What readers call a column: its title as an input, a group or a control; else its own name, in quotes."""
    system = known.system
    named = {each.column: each.title for each in system.controls.values()}
    named |= {each.column: each.title for each in system.groups.values()}
    title = system.feature_titles.get(column) or named.get(column)
    return say.text(title) if title else say("“{column}”", column=column)


def _listed(known: Explanation, columns: Sequence[str], say: Say) -> str:
    """Columns one after the other, inside a sentence."""
    return ", ".join(inside(_column_name(known, each, say)) for each in columns)


def _cell(value: Cell, say: Say) -> str:
    """A value as it is read: numbers with as many decimals as matter."""
    if value is None:
        return say("not logged")
    if isinstance(value, str):
        return value
    digits = next((n for n in range(3) if round(value, n) == round(value, 2)), 2)
    return say.number(value, min(digits, 1) if abs(value) >= 10 else digits)


def _measured(known: Explanation, column: str, value: Cell, say: Say) -> str:
    """A value of an input with what its numbers count, where the system says it."""
    unit = next((each.unit for each in known.system.features if each.column == column), None)
    if unit is None or not isinstance(value, int | float):
        return _cell(value, say)
    if unit == "share":
        return say.percent(value, 0)
    return say("{value} {unit}", value=_cell(value, say), unit=say.text(unit))
