"""What a system file says of texts: which are job adverts, which go outside, and what they must not contain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from boussole.audits.entities import Entity
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Strict

DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
LONGEST = 5_000
"""Characters of texts whose distance is still counted: it takes as many steps as one times the other."""
NUMBERS: tuple[Entity, ...] = ("NIR", "IBAN")
"""Kinds of personal data of which one that goes outside is too many; others are data of everyday letters."""
PARTS = ("adverts", "drafts", "unread_adverts", "outside", "personal", "unread")
ADVERTS, DRAFTS, UNREAD_ADVERTS, OUTSIDE, PERSONAL, UNREAD = PARTS
"""What is counted of texts: adverts that went out, and drafts of adverts, in which a prohibited criterion was found;
all adverts, those that could not be read; texts that went outside, with a number that names somebody; texts that were
read, with personal data; all texts, those that could not be read. All carry what texts are held to
(`HeldTexts.part`)."""
UNMARKED, UNTOLD_MARKS = "unmarked", "untold_marks"
"""What is counted of marks: texts in scope that went out and of which the mark is told, without one that was approved;
all that may be in scope and have gone out, those of which nobody can tell. Both carry what marks are held to
(`HeldTexts.mark_part`)."""
TEXTS = "texts"
"""All texts, whatever they are held to."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Mark(Strict):
    """A mark that says of a text that a machine wrote it, and when somebody approved it."""

    approved_on: dt.date = Field(description="When this mark was approved")
    document: Name | None = Field(None, description="Where that can be read: a number, a title")


class Marking(Strict):
    """Which texts must bear a mark that says that a machine wrote them, and which marks were approved."""

    marks: dict[Name, Mark] = Field(
        min_length=1, description="Values of `marked` that are an approved mark; in any case. Any other is none"
    )
    tasks: list[Name] = Field([], description="The uses, as `use` names them, that must be marked; in any case")
    recipients: list[Name] = Field(
        [], description="The recipients, as `recipient` names them, to whom texts must be marked; in any case"
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(plain(list(self.marks))) < len(self.marks):
            raise ValueError("`marks` names the same mark twice, in other letters: take one out")
        return self


class HeldTexts(Strict):
    """What texts are held to: adverts by their use, what left the establishment, kinds of personal data."""

    adverts: list[Name] = Field([], description="The uses, as `use` names them, of job adverts; in any case")
    as_written: list[Name] = Field(
        ["kept", "gardé"],
        min_length=1,
        description="Values of `outcome` of a text that went out as it was written; in any case",
    )
    edited: list[Name] = Field(
        ["edited", "modifié"],
        min_length=1,
        description="Values of `outcome` of a text that went out edited; in any case",
    )
    outside: list[Name] = Field(
        [], description="The recipients, as `recipient` names them, outside the establishment; in any case"
    )
    personal: list[Entity] = Field([], description="The kinds of personal data that have no place in its texts")
    kept: bool = Field(
        True, description="Whether texts are stored, encrypted, until their row is purged; false: they never are"
    )
    retain_days: int | None = Field(
        None,
        ge=1,
        description="Days after which a text is not stored any more: `boussole purge` removes it, what was found in it "
        "stays; empty: until its row is purged",
    )
    marking: Marking | None = Field(None, description="Which texts must say that a machine wrote them, and how")

    @model_validator(mode="after")
    def _stored_for_a_time(self) -> Self:
        if self.retain_days is not None and not self.kept:
            raise ValueError("`kept: false` stores no text, so that `retain_days` removes none: take one of them out")
        return self

    def part(self, name: str) -> str:
        """Return the name of a part, with a hash of what texts are held to, which tells declarations apart."""
        said = (self.adverts, self.as_written, self.edited, self.outside, self.personal)
        return f"{name} {sha256_hex(canonical_json([plain(each) for each in said]))[:DIGITS]}"

    def mark_part(self, name: str) -> str:
        """Return the same for what marks are held to."""
        held = self.marking
        marks = (
            sorted([mark.strip().lower(), str(told.approved_on)] for mark, told in held.marks.items()) if held else []
        )
        lists = (held.tasks, held.recipients, self.as_written, self.edited) if held else ()
        said = [marks, *(plain(each) for each in lists)]
        return f"{name} {sha256_hex(canonical_json(said))[:DIGITS]}"

    def found(self, texts: Mapping[str, str], read: Mapping[str, str]) -> dict[str, str]:
        """SQL of what texts hold, by column of the lake: from the texts in clear by role, and columns that are read."""
        made = {}
        for role in [role for role in ("output", "sent") if role in texts]:
            if self.adverts and "use" in read:
                advert = f"lower(trim({read['use']})) IN ({listed(self.adverts)})"
                made[f"wording_{role}"] = f"CASE WHEN {advert} THEN wording_found({texts[role]}) END"
            if self.personal:
                made[f"personal_{role}"] = f"personal_found({texts[role]}, '{' '.join(sorted(self.personal))}')"
        return made


def distance(texts: Mapping[str, str], read: Mapping[str, str]) -> str | None:
    """SQL of how many characters an agent changed: as told, else counted where both texts are there and short."""
    told = read.get("edit_distance")
    if not {"output", "sent"} <= set(texts):
        return told
    one, other = texts["output"], texts["sent"]
    short = f"length({one}) <= {LONGEST} AND length({other}) <= {LONGEST}"
    counted = f"CASE WHEN {short} THEN levenshtein({one}, {other}) END"
    return f"coalesce({told}, {counted})" if told else counted


def shown(texts: Mapping[str, str], read: Mapping[str, str]) -> str | None:
    """SQL of how many words were shown: as told, else counted where the text is there."""
    told, counted = read.get("words"), None
    if "output" in texts:
        counted = f"len(regexp_extract_all({texts['output']}, '\\S+'))"
    return f"coalesce({told}, {counted})" if told and counted else told or counted


def plain(names: Sequence[str]) -> list[str]:
    """Names as they are held to one another: in any case, each once, in order."""
    return sorted({name.strip().lower() for name in names})


def listed(names: Sequence[str]) -> str:
    """SQL of the same, with a comma between."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in plain(names))
