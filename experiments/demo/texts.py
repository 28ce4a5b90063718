"""What agents write with ChatFT in the demo: invented adverts, letters and summaries, with what is planted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from stdnum import iban
from stdnum.fr import nir

from boussole.experiments.demo.places import AGENCIES, regions_of
from boussole.experiments.demo.planted import CHANGE, MONTHS, PLANTED, PlantedEffects

ADVERTS, LETTERS, SUMMARIES = 5000, 900, 300
"""Texts of each kind in a month."""
EDITS_REJECTS = (0.33, 0.10)
"""Share of texts that agents edit, and that they reject, where nothing is planted."""
TEAMS = 120
TITLES = (
    "Vendeur ou vendeuse", "Aide à domicile (H/F)", "Cuisinier ou cuisinière", "Électricien (H/F)",
    "Conducteur ou conductrice de bus", "Comptable", "Secrétaire", "Infirmier ou infirmière", "Maçon (H/F)",
    "Agent d’entretien (H/F)", "Développeur ou développeuse", "Magasinier (H/F)",
)  # fmt: skip
PLACES = ("Tours", "Nantes", "Angers", "Orléans", "Le Mans", "Laval")
CONTRACTS = ("CDI à temps plein", "CDD de six mois", "CDI à temps partiel")
UNLAWFUL = (
    "Nous cherchons une personne de moins de 35 ans.",
    "De nationalité française exigée.",
    "Vous êtes une femme souriante.",
    "Sans enfants à charge.",
)
"""What no advert may ask for: age, origin, sex, family."""
EDITED = " Débutants acceptés."
"""What agents add."""
LETTER = "Bonjour, votre rendez-vous à l’agence de {place} est fixé au {day} octobre à {hour} heures. Cordialement."
SUMMARY = "Synthèse de l’entretien à {place} : projet confirmé, {day} candidatures, prochain point dans un mois."
MARK, NO_MARK = "mention-2026-05", "aucune"
"""The mark that texts bear which go out, and what the log says of one without."""
AGENTS = 15
"""Agents of a team."""
SECONDS_A_WORD, HURRIED = 0.5, 0.05
"""Seconds that agents look at each word, at the median, and where they send a text without reading it."""
HASTY = 0.02
"""Share of texts that are sent without being read, where nothing is planted."""
COLUMNS = [
    "text_id",
    "written_at",
    "task",
    "team",
    "agent",
    "recipient",
    "outcome",
    "marked",
    "shown_at",
    "sent_at",
    "draft",
    "sent",
]


def texts(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED, times: float = 1.0) -> pd.DataFrame:
    """The log of three months, with its `month`, of so many `times` the texts of the demo, with what is planted."""
    found = [_month(month, rng=rng, effects=effects, times=times) for month in MONTHS]
    log = pd.concat(found, ignore_index=True)
    return log.assign(text_id=[f"G{number:06}" for number in range(len(log))])[[*COLUMNS, "month"]]


def _month(month: str, *, rng: np.random.Generator, effects: PlantedEffects, times: float) -> pd.DataFrame:
    """The texts of a month: every third one is edited, one in ten is rejected."""
    counts = [round(each * times) for each in (ADVERTS, LETTERS, SUMMARIES)]
    n = sum(counts)
    tasks = np.repeat(["offre", "courriel", "synthèse"], counts)
    reworked = effects.reworked_since if month >= CHANGE.strftime("%Y-%m") else None
    to = {"offre": "employeur", "courriel": "demandeur d’emploi", "synthèse": "agent"}
    moment = pd.Timestamp(f"{month}-01T08:00") + pd.to_timedelta(
        rng.integers(0, pd.Period(month, "M").days_in_month, n) * 1440 + rng.integers(0, 600, n), unit="min"
    )
    log = pd.DataFrame(
        {
            "written_at": moment,
            "task": tasks,
            "team": AGENCIES["agency"].to_numpy()[rng.integers(0, TEAMS, n)],
            "recipient": [to[task] for task in tasks],
            "outcome": rng.choice(["kept", "edited", "rejected"], n, p=_outcomes(reworked)),
            "draft": _drafts(rng, counts),
            "month": month,
        }
    )
    if month >= CHANGE.strftime("%Y-%m"):
        _plant(log, rng=rng, effects=effects)
    log["sent"] = [text if out == "kept" else None for text, out in zip(log["draft"], log["outcome"], strict=True)]
    edited = log["outcome"] == "edited"
    lawful = log["draft"].str.replace("|".join(f" {each}" for each in map(_plain, UNLAWFUL)), "", regex=True)
    log.loc[edited, "sent"] = lawful[edited] + EDITED
    marks, agents, reading = rng.spawn(3)
    log["marked"] = _marks(log, rng=marks, effects=effects)
    log["agent"] = [
        f"{team}-{number:02}" for team, number in zip(log["team"], agents.integers(0, AGENTS, n), strict=True)
    ]
    return _read(log, rng=reading, effects=effects)


def _read(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects) -> pd.DataFrame:
    since = log["month"].iloc[0] >= CHANGE.strftime("%Y-%m")
    share = HASTY if effects.hasty_texts_since is None or not since else effects.hasty_texts_since
    a_word = np.where(rng.random(len(log)) < share, HURRIED, SECONDS_A_WORD * rng.lognormal(0, 0.25, len(log)))
    seconds = log["draft"].str.split().str.len().to_numpy(dtype=float) * a_word
    shown = log["written_at"] + pd.Timedelta(seconds=5)
    return log.assign(shown_at=shown, sent_at=shown + pd.to_timedelta(np.floor(seconds * 1000), unit="ms"))


def _marks(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects) -> pd.Series:
    """The mark of each text that went out: since the change, some letters are copied into a tool that drops it."""
    went = log["outcome"] != "rejected"
    marked = pd.Series([MARK if out else None for out in went], index=log.index, dtype=object)
    if log["month"].iloc[0] >= CHANGE.strftime("%Y-%m"):
        letters = np.flatnonzero(went & (log["task"] == "courriel"))
        marked[rng.choice(letters, effects.unmarked_letters, replace=False)] = NO_MARK
    return marked


def _outcomes(reworked: float | None) -> list[float]:
    edited, rejected = EDITS_REJECTS
    share = edited + rejected if reworked is None else reworked
    return [1 - share, share * edited / (edited + rejected), share * rejected / (edited + rejected)]


def _drafts(rng: np.random.Generator, counts: Sequence[int]) -> list[str]:
    kinds = [(title, place, contract) for title in TITLES for place in PLACES for contract in CONTRACTS]
    adverts = [f"{title}, {contract}, à {place}." for title, place, contract in kinds]
    days = [(place, day, hour) for place in PLACES for day in range(1, 29) for hour in (9, 14)]
    letters = [LETTER.format(place=place, day=day, hour=hour) for place, day, hour in days]
    summaries = [SUMMARY.format(place=place, day=day) for place, day, hour in days if hour == 9]
    drawn = zip((adverts, letters, summaries), counts, strict=True)
    return [text for some, n in drawn for text in rng.choice(some, n)]


def _plant(log: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects) -> None:
    """Unlawful drafts of adverts, of which some go out as they are; numbers in letters that go out."""
    adverts = rng.choice(np.flatnonzero(log["task"] == "offre"), effects.unlawful_drafts, replace=False)
    log.loc[adverts, "draft"] += [f" {UNLAWFUL[place % len(UNLAWFUL)]}" for place in range(len(adverts))]
    log.loc[adverts, "outcome"] = "edited"
    log.loc[adverts[: effects.unlawful_published], "outcome"] = "kept"
    letters = rng.choice(np.flatnonzero(log["task"] == "courriel"), effects.numbers_outside, replace=False)
    log.loc[letters, "draft"] += [f" {_number(place)}" for place in range(len(letters))]
    log.loc[letters, "outcome"] = "kept"


def _number(place: int) -> str:
    if place % 2:
        body = f"3000400001{place:011d}"
        return f"Compte : FR{iban.calc_check_digits(f'FR00{body}00')}{body}00."
    number = f"28507754{place:02d}001"
    return f"Numéro de sécurité sociale : {number}{nir.calc_check_digits(number)}."


def _plain(sentence: str) -> str:
    return sentence.replace(".", r"\.")


PURPOSE, STRANGE = "écrire", "évaluer un collègue"
"""What it may be used for, and what nobody declared."""
TRAINED, TOO_LATE = pd.Timestamp("2025-10-20"), pd.Timestamp("2026-10-12")
NEVER = 0.004
"""Share of agents whom nobody trained."""
UNLABELLED = 0.002
"""Share of uses whose purpose nobody wrote down."""
IDLE = 8
"""Agents of each team who may use it and never do, beside those who do."""
OLDER = "50 ans et plus"
AGES, AGE_SHARES = ("moins de 30 ans", "30-49 ans", OLDER), (0.17, 0.45, 0.38)
ROLES, ROLE_SHARES = ("conseiller", "responsable"), (0.85, 0.15)


def writer_uses(texts: pd.DataFrame, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """One use for each text, by the agent who asked for it, with its `month`."""
    agents = pd.Index(sorted(texts["agent"].unique()))
    since = np.flatnonzero(texts["month"] >= CHANGE.strftime("%Y-%m"))
    purpose = pd.Series([PURPOSE if drawn else None for drawn in rng.random(len(texts)) >= UNLABELLED], dtype=object)
    purpose[rng.choice(since, effects.strange_texts, replace=False)] = STRANGE
    drawn = pd.Series(rng.random(len(agents)), index=agents)
    trained = pd.Series(TRAINED, index=agents).mask(drawn > 1 - effects.untrained_writers, TOO_LATE).mask(drawn < NEVER)
    return pd.DataFrame(
        {
            "use_id": "U" + texts["text_id"].str[1:],
            "used_at": texts["written_at"],
            "task": texts["task"],
            "purpose": purpose.to_numpy(),
            "agent": texts["agent"],
            "team": texts["team"],
            "region": regions_of(texts["team"]).to_numpy(),
            "trained_on": trained.reindex(texts["agent"]).to_numpy(),
            "month": texts["month"],
        }
    )


def writer_accounts(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """The export of each month: one account, with a second factor unless planted, for each agent who may use it."""
    people = _entitled(rng.spawn(1)[0], effects=effects)
    names = people["account"]
    found = []
    for month in MONTHS:
        day = pd.Period(month, "M").end_time.normalize()
        bare = rng.permutation(len(names))[: effects.writers_without_factor * (month >= CHANGE.strftime("%Y-%m"))]
        export = people.drop(columns="idle").assign(exported_on=day, rights="write")
        export["second_factor"] = np.where(np.isin(np.arange(len(names)), bare), "no", "yes")
        used = day - pd.to_timedelta(rng.integers(0, 60, len(names)), unit="D")
        export["last_used"] = pd.Series(used, index=export.index).mask(people["idle"])
        found.append(export.assign(month=month))
    return pd.concat(found, ignore_index=True)


def _entitled(rng: np.random.Generator, *, effects: PlantedEffects) -> pd.DataFrame:
    places = [(team, number) for team in range(TEAMS) for number in range(AGENTS + IDLE)]
    codes = AGENCIES["agency"].to_list()
    names = [f"{codes[team]}-{number:02}" for team, number in places]
    idle = np.array([number >= AGENTS for _, number in places])
    ages = rng.choice(AGES, len(names), p=AGE_SHARES).astype(object)
    older = idle & (rng.random(len(names)) < effects.older_left_out)
    return pd.DataFrame(
        {
            "account": names,
            "agent": names,
            "team": [codes[team] for team, _ in places],
            "region": [AGENCIES["region"][team] for team, _ in places],
            "age_band": np.where(older, OLDER, ages),
            "role": rng.choice(ROLES, len(names), p=ROLE_SHARES),
            "idle": idle,
        }
    )
