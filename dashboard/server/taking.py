"""Where the figures of every page are taken along."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.dashboard.pages.answer import along as answer
from boussole.dashboard.pages.article import along as article
from boussole.dashboard.pages.compass import compass_html as compass
from boussole.dashboard.pages.data import data_html as data
from boussole.dashboard.pages.drift import along as drift
from boussole.dashboard.pages.fairness import fairness_html as fairness
from boussole.dashboard.pages.register import register_html as register
from boussole.dashboard.pages.system import along as system
from boussole.dashboard.pages.work import work_html as work
from boussole.dashboard.views.parts.taking import Figures
from boussole.dashboard.views.parts.taking_files import figure_routes

FIGURES: dict[str, Figures] = {
    "answer": answer.figures,
    "article": article.figures,
    "compass": compass.figures,
    "data": data.figures,
    "drift": drift.figures,
    "fairness": fairness.figures,
    "register": register.figures,
    "system": system.figures,
    "work": work.figures,
}
"""What each page gives, by the name of its folder: those that `access.people.routes` says have figures."""


def taking_routes(home: Path) -> list[Route]:
    """The address of the figures of each page."""
    return [route for page, figures in FIGURES.items() for route in figure_routes(home, page, figures)]
