"""The demo: an invented MatchFT with planted biases, logged to MLflow the way a data scientist would."""

from boussole.experiments.demo.build import FACTS, build

__all__ = ["FACTS", "build"]
