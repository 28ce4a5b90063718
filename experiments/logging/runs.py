"""Writing one Parquet file of a log to a run: the file, its schema summary, its lineage, and last of all the tag."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits.errors import SourceError
from boussole.audits.log_names import LogName
from boussole.experiments.logging.packing import ParquetFile
from boussole.experiments.store import FOLDER, TAG, VERSION_TAG, quiet_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

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


def file_name(store: MlflowClient, packed: ParquetFile, *, run_id: str, log: LogName, wanted: str | None) -> str:
    """The name of a file in a run: its number keeps the order, its digest makes the same content the same file.

    Raises SourceError when a wanted name is taken by other rows.
    """
    taken = sorted(Path(item.path).name for item in store.list_artifacts(run_id, folder_of(log)))
    ending = f"-{packed.sha256[:8]}.parquet"
    if wanted is None:
        same = [name for name in taken if name.endswith(ending)]
        return same[0] if same else f"part-{sum(not name.startswith('_') for name in taken):05d}{ending}"
    if wanted in taken and _logged(store, wanted, run_id=run_id, log=log, taken=taken) != packed.sha256:
        raise SourceError(
            f"this run already holds other rows in '{wanted}'.",
            where=f"mlflow:{run_id}/{folder_of(log)}",
            next_step="Give another name, or none.",
        )
    return wanted


def _logged(store: MlflowClient, name: str, *, run_id: str, log: LogName, taken: Sequence[str]) -> str | None:
    """The digest of a file that was logged before, as its schema summary has it."""
    summary = _summary_of(name)
    if summary not in taken:
        return None
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        path = Path(store.download_artifacts(run_id, f"{folder_of(log)}/{summary}", folder))
        return str(json.loads(path.read_text(encoding="utf-8"))["sha256"])


def _summary_of(name: str) -> str:
    """The schema summary beside a file; a sync passes over names that begin with `_`."""
    return f"_{Path(name).stem}.schema.json"


def write(
    store: MlflowClient,
    packed: ParquetFile,
    *,
    run_id: str,
    system: str,
    log: LogName,
    name: str | None = None,
    version: str | None = None,
    source: str | None = None,
) -> None:
    """Logs a packed file to a run; a sync sees nothing of a new run before all of it is there."""
    packed = packed.renamed(file_name(store, packed, run_id=run_id, log=log, wanted=name))
    summary = packed.path.with_name(_summary_of(packed.path.name))
    summary.write_text(json.dumps(packed.summary(system=system, log=log), indent=1), encoding="utf-8")
    for file in (packed.path, summary):
        store.log_artifact(run_id, str(file), artifact_path=folder_of(log))
    _lineage(store, packed, run_id=run_id, system=system, log=log, source=source)
    if version is not None:
        _twice(lambda: store.set_tag(run_id, VERSION_TAG, version))
    _twice(lambda: store.set_tag(run_id, TAG, system))


def _twice(call: Callable[[], object]) -> None:
    """Tries again: of two workers that write the same thing at once, MLflow's SQL store refuses one the first time."""
    try:
        call()
    except quiet_mlflow().MlflowException:
        call()


def _lineage(
    store: MlflowClient, packed: ParquetFile, *, run_id: str, system: str, log: LogName, source: str | None
) -> None:
    quiet_mlflow()
    from mlflow.entities import Dataset, DatasetInput, InputTag  # mlflow.data needs more than mlflow-skinny brings

    place = {"mlflow.run_id": run_id, "mlflow.artifact": f"{folder_of(log)}/{packed.path.name}"}
    origin = json.dumps({"tags": place | ({"boussole.source": source} if source else {})})
    data = Dataset(name=f"{system}/{log}", digest=packed.sha256[:DIGEST], source_type="code", source=origin)
    tags = [InputTag("mlflow.data.context", log)]
    _twice(lambda: store.log_inputs(run_id, [DatasetInput(data, tags)]))
