"""The MLflow evaluator `boussole`: `mlflow.models.evaluate(…, evaluators="boussole")` audits what a model decides."""

from boussole.dashboard.api.evaluator.plugin import BoussoleEvaluator

__all__ = ["BoussoleEvaluator"]
