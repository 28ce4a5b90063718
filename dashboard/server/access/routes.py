"""Where each action is done over HTTP: every route names one; those of records say it in their models."""

from __future__ import annotations

from boussole.charter.record_types.inputs import path_of
from boussole.charter.record_types.kinds import KINDS
from boussole.dashboard.server.access.permissions import Action
from boussole.dashboard.server.access.places import PAGES


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
    "/api/systems/{system}/adoption": Action.SEE_SYSTEM,
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
