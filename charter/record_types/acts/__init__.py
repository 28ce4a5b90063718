"""Acts of committees, one model for each kind of record."""

from __future__ import annotations

from boussole.charter.record_types.acts.base import Act, Member
from boussole.charter.record_types.acts.matters import (
    MATTERS,
    CommitteeAnswer,
    CommitteeQuestion,
    FrozenPack,
    Hearing,
    PackAudit,
    Rapporteur,
    Reference,
    Referral,
)
from boussole.charter.record_types.acts.members import (
    MEMBERS,
    Interest,
    Mandate,
    MandateEnd,
    Office,
    Proxy,
    Recusal,
)
from boussole.charter.record_types.acts.notes import NOTES, ItemNote
from boussole.charter.record_types.acts.opinions import (
    OPINIONS,
    Minutes,
    Opinion,
    OpinionText,
    Publication,
    PublicationDecision,
)
from boussole.charter.record_types.acts.papers import PAPERS, PaperFile, SessionPaper
from boussole.charter.record_types.acts.rules import RULES, Rules, RulesInForce
from boussole.charter.record_types.acts.sessions import (
    SESSIONS,
    Attendance,
    Cancellation,
    Closing,
    Convocation,
    Count,
    Item,
    NoQuorum,
    Opening,
)
from boussole.charter.record_types.acts.votes import (
    VOTES,
    Annulment,
    Ballot,
    Choice,
    Consensus,
    Dissent,
    Participation,
    ShownBallot,
    Tally,
    Vote,
    VotedItem,
)

ACTS: tuple[type[Act], ...] = (*RULES, *MEMBERS, *MATTERS, *SESSIONS, *VOTES, *OPINIONS, *NOTES, *PAPERS)

__all__ = [
    "ACTS",
    "Act",
    "Annulment",
    "Attendance",
    "Ballot",
    "Cancellation",
    "Choice",
    "Closing",
    "CommitteeAnswer",
    "CommitteeQuestion",
    "Consensus",
    "Convocation",
    "Count",
    "Dissent",
    "FrozenPack",
    "Hearing",
    "Interest",
    "Item",
    "ItemNote",
    "Mandate",
    "MandateEnd",
    "Member",
    "Minutes",
    "NoQuorum",
    "Office",
    "Opening",
    "Opinion",
    "OpinionText",
    "PackAudit",
    "PaperFile",
    "Participation",
    "Proxy",
    "Publication",
    "PublicationDecision",
    "Rapporteur",
    "Recusal",
    "Reference",
    "Referral",
    "Rules",
    "RulesInForce",
    "SessionPaper",
    "ShownBallot",
    "Tally",
    "Vote",
    "VotedItem",
]
