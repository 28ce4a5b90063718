"""How people say what pages say otherwise: a text that holds the words of a page is found by these, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.dashboard.markup.glossary_book import plain_letters

SAID: Mapping[str, Sequence[tuple[str, str]]] = {
    "fr": (
        ("50 ans", "seniors aînés aînées personnes âgées vieux vieilles fin de carrière quinquagénaires"),
        ("55 ans", "seniors aînés aînées personnes âgées fin de carrière"),
        ("25 ans", "jeunes débutants"),
        ("sexe", "genre femmes hommes parité"),
        ("désaccord", "opinion divergente avis minoritaire contraire dissidence"),
        ("discrimination", "égalité inégalité injustice traitement inégal"),
        ("recours", "plainte réclamation contester se plaindre"),
        ("incident", "panne erreur problème bug"),
        ("avis", "position du comité"),
        ("dérive", "changement évolution a bougé"),
        ("quorum", "assez de membres présents"),
        ("charte", "engagements règles promesses"),
        ("réseau", "agences"),
        ("département", "territoire région quartier"),
        ("demandeurs d’emploi", "chômeurs chômeuses chômage"),
        ("se passer de", "refuser refus s’opposer"),
        ("boussole", "accueil première page"),
        ("glossaire", "aide vocabulaire définitions"),
    ),
    "en": (
        ("50 and over", "seniors older people elderly end of career"),
        ("55 and over", "seniors older people elderly"),
        ("under 25", "youth young people beginners"),
        ("sex", "gender women men parity"),
        ("dissent", "divergent opinion minority view disagreement"),
        ("discrimination", "equality inequality injustice unequal treatment"),
        ("appeal", "complaint complain contest"),
        ("incident", "outage error problem bug"),
        ("opinion", "position of the committee"),
        ("drift", "change moved"),
        ("quorum", "enough members present"),
        ("charter", "commitments rules promises"),
        ("district", "territory region neighbourhood"),
        ("job seekers", "unemployed unemployment"),
        ("do without", "refuse refusal object"),
        ("women", "woman"),
        ("compass", "home first page"),
        ("glossary", "help vocabulary definitions"),
    ),
}
"""By language: words of pages, and what people look for who mean them."""

_SMALL = """
a au aux avec ce ces d de des du en et l la le les leur n ou par pour que qui s sa se son sur un une
an and are as at by for from in is of on or the to with
"""
SMALL = frozenset(_SMALL.split())
"""Words that hold no meaning alone: whoever looks for others besides does not ask for these."""


def also_said(text: str, lang: str) -> str:
    """What else people call what a text speaks of.

    >>> also_said("Les 50 ans et plus", "fr").split()[0]
    'seniors'
    """
    plain = f" {plain_letters(text)} "
    return " ".join(words for held, words in SAID.get(lang, ()) if plain_letters(held) in plain)
