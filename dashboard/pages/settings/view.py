"""The settings page as data: what is set, in plain words, where to change it, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside as in_sentence
from boussole.audits.systems import System
from boussole.audits.workspace import SETTINGS_FILE
from boussole.dashboard.alerts.page import AlertFacts, troubles
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.markup.words.addresses import charter_href, pages, system_href
from boussole.dashboard.markup.words.say import Say, language_names
from boussole.dashboard.pages.settings.facts import Fault, Ring, Set, SettingsFacts
from boussole.dashboard.server.access.identity import unprotected
from boussole.dashboard.server.access.permissions import Role, allowed
from boussole.dashboard.server.access.person import Person, role_title
from boussole.dashboard.server.access.places import PAGES
from boussole.dashboard.server.access.sessions import ANCHOR, OTHERS, PATH, OwnSession

Pairs = Sequence[tuple[str, str]]
Row = Sequence[str]


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """One session of the reader, and what it is called where it is ended; `here`: the one in which they look."""

    reference: str
    name: str
    started: str
    seen: str
    until: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """The sessions of the reader. One is ended by sending its reference as `field` to `path`; `others` is that of all
    but the one in which they look, where there are any."""

    anchor: str
    path: str
    field: str
    others: str
    lines: Sequence[SessionLine]


@dataclass(frozen=True, kw_only=True)
class Yours:
    """What concerns the reader: who they are here, and what that opens."""

    facts: Pairs
    sessions: Sessions | None
    language: str
    look: str


@dataclass(frozen=True, kw_only=True)
class Inside:
    """What concerns those who keep the house. Rows: what, its value, where it is set or what it means. None stands
    for what could not be read: why is among the faults."""

    headline: str
    faults: Sequence[Fault]
    settings: Sequence[Row]
    sign_in: Pairs
    privacy: Sequence[tuple[str, str, Sequence[str]]] | None
    thresholds: str
    charter: str
    keys: Sequence[Row] | None
    file: str
    alerts: AlertFacts | None


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """The whole page. `inside` is None for those who keep nothing of it; `versions` name the programs."""

    yours: Yours
    inside: Inside | None
    versions: Sequence[Row]
    code: str


def settings_page(
    me: Person,
    facts: SettingsFacts,
    say: Say,
    *,
    inside: bool,
    query: Mapping[str, str],
    sessions: Sequence[OwnSession] = (),
) -> SettingsPage:
    """The page for a person; `inside`: whether their role keeps the house. `sessions` are their own."""
    return SettingsPage(
        yours=_yours(me, facts, say, sessions),
        inside=_inside(facts, say, query=query) if inside else None,
        versions=facts.versions,
        code=facts.code,
    )


def _yours(me: Person, facts: SettingsFacts, say: Say, sessions: Sequence[OwnSession]) -> Yours:
    opened = [in_sentence(page.title) for page in pages(say) if not page.under and allowed(me.role, PAGES[page.name])]
    closed = [
        in_sentence(page.title) for page in pages(say) if not page.under and not allowed(me.role, PAGES[page.name])
    ]
    who = me.name or (say("nobody by name") if not me.authenticated else say("Signed in"))
    pairs = [
        (say("You are"), who),
        (say("Your role"), role_title(me.role, say)),
        (say("It opens"), ", ".join(opened)),
        (say("It does not open"), ", ".join(closed)),
        (say("To change it"), _change(me, say)),
    ]
    default = facts.settings.language if facts.settings else say.lang
    language = say(
        "The page speaks the language of your browser; the switch at the foot of the menu overrides it. Reports, what "
        "people write in records, and a browser that asks for neither, are in: {language}.",
        language=in_sentence(language_names(say)[default]) if say.lang == "fr" else language_names(say)[default],
    )
    look = say(
        "Light or dark follows your device. Letters grow with your browser (Ctrl and +), up to four times, without a "
        "line running off the screen. Nothing moves by itself. Every page can be printed."
    )
    said = [(name, value) for name, value in pairs if value]
    return Yours(facts=said, sessions=sessions_of(sessions, say) if sessions else None, language=language, look=look)


def sessions_of(shown: Sequence[OwnSession], say: Say) -> Sessions:
    """Where the reader is signed in."""
    return Sessions(
        anchor=ANCHOR,
        path=PATH,
        field=PREFIX + "session",
        others=OTHERS if len(shown) > 1 else "",
        lines=[
            SessionLine(
                reference=each.reference,
                name=each.browser or say("Unknown"),
                started=say.moment(each.started),
                seen=say.moment(each.seen),
                until=say.moment(each.until),
                here=each.here,
            )
            for each in shown
        ],
    )


def _change(me: Person, say: Say) -> str:
    if me.authenticated:
        return say("Ask your administrator: roles come from the account of your organisation.")
    return say("In local mode, choose another role at the foot of the menu. It proves nothing.")


def _inside(facts: SettingsFacts, say: Say, *, query: Mapping[str, str]) -> Inside:
    told = troubles(facts.alerts, say.lang) if facts.alerts else []
    waiting = [Fault(what=what, where=where, next_step=step) for what, where, step in told]
    faults = [*facts.faults, *_weak(facts, say), *waiting]
    n = len(faults)
    return Inside(
        headline=say.plural("One thing is wrong here.", "{n} things are wrong here.", n)
        if n
        else say("Nothing is wrong with what is set here."),
        faults=faults,
        settings=[_set(each, say) for each in facts.listed],
        sign_in=_sign_in(facts, say),
        privacy=None
        if facts.systems is None
        else [_privacy(system, say, query=query) for system in facts.systems.values()],
        thresholds=_thresholds(facts, say),
        charter=charter_href(query=query),
        keys=None if facts.rings is None else _keys(facts.rings, facts.ledger_key, say),
        file=f"{facts.home}/{SETTINGS_FILE}",
        alerts=facts.alerts,
    )


def _weak(facts: SettingsFacts, say: Say) -> list[Fault]:
    """That a password alone opens what concerns single people, where that is so."""
    roles = unprotected(facts.settings.access) if facts.settings else []
    if not roles:
        return []
    named = ", ".join(role_title(role, say) for role in roles)
    what = say("A password alone opens what concerns single people to: {roles}.", roles=named)
    step = say("Demand a second factor or a passkey of the provider for these roles: acr or amr under [access].")
    return [Fault(what=what, where=f"{facts.home}/{SETTINGS_FILE}", next_step=step)]


def _set(each: Set, say: Say) -> Row:
    names = {
        "organisation": say("Name of the organisation"),
        "language": say("Language of reports"),
        "timezone": say("Time zone of the hours that pages say"),
        "mlflow_tracking_uri": say("Where MLflow keeps models and decisions"),
        "memory_limit": say("Memory while decisions come in"),
        "threads": say("Processor threads"),
    }
    origins = {
        "file": say("set in {file}: {key}", file=SETTINGS_FILE, key=each.key),
        "environment": say("set by the environment: {key}", key=f"BOUSSOLE_{each.key.upper()}"),
        "absent": say("not set; to set it: {key} in {file}", file=SETTINGS_FILE, key=each.key),
    }
    value = language_names(say).get(each.value, each.value) if each.key == "language" else each.value
    return [names.get(each.key, each.key), value or say("as many as there are"), origins[each.origin]]


def _sign_in(facts: SettingsFacts, say: Say) -> Pairs:
    if facts.settings is None:
        return []
    access = facts.settings.access
    if access.local:
        how = say(
            "Local mode: nobody signs in, and only this machine is answered. What is done is sealed as unauthenticated."
        )
        return [(say("Sign-in"), how), (say("To change it"), say("[access] in {file}", file=SETTINGS_FILE))]
    strong = sorted(role_title(Role(role), say) for role in {*access.acr, *access.amr} if role in set(Role))
    known = sorted({role_title(Role(role), say) for role in access.roles.values() if role in set(Role)})
    return [
        (say("Sign-in"), say("Through {issuer}", issuer=access.issuer or "")),
        (say("Address"), access.address),
        (say("Roles come from"), say("the claim {claim}: {roles}", claim=access.role_claim, roles=", ".join(known))),
        (say("A stronger sign-in is demanded of"), ", ".join(strong) or say("nobody")),
        (say("A session lasts"), say("{n} hours at most, {m} minutes without a move", n=say.whole(access.session_hours),
                                     m=say.whole(access.idle_minutes))),
        (say("Access log kept for"), say("{n} days", n=say.whole(access.log_days))),
        (say("To change it"), say("[access] in {file}", file=SETTINGS_FILE)),
    ]  # fmt: skip


def _privacy(system: System, say: Say, *, query: Mapping[str, str]) -> tuple[str, str, Sequence[str]]:
    """A system, its address, and: from how many a group is shown, how long rows are kept, what is hidden of them."""
    held = system.privacy
    kept = say("{n} days", n=say.whole(held.retain_days)) if held.retain_days else say("no limit set")
    texts = system.generations.texts if system.generations is not None else None
    if texts is not None and texts.retain_days:
        kept = say("{kept}; texts {n} days", kept=kept, n=say.whole(texts.retain_days))
    sensitive = [
        say("{group} until {date}", group=say.text(group.title, name), date=say.date(group.expires))
        if group.expires
        else say.text(group.title, name)
        for name, group in system.groups.items()
        if group.source == "sensitive"
    ]
    cells = [
        say("{n} decisions", n=say.whole(held.suppress_below)),
        kept,
        say.whole(len(held.pseudonymise)),
        ", ".join(sensitive),
    ]
    return say.text(system.title, system.id), system_href(system.id, query=query), cells


def _thresholds(facts: SettingsFacts, say: Say) -> str:
    """How many thresholds are proposed and how many adopted, and whether a draft waits."""
    if facts.charter is None:
        return say("The charter cannot be read.")
    found = [each.threshold for article in facts.charter.articles for each in article.indicators if each.threshold]
    adopted = sum(threshold.status == "adopted" for threshold in found)
    parts = [
        say("Version {version} of the charter: {n} thresholds, {adopted} of them adopted, the others proposed.",
            version=facts.charter.version, n=say.whole(len(found)), adopted=say.whole(adopted)),
        say("The committee has adopted this version.") if facts.adopted else say("No version is adopted yet."),
    ]  # fmt: skip
    if facts.draft_differs:
        parts.append(say("The files of the charter differ from it: they are a draft until they are adopted."))
    return " ".join(parts)


def _keys(rings: Sequence[Ring], ledger_key: str, say: Say) -> list[Row]:
    """What the secrets are for, how many there are, and by which digits each can be named."""
    uses = {
        "pseudonym": say("Pseudonyms of people and decisions"),
        "text": say("Texts that are kept encrypted"),
        "bucket": say("Buckets for intervals; it never changes"),
        "access": say("What the sign-in keeps"),
    }
    rows: list[Row] = [[uses[ring.name], say.whole(len(ring.ids)), ", ".join(ring.ids)] for ring in rings]
    if ledger_key:
        rows.append([say("Checkpoints of the ledger (public part)"), say.whole(1), ledger_key])
    return rows
