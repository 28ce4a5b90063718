"""Local mode: without sign-in, the dashboard answers only this machine, asked by its own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ADDRESS = "127.0.0.1"
_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def refusal(headers: Iterable[tuple[str, str]]) -> str | None:
    """Why a request is refused, or None: it was forwarded, or asks for (or comes from) another host.

    A page of another site could otherwise have its name point here (DNS rebinding).

    >>> refusal([("Host", "localhost:8501")]), refusal([("Host", "evil.example")])
    (None, 'host')
    >>> refusal([("Host", "127.0.0.1:8501"), ("X-Forwarded-For", "10.0.0.7")])
    'forwarded'
    """
    given: Mapping[str, str] = {name.lower(): value for name, value in headers}
    if any(name in given for name in _FORWARDED):
        return "forwarded"
    if host_name(given.get("host", "")) not in _NAMES:
        return "host"
    return "host" if "origin" in given and not _own(given["origin"], given["host"], _NAMES) else None


def foreign(
    headers: Iterable[tuple[str, str]], names: frozenset[str], *, origin_needed: bool, scheme: str = "https"
) -> bool:
    """Whether a request asks for another host than ours, or comes from a page of another; forms must say whence.

    `scheme` is ours: a page that came in clear can be anybody's.

    >>> ours = frozenset({"boussole.example"})
    >>> foreign([("Host", "boussole.example")], ours, origin_needed=False)
    False
    >>> foreign([("Host", "boussole.example"), ("Origin", "https://evil.example")], ours, origin_needed=True)
    True
    """
    given = {name.lower(): value for name, value in headers}
    host, origin = given.get("host", ""), given.get("origin")
    if host_name(host) not in names:
        return True
    if origin is None:
        return origin_needed
    return not _own(origin, host, names) or not origin.startswith(f"{scheme}://")


def _own(origin: str, host: str, names: frozenset[str]) -> bool:
    """Whether a page is of this very server: another port is somebody else, though browsers send it our cookies."""
    place = origin.partition("://")[2]
    name, asked = host_name(place), host_name(host)
    return name in names and place[len(name) :] == host[len(asked) :]


def host_name(value: str) -> str:
    """The name without its port."""
    name, _, port = value.rpartition(":")
    return (name if port.isdigit() else value).lower()
