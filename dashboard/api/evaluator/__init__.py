"""The MLflow evaluator `boussole`: `mlflow.models.evaluate(…, evaluators="boussole")` audits what a model decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlflow.models.evaluation.base import EvaluationResult, ModelEvaluator

if TYPE_CHECKING:
    from mlflow.data.evaluation_dataset import EvaluationDataset

MODEL_TYPE = "boussole"


class BoussoleEvaluator(ModelEvaluator):
    """Audits the decisions of a data set by a system file and a charter, and logs the result to the run.

    `evaluator_config`: `system` (the path of a system file, or an id in a workspace), and, when needed, `workspace`,
    `predictions` (`decision` or `score`), `threshold`, `columns`, `as_of`, `language`, `log_decisions`: docs/ci.md.
    """

    @classmethod
    def can_evaluate(cls, *, model_type: str | None, evaluator_config: dict[str, Any] | None, **_: Any) -> bool:
        """Where the configuration names a system; with `model_type="boussole"` always, so that a slip is told."""
        return model_type == MODEL_TYPE or "system" in (evaluator_config or {})

    def evaluate(
        self,
        *,
        model_type: str | None,  # noqa: ARG002 (the signature of MLflow)
        dataset: EvaluationDataset,
        run_id: str,
        evaluator_config: dict[str, Any] | None,
        model: Any = None,
        extra_metrics: Any = None,  # noqa: ARG002
        custom_artifacts: Any = None,  # noqa: ARG002
        predictions: str | None = None,
        **_: Any,
    ) -> EvaluationResult:
        """Measures, judges, logs. Raises BoussoleError for rows or settings that cannot be used."""
        from boussole.charter.auditing.audit import audit_files
        from boussole.charter.records.in_force import in_force
        from boussole.dashboard.api.evaluator.logging import log_audit
        from boussole.dashboard.api.evaluator.rows import decisions_of, packed, read_config

        config = read_config(evaluator_config or {})
        frame, system = decisions_of(dataset, model, config, output=predictions)
        document, reports = audit_files(
            system, lambda folder: [packed(frame, folder)], parent=config.workspace, as_of=config.as_of
        )
        if config.log_decisions:
            from boussole.experiments.logging import log_decisions

            log_decisions(frame, system=system.id, run_id=run_id)
        charter = in_force(config.workspace).charter
        metrics, artifacts = log_audit(
            run_id, document, reports, system=system, charter=charter, language=config.language
        )
        return EvaluationResult(metrics=metrics, artifacts=artifacts, run_id=run_id)  # type: ignore[no-untyped-call]
