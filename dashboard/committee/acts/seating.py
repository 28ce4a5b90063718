"""Who sits: mandates and their ends, offices, declared interests; and what is put to the committee."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.systems.kinds import Identifier
from boussole.charter.committee.directory import name_member, new_number
from boussole.charter.committee.matters import matters
from boussole.charter.committee.members import Sitting, sitting_on, sittings
from boussole.charter.records import Sealed
from boussole.charter.records.acts import Interest, Mandate, MandateEnd, Office, Referral, RulesInForce
from boussole.dashboard.access.person import Person
from boussole.dashboard.committee.acts.doing import Choices, me
from boussole.dashboard.committee.acts.house_doing import HouseDoing, sealed
from boussole.dashboard.committee.chamber import Chamber
from boussole.dashboard.committee.words import OFFICES, office_word
from boussole.dashboard.forms.model import Field
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.words import Say


def _members(chamber: Chamber, say: Say) -> Choices:
    known = sitting_on(chamber.house, chamber.now.date())
    return sorted(((each, chamber.name(each, say)) for each in known), key=lambda pair: pair[1].casefold())


def _mandates(chamber: Chamber, say: Say) -> Choices:
    """The mandates that run or are to come, by their entries."""
    today = chamber.now.date()
    running = [each for each in sittings(chamber.house) if each.last_day is None or each.last_day >= today]
    return [(str(each.entry), _mandate(chamber, each, say)) for each in running]


def _mandate(chamber: Chamber, each: Sitting, say: Say) -> str:
    name, college = chamber.name(each.member, say), chamber.college(each.college, say)
    if each.last_day is None:
        return f"{name} ({college})"
    return say("{name}, until {date}", name=f"{name} ({college})", date=say.date(each.last_day))


def _systems(chamber: Chamber, say: Say) -> Choices:
    return [(name, chamber.system(name, say)) for name in chamber.systems]


def _system(chamber: Chamber, say: Say) -> list[Field]:
    """The system that something is about, where there are any."""
    choices = _systems(chamber, say)
    return (
        [Field(name="system", label=say("System"), kind="choice", choices=choices, required=False)] if choices else []
    )


def _of_system(chamber: Chamber, values: Values) -> str | None:
    return values.maybe("system") if chamber.systems else None


def _seating(chamber: Chamber, _: Person, say: Say) -> Sequence[Field]:
    """A new member has a number drawn when the form is shown: sent twice, they are seated once."""
    known = dict.fromkeys(each.member for each in sittings(chamber.house))
    again: Choices = [(member, chamber.name(member, say)) for member in known]
    colleges: Choices = [(each.id, say.text(each.title)) for each in chamber.house.rules.colleges]
    mandates, today = _mandates(chamber, say), chamber.now.date().isoformat()
    return [
        Field(name="number", label="", kind="hidden", value=new_number()),
        Field(
            name="name",
            label=say("Name of the new member"),
            required=False,
            longest=200,
            note=say("It is kept beside the ledger, where it can be corrected and erased."),
        ),
        *(
            [
                Field(
                    name="again",
                    label=say("Or somebody who has sat on it before"),
                    kind="choice",
                    choices=again,
                    required=False,
                )
            ]
            if again
            else []
        ),
        Field(name="college", label=say("College"), kind="choice", choices=colleges),
        Field(name="start", label=say("First day"), kind="date", value=today),
        Field(name="end", label=say("Last day"), kind="date", required=False),
        *(
            [
                Field(
                    name="replaces",
                    label=say("Whom they replace: that mandate ends the day before"),
                    kind="choice",
                    choices=mandates,
                    required=False,
                )
            ]
            if mandates
            else []
        ),
    ]


def _seat(desk: Desk, chamber: Chamber, values: Values) -> Sealed:
    known = bool(sittings(chamber.house))
    member, name = values.maybe("again") if known else None, values.text("name")
    if (member is None) == (not name):
        raise UnfitError(desk.say("Give the name of a new member, or choose one who has sat before."), "name")
    replaces = values.maybe("replaces") if _mandates(chamber, desk.say) else None
    done = sealed(
        desk,
        chamber,
        values,
        Mandate,
        member=member or values.text("number"),
        college=values.text("college"),
        start=values.day("start"),
        end=values.maybe_day("end"),
        replaces=int(replaces) if replaces else None,
    )
    if name:
        name_member(desk.workspace, values.text("number"), name=name)
    return done


def _ending(chamber: Chamber, _: Person, say: Say) -> Sequence[Field]:
    choices = _mandates(chamber, say)
    return [
        Field(name="of", label=say("Whose mandate ends"), kind="choice", choices=choices),
        Field(name="last_day", label=say("Last day"), kind="date"),
    ]


def _end(desk: Desk, chamber: Chamber, values: Values) -> Sealed:
    return sealed(desk, chamber, values, MandateEnd, of=int(values.text("of")), last_day=values.day("last_day"))


def _naming(chamber: Chamber, _: Person, say: Say) -> Sequence[Field]:
    offices: Choices = [(office, office_word(office, say)) for office in OFFICES]
    return [
        Field(name="member", label=say("Member"), kind="choice", choices=_members(chamber, say)),
        Field(name="office", label=say("Office"), kind="radio", choices=offices),
        Field(name="start", label=say("First day"), kind="date", value=chamber.now.date().isoformat()),
    ]


def _name(desk: Desk, chamber: Chamber, values: Values) -> Sealed:
    said = {"member": values.text("member"), "office": values.text("office"), "start": values.day("start")}
    return sealed(desk, chamber, values, Office, **said)


def _declaring(chamber: Chamber, _: Person, say: Say) -> Sequence[Field]:
    about: Choices = [(str(each.entry), each.referral.subject) for each in matters(chamber.house)]
    systems = _systems(chamber, say)
    fields = []
    if systems:
        fields.append(Field(name="systems", label=say("Systems"), kind="choices", choices=systems, required=False))
    if about:
        fields.append(Field(name="matter", label=say("Matter"), kind="choice", choices=about, required=False))
    tie = say("What ties you to it, without naming anybody")
    return [
        *fields,
        Field(name="until", label=say("Last day"), kind="date", required=False),
        Field(name="text", label=tie, kind="prose", rows=2, required=False),
    ]


def _declare(desk: Desk, chamber: Chamber, values: Values) -> Sealed:
    systems: list[Identifier] = values.chosen("systems") if chamber.systems else []
    matter = values.maybe("matter") if matters(chamber.house) else None
    if not systems and matter is None:
        raise UnfitError(desk.say("Say in what: a system or a matter."))
    return sealed(
        desk,
        chamber,
        values,
        Interest,
        member=me(desk),
        systems=systems,
        of=int(matter) if matter else None,
        until=values.maybe_day("until"),
        text=values.text("text"),
    )


def _matter_fields(chamber: Chamber, say: Say) -> list[Field]:
    return [
        Field(name="subject", label=say("What it is about, in a few words")),
        *_system(chamber, say),
        Field(name="due_on", label=say("By when an opinion is asked for"), kind="date", required=False),
        Field(name="text", label=say("What is asked"), kind="prose", required=False),
    ]


def _referring(chamber: Chamber, _: Person, say: Say) -> Sequence[Field]:
    origins: Choices = [("organisation", say("the organisation")), ("authority", say("an outside authority"))]
    return [
        Field(name="origin", label=say("Who asks?"), kind="radio", choices=origins),
        Field(name="sender", label=say("In whose name: a role, not a person")),
        *_matter_fields(chamber, say),
    ]


def _refer(desk: Desk, chamber: Chamber, values: Values) -> Sealed:
    return _referred(desk, chamber, values, origin=values.text("origin"), sender=values.text("sender"))


def _asking_ourselves(chamber: Chamber, who: Person, say: Say) -> Sequence[Field]:
    others = [each for each in _members(chamber, say) if each[0] != who.member]
    with_ = Field(
        name="supporters", label=say("Members who ask with you"), kind="choices", choices=others, required=False
    )
    return [*_matter_fields(chamber, say), with_]


def _refer_ourselves(desk: Desk, chamber: Chamber, values: Values) -> Sealed:
    supporters = [me(desk), *values.chosen("supporters")]
    title = desk.say("Members of the committee")
    return _referred(desk, chamber, values, origin="self", sender=title, supporters=supporters)


def _referred(desk: Desk, chamber: Chamber, values: Values, **said: object) -> Sealed:
    about = {"subject": values.text("subject"), "text": values.text("text"), "due_on": values.maybe_day("due_on")}
    return sealed(desk, chamber, values, Referral, system=_of_system(chamber, values), **about, **said)


def adoptable(chamber: Chamber) -> bool:
    """Whether its file states rules that are not in force."""
    adopted = chamber.house.adopted
    return adopted is None or adopted.rules != chamber.house.text


def _adopt(desk: Desk, chamber: Chamber, values: Values) -> Sealed:
    said = {"act": "adopted", "rules": chamber.house.text, "text": values.text("text")}
    return sealed(desk, chamber, values, RulesInForce, **said)


ADOPT = HouseDoing(
    name="adopt",
    title=lambda say: say("Record that the committee adopted its rules"),
    send=lambda say: say("Put these rules in force"),
    ask=lambda _chamber, _me, say: [
        Field(name="text", label=say("When and how it adopted them"), kind="prose", rows=2, required=False)
    ],
    act=_adopt,
    note=lambda _, say: say(
        "They are those of its file, as they stand now. From then on, changing the file changes nothing until others "
        "are adopted."
    ),
)
SEAT = HouseDoing(
    name="seat",
    title=lambda say: say("Give somebody a mandate"),
    send=lambda say: say("Give the mandate"),
    ask=_seating,
    act=_seat,
)
END = HouseDoing(
    name="end-mandate",
    title=lambda say: say("End a mandate before its day"),
    send=lambda say: say("End the mandate"),
    ask=_ending,
    act=_end,
)
OFFICE = HouseDoing(
    name="office",
    title=lambda say: say("Name the chair or the deputy"),
    send=lambda say: say("Name them"),
    ask=_naming,
    act=_name,
)
INTEREST = HouseDoing(
    name="interest",
    title=lambda say: say("Declare an interest"),
    send=lambda say: say("Declare it"),
    ask=_declaring,
    act=_declare,
    note=lambda _, say: say("You then stand aside by yourself wherever it is dealt with."),
)
REFER = HouseDoing(
    name="refer",
    title=lambda say: say("Put a matter to the committee"),
    send=lambda say: say("Put it to the committee"),
    ask=_referring,
    act=_refer,
)
OURSELVES = HouseDoing(
    name="refer-ourselves",
    title=lambda say: say("Take up a matter ourselves"),
    send=lambda say: say("Take it up"),
    ask=_asking_ourselves,
    act=_refer_ourselves,
)
DOINGS = (ADOPT, SEAT, END, OFFICE, INTEREST, REFER, OURSELVES)
