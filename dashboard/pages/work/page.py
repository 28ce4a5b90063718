"""The page of effects on work: what agents answer, whether they were trained, what time was saved, where it went."""

from __future__ import annotations

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.incidents_and_work import work_page
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.records.entering import offered
from boussole.dashboard.views.records.setting import Setting


def show(say: Say) -> None:
    """The page, with the forms that the reader's role may fill in."""
    seen, query = context.scene(), context.kept_query()
    page = work_page(seen, say, query=query)
    forms = offered("work", Setting(person=here(), say=say, scene=seen))
    made = Template("pages/work/work.html", say)
    context.put(
        made("head", page),
        context.just_done(context.stated_entries(), say),
        made("surveys", page),
        *(made("listed", each) for each in page.lists),
        PageForms(query=query, problem=context.problem()).recording(forms, say),
    )


context.draw(show)
