"""What the ordinary features of a system show: proxies, slices, groups known for a sample. It judges nothing."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from boussole.audits import private_files
from boussole.audits.counts.withheld import Earlier
from boussole.audits.errors import BoussoleError
from boussole.audits.features.binned import bin_features
from boussole.audits.features.proxies import Proxy, proxies
from boussole.audits.features.sampled import Sampled, sampled
from boussole.audits.features.slices import FEWEST, Slices, slices
from boussole.audits.searchable import searchable
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days of a window."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True, kw_only=True)
class Exploration:
    """What ordinary features show of a window: which tell groups and carry their gaps, where people are selected
    least, and gaps of groups that are known for a sample only."""

    schema: Literal["boussole.features/1"]
    system: str
    window: Days
    made_on: dt.date
    decisions: int
    features: tuple[str, ...]
    proxies: tuple[Proxy, ...]
    slices: Slices
    sampled: tuple[Sampled, ...]

    def document(self) -> dict[str, object]:
        """The exploration as JSON."""
        return dict(json.loads(_MODEL.dump_json(self)))


_MODEL = TypeAdapter(Exploration)


def explore(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    minimum: int = FEWEST,
    earlier: Earlier | None = None,
) -> Exploration:
    """Explores the features of a window (the system's own when not given); `earlier` as in `measure_window`.

    Raises BoussoleError without a feature that varies, and as `searchable`.
    """
    with searchable(workspace, system, start=start, end=end, as_of=as_of, earlier=earlier) as seen:
        features = bin_features(seen, system)
        if not features:
            raise BoussoleError(
                f"'{system.id}' has no feature and no control with two values in these days.",
                where=system.id,
                next_step="Declare `features` or `controls` in its system file, and import their columns.",
            )
        row = seen.connection.execute("SELECT CAST(coalesce(sum(weight), 0) AS BIGINT) FROM explored").fetchone()
        return Exploration(
            schema="boussole.features/1",
            system=system.id,
            window=Days(start=seen.window.start, end=seen.window.end),
            made_on=workspace.today(),
            decisions=int(row[0]) if row else 0,
            features=tuple(each.name for each in features),
            proxies=tuple(proxies(seen, system, features)),
            slices=slices(seen, system, features, minimum=minimum),
            sampled=tuple(sampled(seen, system, features)),
        )


def keep(workspace: Workspace, found: Exploration) -> Path:
    """Keeps an exploration for the page of fairness: `reports/features/SYSTEM.json`, in the place of an earlier one."""
    path = _place(workspace, found.system)
    private_files.write(path, json.dumps(found.document(), ensure_ascii=False, indent=1))
    return path


def kept(workspace: Workspace, system: System) -> Exploration | None:
    """The exploration that was kept of a system, without groups whose legal basis has ended since, or that its file
    names no more; None where there is none.

    Raises BoussoleError where it cannot be read.
    """
    path = _place(workspace, system.id)
    today = workspace.today()
    known = {name for name, group in system.groups.items() if group.expires is None or group.expires >= today}
    try:
        found = _MODEL.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise BoussoleError(
            "the exploration that was kept cannot be read.",
            where=str(path),
            next_step=f"Make it again: `boussole features --system {system.id}`.",
        ) from error
    proxies_left = tuple(each for each in found.proxies if each.by in known)
    return replace(found, proxies=proxies_left, sampled=tuple(each for each in found.sampled if each.by in known))


def _place(workspace: Workspace, system: str) -> Path:
    return workspace.reports / "features" / f"{system}.json"
