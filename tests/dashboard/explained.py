"""One decision of an invented tool, and requests about it, for the tests of what is told to the person concerned."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.incidents import Appeal
from boussole.experiments.weights.version_models import VersionModel
from tests.written import system_text

DECIDED = dt.date(2026, 9, 7)
SYSTEM = system_text(
    "jobs",
    """
rules: {fr: "Les trois premiers sont appelés.", en: "The first three are called."}
contact: Ethics desk
columns:
  id: ref
  decided_at: when
  decision: {column: called, selected: [true], not_selected: [false], title: {fr: appelées, en: called}}
  score: {column: score}
  request: offer
  rank: place
  stages: [called, hired]
  stage_titles: {called: {fr: appel, en: call}, hired: {fr: embauche, en: hire}}
  human: {decision: adviser}
  person: person
  model_version: version
actors: {called: tool, hired: employer}
groups:
  gender: {column: sex, title: {fr: Sexe, en: Sex}}
  age: {column: age, bands: [25, 50], title: {fr: Âge, en: Age}}
features:
  - column: years
    title: {fr: Années d’expérience, en: Years of experience}
    origin: {fr: Votre dossier, en: Your file}
  - {column: km, title: {fr: Distance, en: Distance}}
privacy: {pseudonymise: [ref, person]}
""",
    kind="ranking",
    title="{fr: Outil d’essai, en: Trial tool}",
)
PEOPLE = pd.DataFrame({"years": [3.0 + n % 17 for n in range(40)], "km": [1.5 * (n * 7 % 40) for n in range(40)]})


@functools.cache
def model() -> VersionModel:
    """A linear model that only sees the two inputs."""
    hired = PEOPLE["years"] - 0.1 * PEOPLE["km"] + np.sin(range(40)) > 8
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(PEOPLE, hired)
    return VersionModel(inputs=("years", "km"), pipeline=pipeline)


def workspace_in(folder: Path, *, human: str = "", weights: bool = False) -> Workspace:
    """A workspace with forty decisions, of which D07 is asked for; `weights`: the tool logs what each input weighed."""
    made = Workspace.create(folder / "w", organisation="Service")
    text = SYSTEM
    if weights:
        text = text.replace("origin: {fr: Votre dossier, en: Your file}", "weight: years_weight")
        text = text.replace("en: Distance}}", "en: Distance}, weight: km_weight}\n  - years_weight\n  - km_weight")
    (made.home / "systems" / "jobs.yaml").write_text(text, encoding="utf-8")
    scores = model().pipeline.predict_proba(PEOPLE)[:, 1]
    lines = ["ref,offer,person,when,called,score,place,hired,adviser,version,sex,age,years,km,years_weight,km_weight"]
    for n, (years, km) in enumerate(PEOPLE.itertuples(index=False)):
        called = str(n % 4 < 3).lower()
        said = human if n == 7 else ""
        lines.append(
            f"D{n:02d},OFFER{n // 4},PERSON{n:02d},{DECIDED} 10:00,{called},{scores[n]:.6f},{n % 4 + 1},false,{said},"
            f"v9,F,{31 + n % 30},{years},{km},1.25,-0.75"
        )
    path = folder / "log.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ingest(made, made.system("jobs"), path)
    return made


def asked(workspace: Workspace, number: int = 1, **changes) -> Appeal:
    """A request for an explanation of a decision of that day, entered by an agent."""
    today = workspace.today()
    values = {
        "role": "Adviser",
        "on": today,
        "system": "jobs",
        "number": f"r_{number:08x}",
        "asks": "explanation",
        "ground": "result",
        "decided_on": DECIDED,
        "received_on": today,
    }
    said = Appeal(**{**values, **changes})
    enter(workspace, said)
    return said
