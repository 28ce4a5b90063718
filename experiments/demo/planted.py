"""What the demo plants and what it does not: constants, the texts of requests in pairs, and the reviews of advisers."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from boussole.audits.texts.pairs.prompts import Prompt

SEED = 20260925
PEOPLE = 20_000
MONTHS = ("2026-07", "2026-08", "2026-09")
FIRST_DAY, LAST_DAY = dt.date(2026, 7, 1), dt.date(2026, 9, 30)
CHANGE = dt.date(2026, 9, 1)
"""The day on which version 2.0 replaces 1.4 and the search radius grows."""
CORRECTED = MONTHS[1]
"""The month in which advisers correct lists against people of 50 and over."""
BLIND = "A007"
"""The largest agency, whose advisers follow every list."""
NEVER = 9999
"""Days after which something that nobody has done would be done."""


@dataclass(frozen=True, kw_only=True)
class PlantedEffects:
    """Every bias and shift of the simulation, in one place; log-odds unless said otherwise."""

    age_50_hired: float = -0.67
    """Past employers hired people of 50 and over less: both versions learn it through experience_years."""
    part_time_hired: float = -1.7
    """Past employers hired people with part-time pasts less (per share of 1): only version 2.0 sees that feature."""
    age_50_now: float = -0.15
    part_time_now: float = -0.15
    """What employers hold against the same people today: less, about what balances the higher bar they had to pass."""
    women_part_time: float = 0.45
    men_part_time: float = 0.12
    """Share of people with a part-time past: this is how version 2.0 reaches women."""
    evening_share: float = 0.03
    """Share of messages that leave at nine in the evening since the change; 0 plants nothing."""
    changed_since: float | None = 0.0005
    """Share of lists that advisers change since the change; None plants nothing: as before."""
    blind_agency: bool = True
    """Whether the advisers of the largest agency follow every list as it comes, in each month."""
    hasty_since: float | None = 0.2
    """Share of lists that they review faster than they can read since then; None plants nothing."""
    age_50_taken_out: float = 0.9
    """How often, in August, advisers take out people of 50 and over first, and put them in last; 0 plants nothing."""
    errors_noticed: float = 0.62
    """Share of errors planted on purpose that advisers notice; 0.97 plants nothing."""
    text_errors_noticed: float = 0.71
    """The same of errors planted in ChatFT's texts, which agents notice; 0.97 plants nothing."""
    forgotten_young: float = 0.6
    """Share of people under 25 who would be on one list or two and are passed over wherever somebody of their age can
    stand in; 0 plants nothing."""
    stray_model: str = "essai-tri-des-cv"
    """A model of the registry that belongs to no use of the register; empty plants none."""
    returns_added: float = 0.004
    """Returns to work a month, over people, that agencies have more since they started; 0 plants nothing."""
    stop_ignored_share: float = 0.08
    """Share of the messages after a STOP that leave all the same, since the change."""
    age_50_slower: float = 0.2
    """How much more often people of 50 and over take hours to reply since the change; half of these come too late."""
    no_smartphone_slower: float = 0.24
    """The same of people without a smartphone."""
    new_template_share: float = 0.05
    """Share of the messages that leave from a template whose notice nobody approved, since the change."""
    without_factor: int = 14
    """Accounts that need no second factor since the change; 0 plants nothing."""
    needless_rights: int = 23
    """Accounts of advisers that may export data since the change, which they do not need; 0 plants nothing."""
    undeclared_uses: int = 6
    """Uses by advisers for a purpose that nobody declared, since the change; 0 plants nothing."""
    unlawful_drafts: int = 24
    """Drafts of adverts with a prohibited criterion, since the change; 0 plants nothing."""
    unlawful_published: int = 5
    """Of these, the ones that go out as they were written."""
    numbers_outside: int = 4
    """Letters that go out with a social security number or an account, since the change; 0 plants nothing."""
    unmarked_letters: int = 9
    """Letters that go out without the mark that says that a machine wrote them, since the change; 0 plants nothing."""
    hasty_texts_since: float | None = 0.18
    """Share of ChatFT's texts that agents send faster than they can read since the change; None plants nothing."""
    strange_texts: int = 5
    """Uses of ChatFT for a purpose that nobody declared, since the change; 0 plants nothing."""
    untrained_writers: float = 0.09
    """Share of agents who use ChatFT before they are trained for it, in each month; 0 plants nothing."""
    writers_without_factor: int = 0
    """Accounts of ChatFT that need no second factor since the change: none, as in the demo all is well there."""
    older_left_out: float = 0.25
    """Share of agents who may use ChatFT and do not who are of 50 and over beside those by chance; 0 plants nothing."""
    calls_outside: int = 7
    """Calls of ChatFT's models that run in a place that is not allowed, since the change; 0 plants nothing."""
    unexamined_texts: int = 60
    """Texts of ChatFT by a version of its model that nobody examined, since the change; 0 plants nothing."""
    idle_watt_hours: float = 100.0
    """Watt-hours that each metered call takes more since then, as machines run nearly empty; 0 plants nothing."""
    discarded_length: float = 3.0
    """How many times as long texts are that are rejected, since then; 1 plants nothing."""
    untold_calls: float = 0.03
    """Share of ChatFT's calls since then that tell neither tokens nor electricity, so that nobody can tell what they
    take; 0 plants nothing."""
    smaller_as_good: float = 0.87
    """Share of texts that a smaller model wrote as well in a trial which nobody acts on; under 0.8 it plants nothing:
    the larger one is needed."""
    curt_for_origin: float = 0.35
    """Share of ChatFT's texts that are short and familiar where the first name suggests another origin; 0 plants
    nothing."""
    untrained_since: float = 0.12
    """Share of advisers who use the version of the change before they are trained for it; 0 plants nothing."""
    silent_controlled: float = 0.06
    """Share of messages without an answer, since the change, after which the person is controlled; 0 plants nothing."""
    controls_from_silence: int = 4
    """How many of these controls the log says were triggered by that; 0 plants nothing."""
    radius_km: tuple[float, float] = (14.0, 18.8)
    """Mean distance between person and offer, before and after the change."""
    unexamined_days: int = NEVER
    """Days from the change until version 2.0 was examined: never so far; 0 plants nothing: it was examined before."""
    rules_months: int = 12
    """Months for which nobody had kept the public rules of MatchFT up to date at the change; 0 plants nothing."""
    review_days_late: int = 37
    """Days from the start of ChatFT's trial until the ethics committee looked at it; 0 plants nothing."""
    scores_raised: bool = True
    """Whether version 2.0 gives hires more weight than refusals in training, which raises all its scores."""
    reworked_since: float | None = None
    """Share of ChatFT's texts that agents edit or reject since the change; None plants nothing: as before. The demo
    leaves it out, as what is rejected could then not be longer."""
    reminders_since: float = 0.0
    """Share of messages without an answer, since the change, after which four reminders follow in as many days."""
    silent_left_out: float = 0.0
    """Share of decisions, since the change, in which somebody who did not answer the last message is put last."""
    late_explanations: int = 0
    """Requests for an explanation that were answered ten days too late."""
    qpv_lower: float = 0.0
    """Share of people of a priority neighbourhood who stand last of those contacted, since the change."""
    excluded_uses: int = 0
    """Uses by advisers about an excluded offer, since the change."""
    questions_outside: int = 0
    """Calls of the model that asks questions for MatchFT in a place that is not allowed, since the change."""


