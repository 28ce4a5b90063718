"""What severities, duties, requests, grounds and outcomes are called, with their plain definitions."""

from __future__ import annotations

import datetime as dt

from boussole.audits.languages import inside
from boussole.charter.deadlines.duties import Delay
from boussole.charter.deadlines.incidents import Deadline
from boussole.charter.record_types.incidents import IncidentUpdate
from boussole.dashboard.views.record_words import word
from boussole.dashboard.views.register.words import when
from boussole.dashboard.words.say import Say


def severity_meaning(severity: str, say: Say) -> str:
    """What it means, for lay people."""
    return {
        "minor": say("Something went wrong; nobody lost a right or a chance. Nothing has to be reported."),
        "significant": say("People were treated wrongly, and it can be put right. The committee hears of it."),
        "serious": say(
            "Serious harm to health, property or the environment, or a breach of the law that protects fundamental "
            "rights. To be reported within 15 days."
        ),
        "widespread": say(
            "The same for very many people, or a critical infrastructure that is seriously disturbed. To be reported "
            "within 2 days."
        ),
        "fatal": say("Somebody died. To be reported within 10 days."),
    }[severity]


def authority_word(duty: str, say: Say) -> str:
    """To whom it is reported."""
    return {
        "ai_act_73": say("the market surveillance authority"),
        "gdpr_33": say("the data protection authority"),
    }[duty]


def binding(delay: Delay, today: dt.date, say: Say) -> str:
    """Since when the law asks it; before, the same delay is counted as a proposal."""
    where = say("{law}, par. {number}", law=word(IncidentUpdate, "duty", delay.duty, say), number=delay.paragraph)
    day = say.date(delay.in_force)
    if today >= delay.in_force:
        return say("{law}: required since {date}.", law=where, date=day)
    if delay.to_check:
        return say("{law}: required from {date} (to be checked); until then, our own rule.", law=where, date=day)
    return say("{law}: required from {date}; until then, our own rule.", law=where, date=day)


def deadline_words(deadline: Deadline, today: dt.date, say: Say) -> str:
    """A deadline in words: "To be reported to … by 4 March 2026, in 2 days"."""
    whom, day = authority_word(deadline.delay.duty, say), _day(deadline, say)
    if deadline.report is None:
        return say(
            "To be reported to {whom} by {day}: {when}.",
            whom=whom,
            day=day,
            when=inside(when(deadline.due_at.date(), today, say)),
        )
    reported = deadline.report[1]
    on = say.date(reported.reported_at.date()) if reported.reported_at else ""
    if deadline.state == "on_time":
        return say(
            "Reported on {date} ({whom}), in time.", whom=say.written(reported.reported_to or "") or whom, date=on
        )
    return say(
        "Reported on {date} ({whom}), too late: it was due by {day}.",
        whom=say.written(reported.reported_to or "") or whom,
        date=on,
        day=day,
    )


def _day(deadline: Deadline, say: Say) -> str:
    day = say.date(deadline.due_at.date())
    if deadline.delay.hours:
        return say("{date}, {time}", date=day, time=say.time(deadline.due_at))
    return day
