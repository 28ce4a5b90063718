"""The demo from end to end: data, audits month by month, an invented committee that meets, a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boussole.audits.drift.pairs import exact_pair
from boussole.audits.runs import complete_windows
from boussole.audits.texts.pairs.prompts import drawn, prompt_set
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.published import set_apart
from boussole.charter.committee.acting import Who, committee_state, do
from boussole.charter.committee.acts.meeting import (
    begin_vote,
    convene,
    end_vote,
    issue,
    open_session,
    opinion_text,
    recommend,
    vote_openly,
)
from boussole.charter.committee.acts.packs import freeze
from boussole.charter.committee.meetings.sessions import agenda_from
from boussole.charter.committee.papers.drafts import begin
from boussole.charter.committee.papers.minutes import seal_minutes
from boussole.charter.committee.people.directory import name_member, new_number
from boussole.charter.committee.rules import committee as rules_of
from boussole.charter.deadlines.appeals import new_number as appeal_number
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.acts import (
    Act,
    Attendance,
    Choice,
    Closing,
    CommitteeAnswer,
    CommitteeQuestion,
    Dissent,
    Hearing,
    Interest,
    Item,
    Mandate,
    Office,
    Proxy,
    Publication,
    PublicationDecision,
    Rapporteur,
    Referral,
    RulesInForce,
)
from boussole.charter.record_types.acts.matters import Reference
from boussole.charter.record_types.base import Stocktaking
from boussole.charter.record_types.incidents import Appeal, AppealDecision, Incident, IncidentClosure
from boussole.charter.record_types.kinds import FollowUp, Reply
from boussole.charter.records import SealedStatement, documents_of, seal
from boussole.dashboard.cli.demo_work import declare_late, explain_late, plant_errors, record_work
from boussole.dashboard.cli.sealing import record_pairs
from boussole.dashboard.pages.drift.evidently_report import make
from boussole.dashboard.report import write_report
from boussole.dashboard.views.records.computing import stock_of
from boussole.experiments.demo import FACTS, build
from boussole.experiments.demo.planted import PLANTED, PlantedEffects, recorded_texts
from boussole.experiments.sync import sync

NAME, SYSTEM, DAY = "external", "matchft", dt.timedelta(days=1)
DESK, HOUSE = "Secrétariat du comité", "Direction générale"
SEATED = (
    ("sciences", "Awa Diop"),
    ("sciences", "Jean Martin"),
    ("salaries", "Li Wei"),
    ("salaries", "Marta Nowak"),
    ("entreprises", "Hugo Bernard"),
    ("entreprises", "Inès Caron"),
    ("demandeurs", "Samir Haddad"),
    ("demandeurs", "Rose Petit"),
)
"""Colleges and invented names, two for each; the first is the chair, the seventh the deputy."""
SUBJECT = "Étendre MatchFT à toutes les régions"
OPINION = {
    "title": "Avis sur l’essai et l’extension de MatchFT",
    "sense": "reserved",
    "words": (
        "Le comité prend acte d’un service rendu plus vite aux demandeurs d’emploi. Il constate qu’à profil "
        "comparable, les personnes de 50 ans et plus sont contactées nettement moins souvent, chaque mois, et que rien "
        "ne l’explique à ce jour. Il demande que l’extension, commencée dans trois autres régions, n’aille pas "
        "plus loin avant que cet écart soit compris et corrigé."
    ),
    "reservations": [
        "L’écart selon l’âge est mesuré à chaque étape, et publié chaque mois jusqu’à sa correction.",
        "Un conseiller relit toute liste dont une personne de 50 ans et plus a été écartée.",
    ],
}


def settle(workspace: Workspace, *, today: dt.date) -> None:
    """A committee that has met once and will meet again; one that has acted already is left as it is."""
    if committee_state(workspace, NAME).acts:
        return
    house = _House(workspace, today)
    house.sit()
    matter = house.refer()
    of = house.call(matter)
    opinion = house.meet(of, matter)
    house.follow(opinion)
    house.prepare()
    house.happen()
    declare_late(workspace, today=today)
    explain_late(workspace, today=today)
    record_work(workspace, today=today)
    plant_errors(workspace, today=today)


class _House:
    def __init__(self, workspace: Workspace, today: dt.date) -> None:
        self.workspace, self.today = workspace, today
        self.held = today - 41 * DAY
        self.members = [new_number() for _ in SEATED]

    def who(self, days: int, role: str = DESK, by: str | None = None) -> Who:
        return Who(role=role, on=self.today - days * DAY, by=by)

    def do(self, kind: type[Act], days: int, role: str = DESK, by: str | None = None, **fields: Any) -> int:
        who = self.who(days, role, by)
        return do(self.workspace, kind(committee=NAME, role=who.role, on=who.on, by=who.by, **fields)).entry

    def sit(self) -> None:
        start = self.today - 80 * DAY
        self.do(RulesInForce, 80, act="adopted", rules=rules_of(self.workspace, NAME))
        for member, (college, name) in zip(self.members, SEATED, strict=True):
            end = start + 1095 * DAY
            self.do(Mandate, 80, member=member, college=college, start=start, end=end)
            name_member(self.workspace, member, name=name)
        for office, at in (("chair", 0), ("deputy", 6)):
            self.do(Office, 80, member=self.members[at], office=office, start=start)
        tie = "A conseillé, avant son mandat, une entreprise qui recrute avec MatchFT."
        self.do(Interest, 70, member=self.members[4], systems=[SYSTEM], text=tie)

    def refer(self) -> int:
        matter = self.do(Referral, 68, origin="organisation", subject=SUBJECT, sender=HOUSE, system=SYSTEM)
        self.do(Rapporteur, 66, of=matter, member=self.members[1])
        heard = "Lire une liste prend dix minutes ; personne n’explique pourquoi un dossier est en bas."
        self.do(Hearing, 55, of=matter, heard="Responsable d’une agence", text=heard)
        return matter

    def call(self, matter: int) -> int:
        starts = dt.datetime.combine(self.held, dt.time(14))
        called = convene(
            self.workspace,
            NAME,
            who=self.who(55),
            starts=starts,
            ends=starts + dt.timedelta(hours=3),
            place="Salle 12",
            remote=True,
            agenda=self.agenda(Item(id=SYSTEM, kind="opinion", title=SUBJECT, referral=matter, system=SYSTEM)),
        ).entry
        freeze(self.workspace, NAME, of=called, who=self.who(48))
        return called

    def agenda(self, *items: Item) -> list[Item]:
        usual = agenda_from(rules_of(self.workspace, NAME), "fr")
        return [*usual[:-1], *items, usual[-1]]

    def meet(self, of: int, matter: int) -> int:
        days, at = 41, dt.datetime.combine(self.held, dt.time(14))
        for member in self.members[:7]:
            mode = "remote" if member == self.members[2] else "in_person"
            self.do(Attendance, days, of=of, member=member, mode=mode, at=at)
        self.do(Attendance, days + 1, of=of, member=self.members[7], mode="excused", at=at - DAY)
        self.do(Proxy, days + 1, of=of, giver=self.members[7], holder=self.members[6])
        open_session(self.workspace, NAME, of=of, who=self.who(days))
        self.ask(of)
        draft = begin(self.workspace, NAME, body=OPINION, author=DESK)
        wording, written = opinion_text(self.workspace, draft.id)
        title = str(OPINION["title"])
        vote = begin_vote(
            self.workspace,
            NAME,
            of=of,
            item=SYSTEM,
            title=title,
            secret=False,
            who=self.who(days),
            subject=wording.sha256,
        ).entry
        voters = {member: member for member in (*self.members[:4], *self.members[5:7])}
        voters[self.members[7]] = self.members[6]
        for number, (voter, by) in enumerate(voters.items()):
            choice: Choice = "against" if number == 3 else "abstain" if number == 4 else "for"
            vote_openly(
                self.workspace, NAME, vote=vote, voter=voter, choice=choice, who=self.who(days, "Membre", by=by)
            )
        tally = end_vote(self.workspace, NAME, vote=vote, who=self.who(days)).entry
        against = "Un système qui écarte plus souvent les personnes de 50 ans et plus ne devrait pas rester en essai."
        self.do(Dissent, days, "Membre", self.members[3], of=tally, member=self.members[3], text=against)
        opinion = issue(
            self.workspace,
            NAME,
            decision=tally,
            who=self.who(days),
            wording=wording,
            referral=matter,
            system=SYSTEM,
            articles=["equite"],
            written=written,
        ).entry
        self.do(PublicationDecision, days, of=opinion, publish=True)
        self.do(Closing, days, of=of, at=at + dt.timedelta(hours=3))
        seal_minutes(self.workspace, NAME, of=of, who=self.who(days - 2))
        return opinion

    def ask(self, of: int) -> None:
        figure = Reference(system=SYSTEM, indicator="adjusted_selection_rate_ratio_age", group={"age": "50+"})
        reached = "Combien de personnes de 50 ans et plus n’ont pas de téléphone qui reçoit des SMS ?"
        answered = self.do(
            CommitteeQuestion,
            41,
            "Membre",
            self.members[6],
            of=of,
            addressee="Direction des données",
            due_on=self.today - 20 * DAY,
            system=SYSTEM,
            figure=figure,
            text=reached,
        )
        told = "Quatre pour cent, contre un pour cent des autres (valeurs inventées) : cela n’explique pas l’écart."
        self.do(CommitteeAnswer, 24, "Direction des données", of=answered, text=told)
        self.do(
            CommitteeQuestion,
            41,
            "Membre",
            self.members[1],
            of=of,
            addressee="Responsable produit MatchFT",
            due_on=self.today - 6 * DAY,
            system=SYSTEM,
            figure=figure,
            text="Quelles variables du modèle tiennent lieu d’âge, et que devient l’écart sans elles ?",
        )

    def follow(self, opinion: int) -> None:
        self.do(Publication, 30, of=opinion, where="Registre public")
        _, reread = (
            recommend(
                self.workspace,
                NAME,
                who=self.who(41),
                text=text,
                to=to,
                due_on=self.today + days * DAY,
                opinion=opinion,
                system=SYSTEM,
                articles=["equite"],
            ).entry
            for text, to, days in (
                ("Retirer du score ce qui tient lieu d’âge, et publier l’effet obtenu.", "Direction des données", -4),
                ("Faire relire les listes par un conseiller formé.", "Direction du réseau", 35),
            )
        )
        said = "D’accord pour les agences qui ont commencé ; à étudier pour les autres."
        on = self.today - 12 * DAY
        seal(self.workspace, Reply(role="Direction du réseau", on=on, of=reread, accepted="partly", text=said))
        started = "Soixante conseillers sont formés (valeur inventée)."
        on = self.today - 5 * DAY
        seal(self.workspace, FollowUp(role="Direction du réseau", on=on, of=reread, state="in_progress", text=started))

    def prepare(self) -> None:
        starts = dt.datetime.combine(self.today + 13 * DAY, dt.time(14))
        item = Item(id="chatft", kind="opinion", title="Avis sur ChatFT", system="chatft")
        convene(
            self.workspace,
            NAME,
            who=self.who(1),
            starts=starts,
            ends=starts + dt.timedelta(hours=3),
            place="Salle 12",
            remote=True,
            agenda=self.agenda(item),
        )
        body = {"title": "Avis sur ChatFT", "sense": "none", "words": "À compléter en séance.", "reservations": []}
        begin(self.workspace, NAME, body=body, author=self.members[1])

    def happen(self) -> None:
        owner, agent = "Responsable produit MatchFT", "Agent d’une agence"
        noon = dt.time(12)
        doubled = enter(
            self.workspace,
            Incident(
                role=owner,
                on=self.today - 33 * DAY,
                system=SYSTEM,
                timezone="Europe/Paris",
                severity="minor",
                title="Des SMS envoyés deux fois",
                text="Une reprise après panne a renvoyé les messages d’une matinée.",
                happened_on=self.today - 34 * DAY,
                known_at=dt.datetime.combine(self.today - 34 * DAY, noon),
            ),
        ).entry
        enter(
            self.workspace,
            IncidentClosure(
                role=owner,
                on=self.today - 29 * DAY,
                of=doubled,
                cause="La reprise ne regardait pas ce qui était déjà parti.",
                measures="Chaque envoi porte un numéro, et n’est fait qu’une fois.",
            ),
        )
        enter(
            self.workspace,
            Incident(
                role=owner,
                on=self.today - 7 * DAY,
                system=SYSTEM,
                timezone="Europe/Paris",
                severity="serious",
                title="Des dossiers d’un quartier écartés pendant deux jours",
                text="Une table de codes postaux incomplète a mis à la fin des listes les dossiers d’un quartier.",
                happened_on=self.today - 9 * DAY,
                known_at=dt.datetime.combine(self.today - 8 * DAY, noon),
                articles=["equite", "securite"],
            ),
        )
        for number, (asks, ground, days) in enumerate(
            (("explanation", "result", 50), ("contest", "no_human", 75), ("contest", "discrimination", 20))
        ):
            made = enter(
                self.workspace,
                Appeal(
                    role=agent,
                    on=self.today - days * DAY,
                    system=SYSTEM,
                    number=appeal_number(),
                    asks=asks,
                    ground=ground,
                    decided_on=self.today - (days + 9) * DAY,
                    received_on=self.today - days * DAY,
                    human_review=asks == "contest",
                ),
            ).entry
            if number == 0:
                on = self.today - (days - 11) * DAY
                told = "Le score et ses raisons ont été expliqués en rendez-vous."
                enter(
                    self.workspace,
                    AppealDecision(role=agent, on=on, of=made, outcome="upheld", reviewed=True, text=told),
                )


# The demo's stock of uses and models: one model of MLflow belongs to no use, which question 1.5 must see.


STEWARD = "Référent éthique de l’IA"


def take_stock(workspace: Workspace, *, today: dt.date) -> None:
    """Enters the stock of a day."""
    enter(workspace, Stocktaking(role=STEWARD, **stock_of(workspace, today=today)))


Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the demo made."""

    workspace: Workspace
    reports: list[Path]
    facts: Path


