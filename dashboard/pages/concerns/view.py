"""What concerns whoever looks, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts.personal import Reach
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.forms.model import Form
from boussole.dashboard.views.concern import Concern

STAYS = dt.timedelta(minutes=10)
"""How long something stays under what is new once it was shown: a page that is loaded again shows the same."""


@dataclass(frozen=True, kw_only=True)
class ConcernsPage:
    """What is new, what was seen before, and what is said of letters; `form`: where one says whether one wants them."""

    new: Sequence[Concern]
    before: Sequence[Concern]
    letters: str
    form: Form


def split(
    concerns: Sequence[Concern], seen: Mapping[str, dt.datetime], *, now: dt.datetime
) -> tuple[list[Concern], list[Concern]]:
    """What is new, or was a moment ago, and the rest, the latest first."""
    new = [each for each in concerns if each.key not in seen or now - seen[each.key] < STAYS]
    fresh = {each.key for each in new}
    rest = [each for each in concerns if each.key not in fresh]
    return new, sorted(rest, key=lambda each: each.on, reverse=True)


def letters_words(reach: Reach, workspace: Workspace, say: Say) -> str:
    """Whether letters come, when, and to which address: that one is not shown."""
    hour = say.whole(workspace.settings.alerts.digest_hour)
    return {
        "off": say("Nothing is sent by e-mail here: the settings name no mail server for it. Your choice is kept."),
        "nowhere": say(
            "No e-mail reaches you: no address of yours alone is known here. Ask the secretariat to write it down."
        ),
        "reached": say(
            "One e-mail a day at the most, from {hour}:00, and only if there is something new. A vote that is open, or "
            "a session called with short notice, does not wait.",
            hour=hour,
        ),
    }[reach]
