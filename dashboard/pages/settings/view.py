"""The settings page as data: what is set, where to change it, and what is wrong, whatever else is broken."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

from boussole.audits.distribution import own_version
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import inside as in_sentence
from boussole.audits.privacy import keys
from boussole.audits.runs import code_hash
from boussole.audits.signing.key import verifier_of
from boussole.audits.systems import System
from boussole.audits.systems.loading import faults_in
from boussole.audits.workspace import SETTINGS_FILE, Settings, Workspace
from boussole.charter.records.in_force import in_force
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter
from boussole.dashboard.alerts.page import AlertFacts, alert_facts, troubles
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.markup.words import Say, language_names
from boussole.dashboard.markup.words.addresses import charter_href, pages, system_href
from boussole.dashboard.server.access.identity import unprotected
from boussole.dashboard.server.access.permissions import Person, Role, allowed, role_title
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.server.access.sessions import ANCHOR, OTHERS, PATH, OwnSession

# What is set, where it is set, and what is wrong with it. Everything is looked at, whatever else is broken.


T = TypeVar("T")
Origin = Literal["file", "environment", "absent"]
RINGS = ("pseudonym", "text", "bucket", "access")
"""Secrets of which a page tells how many there are, and the eight digits by which each can be named."""
PACKAGES = ("streamlit", "mlflow", "duckdb", "evidently", "fairlearn", "typst")


@dataclass(frozen=True, kw_only=True)
class SettingFault:
    """Something that is wrong: what, where, and what to do."""

    what: str
    where: str
    next_step: str


@dataclass(frozen=True, kw_only=True)
class Set:
    """One setting: its value as it may be shown, and where it comes from."""

    key: str
    value: str
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class KeyRing:
    """The keys of one use: the digits by which each can be named."""

    name: str
    ids: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class SettingsFacts:
    """What is set here. What cannot be read is None, and its fault says why."""

    home: str
    settings: Settings | None
    listed: Sequence[Set]
    systems: Mapping[str, System] | None
    charter: Charter | None
    adopted: bool
    draft_differs: bool
    rings: Sequence[KeyRing] | None
    ledger_key: str
    versions: Sequence[tuple[str, str]]
    code: str
    faults: Sequence[SettingFault]
    alerts: AlertFacts | None


def settings_facts(workspace: Workspace) -> SettingsFacts:
    """Looks at a workspace."""
    faults: list[SettingFault] = []
    settings = _tried(lambda: workspace.settings, faults)
    systems = _tried(lambda: workspace.systems, [])  # what is wrong with each file is told below
    rings = [_ring(workspace.keys, name, faults) for name in RINGS]
    judging = _tried(lambda: in_force(workspace), faults)
    draft = _tried(lambda: load_charter(workspace), faults if judging is None or judging.act else [])
    ledger = _tried(lambda: verifier_of(workspace), faults)
    faults += [_told(fault) for fault in faults_in(workspace.home / "systems")]
    faults += open_to_others(workspace.keys)
    return SettingsFacts(
        home=str(workspace.home),
        settings=settings,
        listed=_listed(workspace, settings) if settings else [],
        systems=systems,
        charter=judging.charter if judging else None,
        adopted=bool(judging and judging.act),
        draft_differs=bool(judging and judging.act and draft and draft.sha256 != judging.charter.sha256),
        rings=None if None in rings else [ring for ring in rings if ring and ring.ids],
        ledger_key=str(ledger) if ledger else "",
        versions=[*_versions(), ("SQLite", sqlite3.sqlite_version), ("Python", platform.python_version())],
        code=code_hash(),
        faults=faults,
        alerts=_tried(lambda: alert_facts(workspace), [] if settings is None or judging is None else faults),
    )


def _tried(look: Callable[[], T], faults: list[SettingFault]) -> T | None:
    """What a look gives; None, and a fault, where it fails."""
    try:
        return look()
    except BoussoleError as error:
        faults.append(_told(error))
        return None


def _told(error: BoussoleError) -> SettingFault:
    return SettingFault(what=error.what, where=error.where or "", next_step=error.next_step or "")


def _ring(folder: Path, name: str, faults: list[SettingFault]) -> KeyRing | None:
    found = _tried(lambda: keys.ring(folder, name), faults)
    return None if found is None else KeyRing(name=name, ids=[keys.key_id(key) for key in found])


def _listed(workspace: Workspace, settings: Settings) -> list[Set]:
    """The plain keys of `boussole.toml`, as they hold."""
    written = tomllib.loads((workspace.home / SETTINGS_FILE).read_text(encoding="utf-8"))
    plain = [name for name in Settings.model_fields if name not in ("access", "alerts", "ledger")]
    return [Set(key=name, value=shown(getattr(settings, name)), origin=_origin(name, written)) for name in plain]


def _origin(name: str, written: Mapping[str, Any]) -> Origin:
    if any(key.upper() == f"BOUSSOLE_{name}".upper() for key in os.environ):
        return "environment"
    return "file" if name in written else "absent"


def shown(value: object) -> str:
    """A value without what is secret in it: the name and password of an address, and what follows its path.

    >>> shown("postgresql://admin:hunter2@db.example:5432/mlflow?sslkey=x"), shown(None), shown("sqlite:///mlflow.db")
    ('postgresql://…@db.example:5432/mlflow', '', 'sqlite:///mlflow.db')
    """
    text = "" if value is None else str(value)
    return re.sub(r"\?.*", "", re.sub(r"//[^/@]*@", "//…@", text)) if "://" in text else text


def _versions() -> Iterator[tuple[str, str]]:
    yield "boussole", own_version()
    for name in PACKAGES:
        yield name, version(name)


def open_to_others(folder: Path) -> Iterator[SettingFault]:
    """Key files, and their folder, that others than their owner may read."""
    for path in [folder, *sorted(folder.glob("*"))] if folder.is_dir() else []:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield SettingFault(
                what=f"others than its owner may open {path.name if path == folder else f'{folder.name}/{path.name}'}.",
                where=str(path),
                next_step=f"chmod go= {path}",
            )


# The settings page as data: what is set, in plain words, where to change it, and what is wrong.


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
    faults: Sequence[SettingFault]
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
    opened = [
        in_sentence(page.title) for page in pages(say) if not page.under and allowed(me.role, page_actions()[page.name])
    ]
    closed = [
        in_sentence(page.title)
        for page in pages(say)
        if not page.under and not allowed(me.role, page_actions()[page.name])
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
    waiting = [SettingFault(what=what, where=where, next_step=step) for what, where, step in told]
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


def _weak(facts: SettingsFacts, say: Say) -> list[SettingFault]:
    """That a password alone opens what concerns single people, where that is so."""
    roles = unprotected(facts.settings.access) if facts.settings else []
    if not roles:
        return []
    named = ", ".join(role_title(role, say) for role in roles)
    what = say("A password alone opens what concerns single people to: {roles}.", roles=named)
    step = say("Demand a second factor or a passkey of the provider for these roles: acr or amr under [access].")
    return [SettingFault(what=what, where=f"{facts.home}/{SETTINGS_FILE}", next_step=step)]


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


def _keys(rings: Sequence[KeyRing], ledger_key: str, say: Say) -> list[Row]:
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
