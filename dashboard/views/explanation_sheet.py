"""The sheet that explains a decision to the person concerned, with the four elements of CRPA R.311-3-1-2."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from boussole.audits.languages import capital
from boussole.charter.deadlines.appeals import MONTHS
from boussole.dashboard.markup.words import Say, count
from boussole.dashboard.views.charts.tables import actor_name
from boussole.dashboard.views.explanation import Explanation, column_name, listed, measured, score
from boussole.dashboard.views.explanation_criteria import parameter_blocks
from boussole.dashboard.views.papers import Block, bullets, facts, heading, note, strong, table, text

# The first element: how far, and in which way, the algorithm took part in the decision.


def part_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The part of the algorithm, in sentences."""
    system = known.system
    yield heading(say("1. What part did the algorithm have in the decision?"))
    yield text(_degree(known, say))
    yield text(_mode(known, say))
    yield text(say("What this tool is for: {purpose}", purpose=say.text(system.purpose)))
    if system.rules:
        yield text(say("Its main rules: {rules}", rules=say.text(system.rules)))


def result(known: Explanation, say: Say) -> str:
    """What was decided, to the person."""
    said, asked = known.decision.selected, known.system.log.decision
    title = say.text(asked.title) if asked and asked.title else say("selected")
    if said is None:
        return say("The log does not say what was decided.")
    if said:
        return say("The result of the tool: you are among the people {selected}.", selected=title)
    return say("The result of the tool: you are not among the people {selected}.", selected=title)


def _degree(known: Explanation, say: Say) -> str:
    made, system = known.decision, known.system
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
    if system.log.human is not None:
        return say(
            "A person may look at what the tool proposes. The log holds nothing of a person for this decision: so far "
            "as can be known, the tool’s result was applied as it was."
        )
    decision = system.log.decision
    if decision and system.actors.get(decision.column) == "tool":
        return say(
            "The tool did this by itself: as the service describes it, this step is the tool’s, and the log holds no "
            "act of a person before it."
        )
    return say(
        "The log does not say whether a person looked at the tool’s result before it was applied. The service that "
        "decided can tell you: ask it."
    )


def _mode(known: Explanation, say: Say) -> str:
    title = say.text(known.system.title)
    if known.system.kind == "ranking":
        return say(
            "{system} gives each person who is looked at a place in a list: it compares people with one another.",
            system=title,
        )
    return say("{system} looks at each person by themselves, and says yes or no.", system=title)


# The second element: which data were used, and where they come from.


def data_blocks(known: Explanation, say: Say) -> Iterator[Block]:
    """The data about the person, what is said of their sources, and what was not used."""
    system, features = known.system, known.decision.features
    yield heading(say("2. Which data were used, and where do they come from?"))
    weights = set(system.logged_weights.values())
    used = [each for each in system.watched if each not in weights and (known.inputs is None or each in known.inputs)]
    unasked = [each for each in system.watched if each not in used and each not in weights]
    if used:
        origins = {each.column: each.origin for each in system.features}
        unsaid = say("Not told by the service")
        rows = [
            [
                column_name(system, each, say),
                measured(system, each, features[each], say),
                say.text(origins[each]) or unsaid,
            ]
            for each in used
        ]
        yield table([say("Data about you"), say("As the tool had it"), say("Where it comes from")], rows)
    else:
        yield text(say("The log holds none of the data that the tool read about you."))
    if known.inputs is None:
        yield text(
            say("The model itself could not be read: this list is what the service declares, and was not checked.")
        )
    yield from _lacking(known, say)
    yield from _unused(known, unasked, say)
    yield text(
        say(
            "These values are those of the tool’s log, kept by: {owner}. If one of them is wrong, ask for it to be put "
            "right: it is your right.",
            owner=system.owner,
        )
    )


def _lacking(known: Explanation, say: Say) -> Iterator[Block]:
    if known.sensitive_used:
        named = listed(known.system, known.sensitive_used, say)
        yield note(
            say(
                "The tool also read data about you that are sensitive: {names}. That is unusual: you can ask the "
                "service why.",
                names=named,
            )
        )
    columns = [each for each in known.weights.unlogged if each not in known.sensitive_used]
    if columns:
        yield note(
            say(
                "The tool also read: {names}. What it had of you there is not in the log, so that it cannot be told "
                "here. You can ask the service for it.",
                names=listed(known.system, columns, say),
            )
        )


def _unused(known: Explanation, unasked: list[str], say: Say) -> Iterator[Block]:
    """What is kept beside a decision to check the tool, by name and without its value."""
    names = listed(known.system, [*known.unused, *unasked], say)
    if not names:
        return
    if known.inputs is None:
        yield text(
            say(
                "The log also keeps, only to check that everybody is treated alike: {names}. The service declares that "
                "the tool does not decide by them; that could not be checked here.",
                names=names,
            )
        )
    else:
        yield text(
            say(
                "Not used to compute the score: {names}. The log keeps these only to check that everybody is treated "
                "alike, and the model does not read them.",
                names=names,
            )
        )


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
        yield capital(say("{tool} computed your score: {score}.", tool=tool, score=score(made.score, say)))
    if made.rank is not None:
        yield say(
            "It put the people whom it looked at together in an order: you were at place {rank}. The places of others "
            "are not told, as they are about others.",
            rank=say.whole(made.rank),
        )
    if made.reached:
        yield from _stages(known, say)
    if made.human is not None and known.system.log.decision:
        yield _what_the_person_decided(made.human, made.selected, say)


