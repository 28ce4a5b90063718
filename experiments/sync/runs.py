"""Which runs of an experiment a sync has to look at: filtered and paged by the server."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boussole.experiments.store import TAG, quiet_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

PAGE = 2000
GLANCE = 500
"""Runs of a page when only the newest are looked at."""
ACTIVE, DELETED = 1, 2
"""MLflow's view types of a search."""


@dataclass(frozen=True)
class TrackedRun:
    """A run as far as a sync needs it; `signature` changes with its status, end or tags."""

    run_id: str
    start: int
    end: int | None
    artifacts: str
    signature: str
    tagged: bool

    @classmethod
    def of(cls, run: MlflowRun) -> TrackedRun:
        info, tags = run.info, run.data.tags
        told = zlib.crc32(repr(sorted(tags.items())).encode())
        signature = f"{info.status} {info.end_time} {told:08x}"
        start = info.start_time or 0
        return cls(info.run_id, start, info.end_time, info.artifact_uri, signature, TAG in tags)


def pages(
    store: MlflowClient,
    experiment: str,
    clause: str,
    *,
    view: int = ACTIVE,
    order: str = "start_time ASC",
    size: int = 0,
) -> Iterator[list[MlflowRun]]:
    """The runs for which a filter holds, page by page."""
    token = None
    while True:
        by, most = [f"attributes.{order}"], size or PAGE
        page = store.search_runs([experiment], clause, view, max_results=most, order_by=by, page_token=token)
        yield list(page)
        token = page.token
        if not token:
            return


def active_runs(
    store: MlflowClient, experiment: str, system: str, *, since: int | None, untagged: bool
) -> list[TrackedRun]:
    """Runs with the system's tag, or where asked none, that ran since a moment (all: None), oldest first."""
    when = [""]
    if since is not None:
        earlier = f" and attributes.start_time < {since}"
        when = [
            f" and attributes.start_time >= {since}",
            f"{earlier} and attributes.end_time >= {since}",
            f"{earlier} and attributes.status = 'RUNNING'",
        ]
    clauses = [tag + clause for tag in _whose(system, untagged) for clause in when]
    return _oldest_first(
        TrackedRun.of(run) for clause in clauses for page in pages(store, experiment, clause) for run in page
    )


def newest_runs(
    store: MlflowClient, experiment: str, system: str, *, since: int, untagged: bool, known: Mapping[str, str]
) -> list[TrackedRun]:
    """The runs for which a filter holds, down to the first page on which every run is known with its signature."""
    found = []
    for tag in _whose(system, untagged):
        found += [
            TrackedRun.of(r) for p in pages(store, experiment, f"{tag} and attributes.status = 'RUNNING'") for r in p
        ]
        for moment in ("start_time", "end_time"):
            clause = f"{tag} and attributes.{moment} >= {since}"
            for page in pages(store, experiment, clause, order=f"{moment} DESC", size=GLANCE):
                runs = [TrackedRun.of(run) for run in page]
                found += runs
                if all(known.get(run.run_id) == run.signature for run in runs):
                    break
    return _oldest_first(found)


def _whose(system: str, untagged: bool) -> list[str]:
    return [f"tags.`{TAG}` = '{system}'"] + ([f"tags.`{TAG}` IS NULL"] if untagged else [])


def _oldest_first(runs: Iterable[TrackedRun]) -> list[TrackedRun]:
    once = {run.run_id: run for run in runs}
    return sorted(once.values(), key=lambda run: (run.start, run.run_id))


def deleted_ids(store: MlflowClient, experiment: str, system: str, *, untagged: bool) -> set[str]:
    """Runs of the system (and those without a tag) that are deleted in MLflow, whatever their age."""
    found = (page for clause in _whose(system, untagged) for page in pages(store, experiment, clause, view=DELETED))
    return {run.info.run_id for page in found for run in page}


def stage_of(store: MlflowClient, run_id: str) -> str | None:
    """`active`, `deleted`, or None for a run that the store does not know."""
    mlflow = quiet_mlflow()
    try:
        return str(store.get_run(run_id).info.lifecycle_stage)
    except mlflow.MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise


def run_of(store: MlflowClient, run_id: str) -> TrackedRun | None:
    """A run by its id, unless it is deleted or unknown."""
    return TrackedRun.of(store.get_run(run_id)) if stage_of(store, run_id) == "active" else None
