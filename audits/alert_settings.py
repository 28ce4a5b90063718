"""Where alerts go when a verdict or a drift status changes: `[alerts]` in `boussole.toml`."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from boussole.audits.access_settings import LOOPBACK
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.regular import read_text

Only = Literal["all", "worse"]
Digest = Literal["off", "daily", "weekly"]
Spoken = Literal["fr", "en"]

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
SCHEME = re.compile(r"[a-z][a-z0-9]*://\S+", re.IGNORECASE)


class AddressSettings(BaseModel):
    """Where alerts go: an address of Apprise, which is a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: SecretStr | None = Field(None, description="Address in the form of Apprise: `mailtos://…`, `jsons://…`")
    url_env: str | None = Field(None, description="Environment variable that holds that address")
    url_file: Path | None = Field(
        None, description="File that holds that address and nothing else; a relative path starts from the workspace"
    )

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        given = [name for name in ("url", "url_env", "url_file") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a channel has exactly one of url, url_env and url_file")
        if self.url is not None and not SCHEME.fullmatch(self.url.get_secret_value()):
            raise ValueError("the url has no form of Apprise: it starts as mailtos:// or jsons:// do")
        return self

    def address(self, home: Path, where: str) -> str:
        """Return the address itself, a secret. Raises BoussoleError where its variable or file does not hold one."""
        if self.url_env is not None:
            found, place = os.environ.get(self.url_env, ""), f"the environment variable {self.url_env}"
        elif self.url_file is not None:
            path = home / self.url_file
            try:
                found, place = read_text(path), f"the file {path}"
            except (OSError, UnicodeDecodeError) as error:
                raise BoussoleError(
                    f"the file of its address cannot be read ({type(error).__name__}).",
                    where=where,
                    next_step=f"Write the address of the channel to {path}.",
                ) from None
        else:
            assert self.url is not None  # noqa: S101 (the model has exactly one of the three)
            found, place = self.url.get_secret_value(), "url"
        if not SCHEME.fullmatch(found.strip()):
            raise BoussoleError(
                f"{place} holds no address of Apprise.",
                where=where,
                next_step="It starts as mailtos:// or jsons:// do.",
            )
        return found.strip()


class ChannelSettings(AddressSettings):
    """A channel: where it leads, and what is sent there."""

    languages: list[Spoken] | None = Field(
        None, min_length=1, description="Languages of the message, in this order; that of the workspace if absent"
    )
    only: Only = Field("all", description="`worse`: only what got worse, or is no longer known")
    digest: Digest = Field("off", description="`daily` or `weekly` (on Mondays): changes are gathered into one message")
    systems: list[str] = Field(default_factory=list, description="Ids of systems; all where none is named")


def known_zone(value: str) -> str:
    """The name of a time zone; ValueError for any other word, with the nearest."""
    if value not in _zones():
        raise ValueError(f"'{value}' is no time zone. {nearest(value, _zones()).partition(' Known')[0]}")
    return value


@cache
def _zones() -> frozenset[str]:
    """The zones of this machine, found once: that takes longer than all else that is asked of settings."""
    return frozenset(available_timezones() - {"localtime", "Factory"})  # which name no place


class AlertSettings(BaseModel):
    """The section `[alerts]`: the channels, and what their messages share."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    address: str = Field(
        "", description="Address of the dashboard, for links; that of `[access]` if absent; without one, no links"
    )
    digest_hour: int = Field(7, ge=0, le=23, description="Hour from which a digest is sent (`timezone`)")
    channels: dict[str, ChannelSettings] = Field(default_factory=dict, description="Channels, by a name of yours")

    @field_validator("address")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("address starts with https:// (http:// on this machine only)")
        return value.rstrip("/")

    @field_validator("channels")
    @classmethod
    def _names(cls, value: dict[str, ChannelSettings]) -> dict[str, ChannelSettings]:
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError("the name of a channel is made of a-z, 0-9, _ and -, 32 at the most")
        return value