def _what_the_person_decided(chosen: bool, proposed: bool | None, say: Say) -> str:
    if chosen and proposed:
        return say("A person decided to choose you, as the tool proposed.")
    if chosen and proposed is False:
        return say("A person decided to choose you, though the tool did not propose you.")
    if chosen:
        return say("A person decided to choose you.")
    if proposed:
        return say("A person decided not to choose you, though the tool proposed you.")
    if proposed is False:
        return say("A person decided not to choose you, as the tool did not propose you either.")
    return say("A person decided not to choose you.")


def _stages(known: Explanation, say: Say) -> Iterator[str]:
    system, reached = known.system, known.decision.reached
    names = list(reached)
    for position, stage in enumerate(names):
        title = capital(say.text(system.log.stage_titles.get(stage)) or stage)
        actor = system.actors.get(stage, "")
        by = say("by yourself") if actor == "candidate" else actor_name(actor, say)
        what = say("{stage} ({actor})", stage=title, actor=by) if by else title
        if reached[stage]:
            yield say("{stage}: yes.", stage=what)
            continue
        yield say("{stage}: no, so far as the log knows.", stage=what)
        rest = [say.text(system.log.stage_titles.get(each)) or each for each in names[position + 1 :]]
        if rest and not any(reached[each] for each in names[position + 1 :]):
            yield say("The steps that would have come next did not take place: {steps}.", steps=", ".join(rest))
            return


# The sheet as a whole: its head, the four elements, and what the person can do next. One content, in several forms.


def new_sheet_number() -> str:
    """The number of a sheet, drawn by chance: without the sheet nobody finds its hash by trying contents."""
    return f"f_{secrets.token_hex(16)}"


@dataclass(frozen=True, kw_only=True)
class Issue:
    """For which request a sheet is made, and when. `request`: the number of the request, if it answers one."""

    on: dt.date
    request: str | None = None
    received_on: dt.date | None = None
    number: str = field(default_factory=new_sheet_number)


@dataclass(frozen=True, kw_only=True)
class ExplanationSheet:
    """What a sheet says, in one language."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]


def sheet(known: Explanation, issue: Issue, say: Say) -> ExplanationSheet:
    """The sheet of a decision."""
    return ExplanationSheet(
        title=say("How this decision was made"),
        subtitle=say("{system}, {date}", system=say.text(known.system.title), date=say.date(known.decision.decided_on)),
        blocks=(
            *_head(known, issue, say),
            *part_blocks(known, say),
            *data_blocks(known, say),
            *parameter_blocks(known, say),
            *operation_blocks(known, say),
            *_next(known, issue, say),
        ),
    )


def _head(known: Explanation, issue: Issue, say: Say) -> Iterator[Block]:
    if issue.request is None:
        yield note(say("This sheet is a draft: it answers no request, and no trace of it is sealed."))
    yield text(
        say(
            "A computer tool took part in a decision about you. French law gives you the right to know how (Code of "
            "relations between the public and the administration, article R.\u00a0311-3-1-2). This sheet says it in "
            "four parts. It rests on the log of the tool: what the tool wrote down when it decided."
        )
    )
    yield strong(result(known, say))
    yield facts(
        [
            (say("Tool"), say.text(known.system.title)),
            (say("Decision"), known.id),
            (say("Made on"), say.date(known.decision.decided_on)),
            (say("Your request"), _request(issue, say)),
            (say("Sheet made on"), say.date(issue.on)),
            (say("Number of this sheet"), issue.number if issue.request else ""),
        ]
    )
    if not known.complete:
        yield note(
            say(
                "This sheet is not complete: the weight of some criteria is not known. Part 3 says why, and what the "
                "service must do."
            )
        )


def _request(issue: Issue, say: Say) -> str:
    if issue.request is None:
        return ""
    if issue.received_on is None:
        return issue.request
    return say("{number}, received on {date}", number=issue.request, date=say.date(issue.received_on))


def _next(known: Explanation, issue: Issue, say: Say) -> Iterator[Block]:
    yield heading(say("What can you do now?"))
    months = MONTHS["contest"]
    yield bullets(
        [
            say(
                "You do not agree with the decision: this sheet explains it and does not change it. Ask for a new "
                "decision, by a person. That is another request, with a time limit of its own: you must be answered "
                "within {n} months.",
                n=count(months, say),
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
    yield from _where_to_write(known, say)
    if issue.request is None:
        return
    yield text(
        say(
            "The ledger keeps a fingerprint of this sheet, not what it says: whoever holds the sheet can show "
            "that it was not changed."
        )
    )


def _where_to_write(known: Explanation, say: Say) -> Iterator[Block]:
    system = known.system
    if system.contact and system.address:
        yield text(
            say(
                "Who answers questions about this tool: {contact}. Where to write: {address}.",
                contact=system.contact,
                address=system.address,
            )
        )
    elif system.contact:
        yield text(
            say(
                "Who answers questions about this tool: {contact}. The service gives no address: answer to whoever "
                "sent you this sheet.",
                contact=system.contact,
            )
        )
    elif system.address:
        yield text(say("Where to write about this tool: {address}.", address=system.address))