def run_demo(home: Path, *, people: int, progress: Progress) -> Demo:
    """Builds the demo workspace with the same calls that a user's own commands make."""
    workspace = build(home, people=people, progress=progress)
    for report in sync(workspace, progress=progress):
        for failure in report.failures:
            raise failure
    measured = [system for system in workspace.systems.values() if system.measured]
    for system in measured:
        windows = complete_windows(workspace, system)
        for done, window in enumerate(windows, 1):
            run_audit(workspace, system, start=window.start, end=window.end)
            progress(f"audits of {system.id}", done, len(windows))
        if system.only_writes:
            continue
        apart = set_apart(workspace, system, documents_of(workspace, system.id))
        make(workspace, exact_pair(workspace, system, apart=apart))
    settle(workspace, today=workspace.today())
    take_stock(workspace, today=workspace.today())
    seal_pairs(workspace, today=workspace.today())
    reports = [write_report(workspace, period=None, lang=lang, out=None) for lang in ("fr", "en")]
    return Demo(workspace=workspace, reports=reports, facts=workspace.home / FACTS)


TEXTS, ROLE, MODEL = "chatft", "Référent éthique de l’IA", "chatft-1 (textes inventés)"
DAYS_BEFORE = 20


def seal_pairs(
    workspace: Workspace, *, today: dt.date, planted: PlantedEffects = PLANTED, cues: Sequence[str] = ()
) -> SealedStatement:
    """Seals the test of some cues, or of all, made some days before."""
    prompts = list(drawn(prompt_set(), cues))
    texts = recorded_texts(prompts, planted)
    on = today - dt.timedelta(days=DAYS_BEFORE)
    return record_pairs(workspace, prompts, texts, system=TEXTS, model=MODEL, role=ROLE, on=on)
