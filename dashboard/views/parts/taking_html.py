"""The fold under a figure, by its names of before: until no page asks for it here."""

from boussole.dashboard.views.parts.taking import Along, along, fold, nothing

__all__ = ["Along", "along", "fold", "nothing"]
