"""Every metric there is, registered one by one: names are unique across families."""

from __future__ import annotations

from collections.abc import Iterable

from boussole.audits.drift.by_group import METRICS as BY_GROUP_METRICS
from boussole.audits.drift.distances import METRICS as WINDOW_METRICS
from boussole.audits.drift.meaning import METRICS as MEANING_METRICS
from boussole.audits.drift.measures import METRICS as DRIFT_METRICS
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.metrics.accounts import METRICS as ACCOUNT_METRICS
from boussole.audits.metrics.adjusted import METRICS as ADJUSTED_METRICS
from boussole.audits.metrics.before_after import METRICS as BEFORE_AFTER_METRICS
from boussole.audits.metrics.calibration import METRICS as CALIBRATION_METRICS
from boussole.audits.metrics.calls import METRICS as CALL_METRICS
from boussole.audits.metrics.cases import METRICS as USE_METRICS
from boussole.audits.metrics.components import METRICS as COMPONENT_METRICS
from boussole.audits.metrics.corrections import METRICS as CORRECTION_METRICS
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.discrimination import METRICS as DISCRIMINATION_METRICS
from boussole.audits.metrics.errors import METRICS as ERROR_METRICS
from boussole.audits.metrics.estimated import METRICS as ESTIMATED_METRICS
from boussole.audits.metrics.footprint import METRICS as FOOTPRINT_METRICS
from boussole.audits.metrics.forgotten import METRICS as FORGOTTEN_METRICS
from boussole.audits.metrics.freedom import METRICS as FREEDOM_METRICS
from boussole.audits.metrics.human import METRICS as HUMAN_METRICS
from boussole.audits.metrics.inequality import METRICS as INEQUALITY_METRICS
from boussole.audits.metrics.marking import METRICS as MARKING_METRICS
from boussole.audits.metrics.missing import METRICS as MISSING_METRICS
from boussole.audits.metrics.notices import METRICS as NOTICE_METRICS
from boussole.audits.metrics.ranking import METRICS as RANKING_METRICS
from boussole.audits.metrics.replies import METRICS as REPLY_METRICS
from boussole.audits.metrics.reworked import METRICS as REWORKED_METRICS
from boussole.audits.metrics.scored import METRICS as SCORING_METRICS
from boussole.audits.metrics.search_controls import METRICS as CONTROL_METRICS
from boussole.audits.metrics.selection import METRICS as SELECTION_METRICS
from boussole.audits.metrics.stages import METRICS as STAGE_METRICS
from boussole.audits.metrics.texts import METRICS as TEXT_METRICS
from boussole.audits.metrics.through import METRICS as THROUGH_METRICS


class MetricError(BoussoleError):
    """A metric that is not known, or known twice."""


class Registry:
    """Metrics by name, in the order of registration."""

    def __init__(self, metrics: Iterable[Metric] = ()) -> None:
        self._metrics: dict[str, Metric] = {}
        for metric in metrics:
            self.register(metric)

    def register(self, metric: Metric) -> None:
        """Add a metric. Raises MetricError if the name is taken."""
        if metric.name in self._metrics:
            raise MetricError(f"metric '{metric.name}' is registered twice.", next_step="Give one another name.")
        self._metrics[metric.name] = metric

    def metric(self, name: str) -> Metric:
        """Return the metric of that name. Raises MetricError that names the nearest."""
        if name not in self._metrics:
            raise MetricError(f"metric '{name}' is unknown.", next_step=nearest(name, self._metrics))
        return self._metrics[name]

    def all(self) -> tuple[Metric, ...]:
        """Every metric, in order of registration."""
        return tuple(self._metrics.values())


REGISTRY = Registry(
    (
        *SELECTION_METRICS,
        *ADJUSTED_METRICS,
        *STAGE_METRICS,
        *THROUGH_METRICS,
        *SCORING_METRICS,
        *ERROR_METRICS,
        *INEQUALITY_METRICS,
        *MISSING_METRICS,
        *RANKING_METRICS,
        *FORGOTTEN_METRICS,
        *DISCRIMINATION_METRICS,
        *CALIBRATION_METRICS,
        *ESTIMATED_METRICS,
        *DRIFT_METRICS,
        *WINDOW_METRICS,
        *BY_GROUP_METRICS,
        *MEANING_METRICS,
        *FREEDOM_METRICS,
        *HUMAN_METRICS,
        *BEFORE_AFTER_METRICS,
        *REPLY_METRICS,
        *USE_METRICS,
        *NOTICE_METRICS,
        *ACCOUNT_METRICS,
        *TEXT_METRICS,
        *MARKING_METRICS,
        *REWORKED_METRICS,
        *CALL_METRICS,
        *COMPONENT_METRICS,
        *FOOTPRINT_METRICS,
        *CORRECTION_METRICS,
        *CONTROL_METRICS,
    )
)
