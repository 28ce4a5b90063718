"""One change between two charters, with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from boussole.audits.systems.kinds import Texts
from boussole.charter.amending.diff_words import ChangeValues, told
from boussole.charter.text.model import Article, Indicator

Effect = Literal["tighter", "looser", "neutral", "unclear"]


@dataclass(frozen=True, kw_only=True)
class CharterChange:
    """One thing that differs. `effect` says whether the promise is harder to keep than before.

    `unclear`: more can be broken or less, which only a replay over measures can show.
    """

    kind: str
    effect: Effect
    sentence: Mapping[str, str]
    article: str | None = None
    indicator: str | None = None
    field: str | None = None
    before: Any = None
    after: Any = None

    def document(self) -> dict[str, Any]:
        """The change as JSON."""
        return asdict(self)


def change(
    kind: str,
    effect: Effect,
    *,
    article: Article | None = None,
    of: Indicator | None = None,
    field: str | None = None,
    before: Any = None,
    after: Any = None,
    scale: str | None = None,
    title: Texts | None = None,
) -> CharterChange:
    values = ChangeValues(
        article=article, indicator=of, field=field, before=before, after=after, scale=scale, title=title
    )
    return CharterChange(
        kind=kind,
        effect=effect,
        sentence=told(kind, effect, values),
        article=article.id if article else None,
        indicator=of.id if of else None,
        field=field,
        before=values.plain(before),
        after=values.plain(after),
    )