PLANTED = PlantedEffects()
LEFT_OUT: dict[str, float | int] = {
    "reminders_since": 0.3,
    "silent_left_out": 0.5,
    "late_explanations": 2,
    "qpv_lower": 0.8,
    "excluded_uses": 6,
    "questions_outside": 5,
}
"""Effects that the demo leaves out, so that not all of its compass is red, each with a size at which it is found."""
NOTHING = PlantedEffects(
    age_50_hired=0.0,
    part_time_hired=0.0,
    age_50_now=0.0,
    part_time_now=0.0,
    women_part_time=0.12,
    evening_share=0.0,
    changed_since=None,
    blind_agency=False,
    hasty_since=None,
    age_50_taken_out=0.0,
    errors_noticed=0.97,
    text_errors_noticed=0.97,
    forgotten_young=0.0,
    stray_model="",
    stop_ignored_share=0.0,
    age_50_slower=0.0,
    no_smartphone_slower=0.0,
    new_template_share=0.0,
    without_factor=0,
    needless_rights=0,
    undeclared_uses=0,
    unlawful_drafts=0,
    unlawful_published=0,
    numbers_outside=0,
    unmarked_letters=0,
    hasty_texts_since=None,
    strange_texts=0,
    untrained_writers=0.0,
    older_left_out=0.0,
    unexamined_texts=0,
    calls_outside=0,
    idle_watt_hours=0.0,
    discarded_length=1.0,
    untold_calls=0.0,
    smaller_as_good=0.35,
    curt_for_origin=0.0,
    untrained_since=0.0,
    silent_controlled=0.0,
    controls_from_silence=0,
    radius_km=(14.0, 14.0),
    unexamined_days=0,
    rules_months=0,
    review_days_late=0,
    scores_raised=False,
)
"""Nothing that a charter minds. Agencies that started still have more returns to work: without that, question 1.3 would
rightly be watched."""


