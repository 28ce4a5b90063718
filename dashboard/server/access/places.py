"""Where each action is done: commands name it here, pages in `markup.words.addresses`, records in their models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from boussole.dashboard.server.access.permissions import Action

COMMANDS: dict[str, Action] = {
    "demo": Action.KEEP_HOUSE,
    "init": Action.KEEP_HOUSE,
    "log": Action.IMPORT,
    "import": Action.IMPORT,
    "sync": Action.IMPORT,
    "audit": Action.AUDIT,
    "compare": Action.AUDIT,
    "drift": Action.AUDIT,
    "metrics": Action.LEARN,
    "report": Action.MAKE_REPORT,
    "explain": Action.EXPLAIN_ALONE,
    "verify": Action.CHECK_FILES,
    "purge": Action.PURGE,
    "doctor": Action.KEEP_HOUSE,
    "dashboard": Action.KEEP_HOUSE,
    "systems list": Action.SEE_REGISTER,
    "systems check": Action.SEE_REGISTER,
    "systems schema": Action.LEARN,
    "systems add": Action.REGISTER,
    "systems import": Action.REGISTER,
    "systems new": Action.SEE_ROWS,
    "charter check": Action.SEE_CHARTER,
    "charter new": Action.WRITE_CHARTER,
    "charter show": Action.SEE_CHARTER,
    "charter diff": Action.SEE_CHARTER,
    "charter versions": Action.SEE_CHARTER,
    "charter adopt": Action.SET_RULES,
    "charter replay": Action.SEE_CHARTER,
    "record list": Action.SEE_EVIDENCE,
    "work list": Action.SEE_COMMITTEE,
    "work secret": Action.STATE,
    "work draw": Action.STATE,
    "incident list": Action.SEE_INCIDENTS,
    "appeal list": Action.SEE_APPEALS,
    "committee questions": Action.SEE_COMMITTEE,
    "committee new": Action.SET_RULES,
    "committee rules": Action.SEE_COMMITTEE,
    "committee members": Action.SEE_COMMITTEE,
    "committee name": Action.SEAT,
    "committee forget": Action.SEAT,
    "committee draft": Action.DRAFT,
    "committee drafts": Action.DRAFT,
    "committee opinions": Action.SEE_COMMITTEE,
    "committee recommendations": Action.SEE_COMMITTEE,
    "committee agenda": Action.SEE_COMMITTEE,
    "committee convene": Action.CONVENE,
    "committee sessions": Action.SEE_COMMITTEE,
    "committee minutes": Action.SEE_COMMITTEE,
    "committee cast": Action.TAKE_PART,
    "committee receipt": Action.TAKE_PART,
    "committee check": Action.SEE_COMMITTEE,
    "texts check": Action.CHECK_TEXTS,
    "texts measure": Action.CHECK_TEXTS,
    "texts personal": Action.CHECK_TEXTS,
    "texts pairs draw": Action.CHECK_TEXTS,
    "texts pairs seal": Action.STATE,
    "export csv": Action.EXPORT,
    "export json": Action.EXPORT,
    "export pack": Action.EXPORT,
    "export oscal": Action.EXPORT,
    "ledger key": Action.TAKE_CHECKPOINTS,
    "ledger begin": Action.KEEP_HOUSE,
    "ledger checkpoint": Action.TAKE_CHECKPOINTS,
    "ledger keygen": Action.TAKE_CHECKPOINTS,
    "ledger cosign": Action.TAKE_CHECKPOINTS,
    "ledger witness": Action.TAKE_CHECKPOINTS,
    "ledger signer": Action.KEEP_KEYS,
    "ledger prove": Action.TAKE_PROOFS,
    "ledger check": Action.CHECK_FILES,
    "ledger timestamp": Action.TAKE_PROOFS,
    "quarantine list": Action.SEE_ROWS,
    "quarantine export": Action.SEE_ROWS,
    "quarantine resubmit": Action.MEND,
    "quarantine discard": Action.MEND,
    "cubes rebuild": Action.MEND,
    "keys rotate": Action.KEEP_KEYS,
    "access log": Action.SEE_ACCESS,
    "access sessions": Action.SEE_ACCESS,
    "access purge": Action.MANAGE_ACCESS,
    "access revoke": Action.MANAGE_ACCESS,
    "access token new": Action.MANAGE_ACCESS,
    "access token list": Action.MANAGE_ACCESS,
    "access token revoke": Action.MANAGE_ACCESS,
    "alerts check": Action.SEND_ALERTS,
    "alerts send": Action.SEND_ALERTS,
    "alerts list": Action.SEE_ALERTS,
}
"""By the words of the command; those that make records are not among them."""


@cache
def page_actions() -> Mapping[str, Action]:
    """The action of every page, as its declaration says, by the name of its folder in pages."""
    from boussole.dashboard.markup.words.addresses import DECLARED

    return {page.name: Action[page.action] for page in DECLARED}


def every_command() -> dict[str, Action]:
    """The action of every command."""
    from boussole.charter.record_types.kinds import KINDS

    made = {each.words: Action[each.action] for model in KINDS.values() for each in model.commands}
    return {**COMMANDS, **made}


def of_command(words: str) -> Action:
    """The action of one command; models are asked only where it is none of the others."""
    return COMMANDS[words] if words in COMMANDS else every_command()[words]


OPTIONS: dict[str, Action] = {
    "export pack --restricted": Action.EXPORT_RESTRICTED,
}
"""By the words of a command and an option of it that needs more than the command does."""
