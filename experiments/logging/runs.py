"""Writing one Parquet file of a log to a run: the file, its schema summary, its lineage, and last of all the tag."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from audits.errors import SourceError
from audits.systems.model import LogName
from experiments.logging.packing import Packed
from experiments.store import FOLDER, TAG, quiet_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

VERSION_TAG = "boussole.model_version"
DIGEST = 32  # MLflow keeps 36 characters of a digest


def folder_of(log: LogName) -> str:
    """The artifact folder of a log in a run."""
    return f"{FOLDER}/{log}"


@contextmanager
def mlflow_faults() -> Iterator[None]:
    """Turns MLflow's own errors into ours, without the address of the server: it can hold a password."""
    refused = quiet_mlflow().MlflowException
    try:
        yield
    except refused as error:
        text = str(error).split("\n", maxsplit=1)[0].rstrip(".")
        silent = "API request to" in text and "failed with exception" in text
        reason = re.sub(r"//[^/@\s]+@", "//", text)
        raise SourceError(
            "the MLflow server does not answer." if silent else f"MLflow refused: {reason}.",
            where="mlflow",
            next_step="Check the tracking URI and the run, then log again.",
        ) from None


def check_owner(run: Run, system: str) -> None:
    """Raises SourceError for a run that holds the logs of another system."""
    tagged = run.data.tags.get(TAG)
    if tagged not in (None, system):
        raise SourceError(
            f"this run already holds decisions of the system '{tagged}'.",
            where=f"mlflow:{run.info.run_id}",
            next_step=f"Log those of '{system}' to a run of their own.",
        )


def next_name(store: MlflowClient, run_id: str, log: LogName) -> str:
    """The next free `part-N.parquet` of a log in a run."""
    taken = {Path(item.path).name for item in store.list_artifacts(run_id, folder_of(log))}
    return next(name for n in range(len(taken) + 1) if (name := f"part-{n}.parquet") not in taken)


def write(
    store: MlflowClient,
    packed: Packed,
    *,
    run_id: str,
    system: str,
    log: LogName,
    version: str | None,
    source: str | None,
) -> None:
    """Logs a packed file to a run; a sync sees nothing of a new run before all of it is there."""
    summary = packed.path.with_name(f"_{packed.path.stem}.schema.json")  # a sync passes over names with _
    summary.write_text(json.dumps(packed.summary(system=system, log=log), indent=1), encoding="utf-8")
    for file in (packed.path, summary):
        store.log_artifact(run_id, str(file), artifact_path=folder_of(log))
    _lineage(store, packed, run_id=run_id, system=system, log=log, source=source)
    if version is not None:
        store.set_tag(run_id, VERSION_TAG, version)
    store.set_tag(run_id, TAG, system)


def _lineage(
    store: MlflowClient, packed: Packed, *, run_id: str, system: str, log: LogName, source: str | None
) -> None:
    """A data set of MLflow that says which file this is and where it came from; it holds no profile of its values.

    Its digest is the start of the SHA-256 that the lake keeps of every file it took in.
    """
    quiet_mlflow()
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.meta_dataset import MetaDataset
    from mlflow.entities import DatasetInput, InputTag

    place = {"mlflow.run_id": run_id, "mlflow.artifact": f"{folder_of(log)}/{packed.path.name}"}
    origin = CodeDatasetSource(tags=place | ({"boussole.source": source} if source else {}))
    data = MetaDataset(origin, name=f"{system}/{log}", digest=packed.sha256[:DIGEST])  # type: ignore[abstract]
    tags = [InputTag("mlflow.data.context", log)]
    store.log_inputs(run_id, [DatasetInput(data._to_mlflow_entity(), tags)])
