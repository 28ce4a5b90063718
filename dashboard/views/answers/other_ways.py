"""How else a question of the charter is asked, and of which systems."""

from __future__ import annotations

from boussole.charter.amending.plain import plainly
from boussole.charter.text.model import Indicator
from boussole.dashboard.words.say import Say


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
        "notices": say("where nothing says which messages say that a machine writes"),
        "allowed_places": say("where nothing says where models may run"),
        "called_models": say("where nothing says which models are called"),
        "text_outcomes": say("where nothing says what became of texts"),
        "purposes": say("where nothing says what the system may be used for"),
    }
    found = [kinds[way.applies]] if way.applies in kinds else []
    found += [lacking[need] for need in indicator.needs if need not in way.needs]
    return ", ".join(found) or say("of other systems")
