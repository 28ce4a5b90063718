"""What commands of committees and records share: their options, who acts for which committee, what they look up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.cli.console import put, say, workspace_of

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace
    from boussole.charter.committee.acting import Who
    from boussole.charter.committee.state import CommitteeState
    from boussole.charter.record_types.acts import Act
    from boussole.charter.records import SealedStatement


# What the commands of `boussole committee` share: their options, and who acts for which committee.


MINUTE = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
DAY = ["%Y-%m-%d"]

Committee = Annotated[str, typer.Option("--committee", help="The id of the committee.")]
Role = Annotated[str, typer.Option(help="Who records it: a role, never a name.")]
On = Annotated[dt.datetime | None, typer.Option(formats=DAY, help="The day it took place; today if absent.")]
Text = Annotated[str, typer.Option(help="In words.")]
MemberOption = Annotated[str, typer.Option("--member", help="The member's number or name.")]
SessionEntry = Annotated[int, typer.Argument(min=0, help="The entry of the session's first convocation.")]
EXTERNAL, SECRETARIAT = "external", "Secretariat"


@dataclass(frozen=True)
class CommandDesk:
    """Who acts, for which committee."""

    workspace: Workspace
    name: str
    who: Who

    @property
    def house(self) -> CommitteeState:
        from boussole.charter.committee.acting import committee_state

        return committee_state(self.workspace, self.name)

    def member(self, word: str) -> str:
        """A member's number, from number or name."""
        from boussole.charter.committee.people.directory import number_of
        from boussole.charter.record_types.acts import Mandate

        known = list(dict.fromkeys(act.member for _, act in self.house.standing(Mandate)))
        return number_of(self.workspace, word, known=known)

    def names(self) -> dict[str, str]:
        from boussole.charter.committee.people.directory import directory

        return {member: each.name for member, each in directory(self.workspace).items()}

    def now(self, at: dt.datetime | None) -> dt.datetime:
        """A moment in the committee's time."""
        from boussole.charter.committee.acting import here_and_now

        return at or here_and_now(self.house.rules)

    def sealed(self, kind: type[Act], fields: dict[str, Any], *, each: str) -> list[SealedStatement]:
        """Seal an act of what was typed, or one for each value of a field."""
        from boussole.charter.committee.acts.meeting import act

        anew = fields.pop("anew", False)
        said = {name: value for name, value in fields.items() if name not in ("committee", "role", "on", "by")}
        return act(self.workspace, self.name, kind, said, who=self.who, each=each, anew=anew)

    def told(self, sealed: SealedStatement) -> None:
        """Say where an act is sealed: the entry alone goes to stdout, for the next command."""
        say(f"Sealed: {sealed.statement.kind}, entry:")
        put(sealed.entry)


def desk(context: typer.Context, name: str, role: str, on: dt.datetime | None, *, by: str | None = None) -> CommandDesk:
    """Who acts: a role, on a day; `by` is a member, where one acts."""
    from boussole.charter.committee.acting import Who, here_and_now
    from boussole.charter.committee.rules import committee

    workspace = workspace_of(context)
    day = on.date() if on else here_and_now(committee(workspace, name)).date()
    made_for = CommandDesk(workspace, name, Who(role=role, on=day))
    if by is None:
        return made_for
    return CommandDesk(workspace, name, Who(role=role, on=day, by=made_for.member(by)))


def made(kind: type[Any], /, **fields: Any) -> Any:
    """A model from fields. Raises BoussoleError that names what is wrong."""
    from pydantic import ValidationError

    from boussole.audits.systems.loading import explain

    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise BoussoleError(explain(error, kind), next_step="Nothing was recorded. Mend it and try again.") from error


def yaml_of(path: Path) -> Any:
    """What a YAML file holds. Raises BoussoleError where it cannot be read."""
    import yaml

    from boussole.audits.regular import read_text
    from boussole.audits.yaml_files import parse

    try:
        return parse(read_text(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BoussoleError(
            f"the file cannot be read: {error}.", where=str(path), next_step="Give a YAML file in UTF-8."
        ) from error


# What commands that make records look up: articles of the charter in force.


def articles_of(workspace: Workspace, names: list[str]) -> list[str]:
    from boussole.charter.judging.families import charter_to_answer

    known = [article.id for article in charter_to_answer(workspace).articles]
    for name in names:
        if name not in known:
            raise BoussoleError(f"the charter has no article '{name}'. {nearest(name, known)}")
    return names
