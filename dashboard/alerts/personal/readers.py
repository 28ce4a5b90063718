"""Who can be written to: members who sit today, by the contact kept of them, and secretaries, by the settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.people.members import sitting_on
from boussole.dashboard.alerts.channels import Channel, known_channels
from boussole.dashboard.server.access.identity import reader_of
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.concern import Whose

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", re.ASCII)
"""What is an address and nothing else: no name, no comma, no line that could begin another header."""
Reach = Literal["off", "nowhere", "reached"]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who can be written to."""

    whose: Whose
    address: str


def channel_of(workspace: Workspace) -> Channel | None:
    """The channel whose mail server brings letters; None where the settings name none."""
    name = workspace.settings.alerts.members
    return known_channels(workspace)[name] if name else None


def readers(workspace: Workspace, chambers: Mapping[str, Chamber]) -> list[Reader]:
    """Everybody who can be written to, each once. An address that several members share is nobody's.

    A member who is a secretary too gets one letter, as a member.
    """
    addresses = {member: known for member, each in directory(workspace).items() if (known := address_in(each.contact))}
    shared = Counter(each.casefold() for each in addresses.values())
    sitting = {member for each in chambers.values() for member in sitting_on(each.house, each.now.date())}
    secretaries = _secretaries(workspace, chambers)
    found = []
    for member, address in addresses.items():
        if member in sitting and shared[address.casefold()] == 1:
            of = secretaries.pop(address.casefold(), frozenset())
            found.append(Reader(whose=Whose(name=member, member=member, secretary_of=of), address=address))
    found += [
        Reader(whose=Whose(name=reader_of(address), secretary_of=of), address=address)
        for address, of in secretaries.items()
        if shared[address] <= 1
    ]
    return found


def address_in(contact: str) -> str:
    """The address of a contact; empty where it is none, or more than that.

    >>> address_in(" ada@example.org "), address_in("ada@example.org\\r\\nBcc: eve@example.org"), address_in("01 23")
    ('ada@example.org', '', '')
    """
    found = contact.strip()
    return found if len(found) <= 254 and ADDRESS.fullmatch(found) else ""


def reach(workspace: Workspace, somebody: Whose, chambers: Mapping[str, Chamber]) -> Reach:
    """Whether letters can come to somebody: there is a server, and an address that is theirs alone."""
    if channel_of(workspace) is None:
        return "off"
    return "reached" if somebody.name in {each.whose.name for each in readers(workspace, chambers)} else "nowhere"


def _secretaries(workspace: Workspace, chambers: Mapping[str, Chamber]) -> dict[str, frozenset[str]]:
    """By address: the committees beside which the settings name it."""
    found: dict[str, set[str]] = {}
    for committee, named in workspace.settings.access.secretaries.items():
        for each in named if committee in chambers else ():
            if address := address_in(str(each)):
                found.setdefault(address.casefold(), set()).add(committee)
    return {address: frozenset(of) for address, of in found.items()}
