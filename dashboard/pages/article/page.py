"""The page of one article: its promise, how it stands, month by month, question by question, and what it rests on."""

from __future__ import annotations

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html, details
from boussole.dashboard.markup.words.addresses import compass_href, evidence_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.article import article_html
from boussole.dashboard.pages.article.along import article_page, figures
from boussole.dashboard.pages.article.view import ArticleQuery
from boussole.dashboard.views.parts import context, lists, notices
from boussole.dashboard.views.parts.taking_html import along


def show(chosen: ArticleQuery, say: Say) -> None:
    """An article, one of its questions with every answer, or the list of the articles there are."""
    query = context.kept_query()
    home = compass_href(query=query)
    page = article_page(Workspace.find(), chosen, say.lang)
    if page is None:
        found = lists.articles(context.scene(), say, query=query)
        st.html(lists.articles_html(found, say, asked=chosen.article))
        return
    if page.one is not None:
        st.html(article_html.one_question(page, page.one, say, home=home, ask=context.asking()))
        return
    context.put(
        article_html.head(page, say, home=home),
        context.open_incidents(say, article=chosen.article),
        article_html.trend(page.trend, say, along=along("article", figures, say)),
        article_html.questions(page, say, ask=context.asking()),
        context.opinions(say, article=chosen.article),
        folded(say("Findings of authorities and recommendations"), article_html.outside(page, say)),
        folded(say("Which law it answers to"), article_html.law(page.law, say)),
        folded(
            say("What its answers rest on"),
            article_html.sealed(page.entries, say, evidence=evidence_href(query=query)),
        ),
    )


def folded(name: str, part: Html) -> Html:
    """A part of the page that opens on request."""
    return details(name, part, class_="further")


speaks = context.speaks()
try:
    show(ArticleQuery.of(st.query_params.to_dict()), speaks)
except BoussoleError as error:
    st.html(notices.problem(error.what, error.next_step, speaks))
