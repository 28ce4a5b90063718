"""How people sign in: `[access]` in `boussole.toml`. Without an issuer the dashboard is in local mode."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

Values = Annotated[list[Annotated[str, Field(pattern=r"^\S+$")]], Field(min_length=1)]
"""Words of the provider's, of which one is enough; a request lists them with spaces between."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class AccessSettings(BaseModel):
    """The section `[access]`: sign-in by OpenID Connect, sessions, and the access log."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str | None = Field(None, description="Address of the OpenID Connect provider; none: local mode")
    client_id: str = Field("", description="Name under which the provider knows this dashboard")
    address: str = Field("", description="Address at which people open the dashboard")
    listen: str = Field("127.0.0.1", description="Address of this machine that the server binds")
    hosts: list[str] = Field(default_factory=list, description="Other host names under which it may be asked")
    role_claim: str = Field("roles", description="Claim that holds the roles; dots lead into it: `realm_access.roles`")
    roles: dict[str, str] = Field(
        default_factory=dict, description="Role here of each value of that claim; the first that somebody has counts"
    )
    secretaries: dict[str, Values] = Field(
        default_factory=dict,
        description="By committee: the addresses of its secretaries, who act for it; needed where there are several",
    )
    acr: dict[str, Values] = Field(
        default_factory=dict,
        description="By role: how strongly somebody must have signed in, as the provider says (`acr`); one of these",
    )
    amr: dict[str, Values] = Field(
        default_factory=dict,
        description="By role: with what somebody must have signed in, as the provider says (`amr`); one of these",
    )
    reauthenticate_minutes: int | None = Field(
        None,
        ge=1,
        le=24 * 60,
        description="How long ago somebody may have signed in who votes, presides, publishes, or changes rules and "
        "members; none: as long as the session lasts",
    )
    session_hours: int = Field(8, ge=1, le=24, description="Longest time between two sign-ins")
    idle_minutes: int = Field(30, ge=5, le=24 * 60, description="Time after which an idle session ends")
    recheck_seconds: int = Field(
        10, ge=0, le=3600, description="How old the provider's word on somebody's roles may be; 0: asked each time"
    )
    api_per_minute: int = Field(120, ge=1, description="Requests of one token or person to the API, each minute")
    log_days: int = Field(365, ge=1, description="Days that the access log is kept")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.issuer is None:
            if self.listen not in LOOPBACK:
                raise ValueError("without an issuer (local mode) the server binds to the loopback address only")
            return self
        missing = [name for name in ("client_id", "address", "roles") if not getattr(self, name)]
        if missing:
            raise ValueError(f"with an issuer these are needed as well: {', '.join(missing)}")
        for name in ("issuer", "address"):
            parts = urlsplit(getattr(self, name))
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
                raise ValueError(f"{name} starts with https:// (http:// on this machine only)")
        return self

    @property
    def local(self) -> bool:
        """Whether nobody signs in: only this machine is answered."""
        return self.issuer is None

    @property
    def host(self) -> str:
        """The host and port of the address."""
        return urlsplit(self.address).netloc.lower()
