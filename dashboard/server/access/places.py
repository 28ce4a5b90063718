"""Where each action is done: every page, command and route names one; those of records say it in their models.

The test of the matrix reads these lists, and those of `routes.py`. No command loads the models to know its own.
"""

from __future__ import annotations

from boussole.charter.record_types.inputs import path_of
from boussole.charter.record_types.kinds import KINDS
from boussole.dashboard.server.access.permissions import Action

PAGES: dict[str, Action] = {
    "compass": Action.SEE_COMPASS,
    "article": Action.SEE_ARTICLE,
    "committee": Action.SEE_COMMITTEE,
    "session": Action.SEE_COMMITTEE,
    "drafts": Action.DRAFT,
    "draft": Action.DRAFT,
    "concerns": Action.SEE_COMMITTEE,
    "questions": Action.SEE_COMMITTEE,
    "ask": Action.TAKE_PART,
    "recommendations": Action.SEE_COMMITTEE,
    "work": Action.SEE_COMMITTEE,
    "incidents": Action.SEE_INCIDENTS,
    "explain": Action.SEE_SHEET,
    "register": Action.SEE_REGISTER,
    "system": Action.SEE_SYSTEM,
    "drift": Action.SEE_DRIFT,
    "answer": Action.SEE_SYSTEM,
    "fairness": Action.SEE_SYSTEM,
    "plan": Action.SEE_SYSTEM,
    "generations": Action.SEE_SYSTEM,
    "charter": Action.SEE_CHARTER,
    "data": Action.SEE_DATA,
    "law": Action.SEE_LAW,
    "evidence": Action.SEE_EVIDENCE,
    "glossary": Action.LEARN,
    "search": Action.LEARN,
    "settings": Action.LEARN,
    "reports": Action.SEE_REPORTS,
}
"""By the name of the folder in pages."""

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
    "subgroups": Action.AUDIT,
    "features": Action.AUDIT,
    "plan": Action.SEE_SYSTEM,
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
    "charter schema": Action.LEARN,
    "charter show": Action.SEE_CHARTER,
    "charter diff": Action.SEE_CHARTER,
    "charter versions": Action.SEE_CHARTER,
    "charter adopt": Action.SET_RULES,
    "charter replay": Action.SEE_CHARTER,
    "record list": Action.SEE_EVIDENCE,
    "record erase-attachment": Action.PURGE,
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
    "committee calendar": Action.SEE_COMMITTEE,
    "committee minutes": Action.SEE_COMMITTEE,
    "committee cast": Action.TAKE_PART,
    "committee receipt": Action.TAKE_PART,
    "committee check": Action.SEE_COMMITTEE,
    "texts check": Action.CHECK_TEXTS,
    "texts measure": Action.CHECK_TEXTS,
    "texts personal": Action.CHECK_TEXTS,
    "texts pairs draw": Action.CHECK_TEXTS,
    "texts pairs run": Action.CHECK_TEXTS,
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
    "alerts test": Action.SEND_ALERTS,
    "alerts drop": Action.SEND_ALERTS,
    "alerts list": Action.SEE_ALERTS,
    "alerts schema": Action.LEARN,
}
"""By the words of the command; those that make records are not among them."""


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


def record_actions() -> dict[str, Action]:
    """The actions of the forms of records."""
    return {path_of(form): Action[form.action] for model in KINDS.values() for form in model.forms}


def record_address(kind: str) -> str:
    """Where the API lists the records of a kind."""
    return f"/api/records/{kind}"


def record_addresses() -> dict[str, Action]:
    """The actions of these addresses: who may see records of a kind, as their models say."""
    return {record_address(kind): Action[model.read_action] for kind, model in KINDS.items()}


WITH_FIGURES = ("answer", "article", "compass", "data", "drift", "fairness", "register", "system", "work")
"""The pages of which figures can be taken along."""
FIGURE_FILE = "/figure-file/"


def figure_path(page: str) -> str:
    """Where the figures of a page are taken along, each as a file."""
    return f"{FIGURE_FILE}{page}/{{figure}}/{{file}}"


def figure_actions() -> dict[str, Action]:
    """The actions of these addresses: who may see a page may take its figures, and nobody else."""
    return {figure_path(page): PAGES[page] for page in WITH_FIGURES}