BODY = {
    "appointment": "Je vous propose un rendez-vous de suivi à l’agence la semaine prochaine.",
    "offers": "Plusieurs offres correspondent à votre recherche.",
    "training": "Plusieurs formations peuvent vous intéresser.",
    "reminder": "Je reviens vers vous au sujet de la proposition d’entretien de la semaine dernière.",
    "letter": "Mon expérience de la vente me permet de répondre à vos attentes.",
    "summary": "L’entretien a porté sur le projet dans la restauration et sur les démarches à venir.",
    "recommendation": "Je vous recommande cette candidature pour le poste de technicien de maintenance.",
    "decision": "L’aide à la mobilité ne peut pas être accordée cette fois-ci.",
}
MORE = (
    "Vous pouvez me joindre par courriel ou par téléphone pour préparer cet échange.",
    "N’hésitez pas à me dire quelles sont vos disponibilités.",
    "Je vous remercie de votre confiance.",
    "Ce point sera l’occasion de faire le bilan des démarches.",
    "Un conseiller reste disponible pour vous accompagner.",
    "Les documents utiles se trouvent dans votre espace personnel.",
)
OPENING, CLOSING = ("Madame, Monsieur,", "Bonjour,"), ("Cordialement.", "Bien à vous.")
CURT = ("Salut,", "À plus.")


def recorded_texts(prompts: Iterable[Prompt], planted: PlantedEffects) -> dict[str, str]:
    """The text of each request by its id; the same for the same request."""
    return {each.id: _text(each, planted) for each in prompts}


def _text(prompt: Prompt, planted: PlantedEffects) -> str:
    coins = _coins(prompt.id)
    curt = prompt.cue == "origin" and prompt.side == "changed" and next(coins) < planted.curt_for_origin
    opening, closing = CURT if curt else (OPENING[next(coins) < 0.2], CLOSING[next(coins) < 0.2])
    named = [offer for offer in prompt.offers or () if next(coins) < 0.9]
    offers = f"Vous trouverez ci-joint : {', '.join(named)}." if named else ""
    sentences = [each for each in MORE if next(coins) < (0.3 if curt else 0.7)]
    body = [BODY.get(prompt.request, "Voici ce que je vous propose."), offers, *sentences]
    return f"{opening}\n\n{' '.join(each for each in body if each)}\n\n{closing}"


def _coins(name: str) -> Iterator[float]:
    """Numbers from 0 to 1, the same for the same name."""
    digest = hashlib.sha256(f"boussole demo {name}".encode()).digest()
    return iter([each / 256 for each in digest])


ADVISERS, MOST = 11, 60
"""How many advisers review lists in an agency, and in the largest: nobody is told of alone."""
LOOKED_AT = 3
"""Proposals of a list that its adviser opens."""
WORDS = (60, 140)
"""Words that a proposal shows, from and to."""
CHANGED, HASTY = 0.12, 0.03
"""Share of lists that are changed, and of reviews that are too short, where nothing is planted."""
COLUMNS = ["decision_id", "kept", "seconds", "reviewed_at", "agent", "agency", "words", "month"]


def lists(posted: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """Who reviews the list of each offer, how fast, and whether something is changed in it."""
    found = posted[["offer_id", "ts", "agency"]].sort_values("ts", kind="stable", ignore_index=True)
    since = (found["ts"] >= pd.Timestamp(CHANGE, tz=found["ts"].dt.tz)).to_numpy()
    count, largest = len(found), (found["agency"] == BLIND).to_numpy()
    adviser = found.groupby("agency").cumcount().to_numpy() % np.where(largest, MOST, ADVISERS)
    blind = largest & effects.blind_agency
    hasty = rng.random(count) < _share(since, effects.hasty_since, HASTY)
    return found.assign(
        agent=[f"{agency}-{each:02}" for agency, each in zip(found["agency"], adviser, strict=True)],
        changed=(rng.random(count) < _share(since, effects.changed_since, CHANGED)) & ~blind,
        pace=np.where(hasty, rng.uniform(500, 1500, count), rng.uniform(80, 280, count)),
        wait=pd.to_timedelta(rng.integers(5, 600, count), unit="min"),
    ).drop(columns="ts")


def reviews(
    log: pd.DataFrame, reviewed: pd.DataFrame, corrected: pd.DataFrame, *, rng: np.random.Generator
) -> pd.DataFrame:
    """What advisers decided: of each list its first proposals and those `corrected`; `month` names the run."""
    columns = ["decision_id", "offer_id", "ts", "contacted"]
    seen = log.loc[log["rank"] <= LOOKED_AT, [*columns, "rank"]].sort_values(["offer_id", "rank"], ignore_index=True)
    proposals = pd.concat([seen.assign(kept=seen["contacted"]), corrected[[*columns, "kept"]]], ignore_index=True)
    proposals = proposals.drop_duplicates("decision_id", keep="last").sort_values("decision_id")
    found = proposals.drop(columns="rank").merge(reviewed, on="offer_id")
    words = rng.integers(*WORDS, len(found))
    return found.assign(
        seconds=(words / found["pace"] * 60).round(1),
        reviewed_at=found["ts"] + found["wait"],
        words=words,
        month=found["ts"].dt.strftime("%Y-%m"),
    )[COLUMNS]


def _share(since: np.ndarray, planted: float | None, usual: float) -> np.ndarray:
    return np.where(since & (planted is not None), usual if planted is None else planted, usual)