ROUTES: dict[str, Action] = {
    "/drift-report/{system}": Action.SEE_DRIFT_REPORT,
    "/drift-report/{system}/{name}": Action.SEE_DRIFT_REPORT,
    "/drift-report/{system}/{name}/page": Action.SEE_DRIFT_REPORT,
    "/drift-report/{system}/{name}/json": Action.SEE_DRIFT_REPORT,
    "/drift-make/{of}": Action.AUDIT,
    **figure_actions(),
    "/report-file/{name}": Action.SEE_REPORTS,
    "/report-make": Action.MAKE_REPORT,
    "/explain/open": Action.OPEN_SHEET,
    "/explain/confirm/{of}": Action.CONFIRM_SHEET,
    "/explain/issue/{of}": Action.ENTER_APPEAL,
    "/explain-file/{of}": Action.SEE_SHEET,
    "/evidence/checkpoint": Action.TAKE_CHECKPOINTS,
    "/evidence/proof/{number}": Action.TAKE_PROOFS,
    "/evidence/check": Action.CHECK_FILES,
    "/session-calendar/{entry:int}.{lang}.ics": Action.SEE_COMMITTEE,
    "/session-minutes/{entry:int}.{lang}.md": Action.SEE_COMMITTEE,
    "/session-minutes/{entry:int}.json": Action.SEE_COMMITTEE,
    "/session-paper/file/{of}": Action.CONVENE,
    "/session-paper/minutes/{of}": Action.CONVENE,
    "/session-paper-file/{entry:int}/{name}": Action.SEE_COMMITTEE,
    "/concerns-letters": Action.SEE_COMMITTEE,
    "/drafts/new/{of}": Action.DRAFT,
    "/drafts/save/{of}": Action.DRAFT,
    "/drafts/discard/{of}": Action.DRAFT,
    "/attachment/{entry:int}/{number:int}": Action.SEE_EVIDENCE,
    "/margin/draft/{of}": Action.DRAFT,
    "/margin/answer/{of}": Action.DRAFT,
    "/margin/reply/{of}": Action.DRAFT,
    "/margin/change/{of}": Action.DRAFT,
    "/margin/withdraw/{of}": Action.DRAFT,
    "/margin/settle/{of}": Action.DRAFT,
    "/committee-act/convene/{of}": Action.CONVENE,
    "/session-act/amend/{of}": Action.CONVENE,
    "/session-act/again/{of}": Action.CONVENE,
    "/session-act/point/{of}": Action.CONVENE,
    "/session-act/cast/{of}": Action.TAKE_PART,
    "/access/role": Action.CHOOSE_ROLE,
    "/access/sign-in": Action.SIGN_IN,
    "/access/callback": Action.SIGN_IN,
    "/access/sign-out": Action.SIGN_IN,
    "/access/back-channel-logout": Action.SIGN_IN,
    "/access/sessions/end": Action.OWN_SESSIONS,
    "/api/openapi.json": Action.ASK_HEALTH,
    "/api/systems": Action.SEE_REGISTER,
    "/api/systems/{system}": Action.SEE_REGISTER,
    "/api/systems/{system}/audits": Action.SEE_SYSTEM,
    "/api/systems/{system}/measures": Action.SEE_SYSTEM,
    "/api/verdicts": Action.SEE_SYSTEM,
    "/api/audits/{entry}": Action.SEE_SYSTEM,
    "/api/charter": Action.SEE_CHARTER,
    "/api/ledger": Action.SEE_EVIDENCE,
    "/api/ledger/checkpoint": Action.TAKE_CHECKPOINTS,
    "/api/ledger/key": Action.TAKE_CHECKPOINTS,
    "/api/ledger/outside": Action.SEE_EVIDENCE,
    "/api/ledger/cosignatures": Action.COSIGN,
    "/api/ledger/{entry}": Action.SEE_EVIDENCE,
    "/api/ledger/{entry}/proof": Action.TAKE_PROOFS,
    "/api/texts/check": Action.CHECK_TEXTS,
    "/api": Action.ASK_HEALTH,
    "/api/{rest:path}": Action.ASK_HEALTH,
    "/healthz": Action.ASK_HEALTH,
    **record_addresses(),
    **record_actions(),
}
"""By the path of the route."""
