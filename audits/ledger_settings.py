"""Who outside checks the ledger, how often, and what signs it: `[ledger]` in `boussole.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from boussole.audits.errors import LedgerError


class TokenSettings(BaseModel):
    """A signing key in a PKCS#11 token, which it never leaves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: Path = Field(description="Library of the token's maker, such as /usr/lib/softhsm/libsofthsm2.so")
    token: str = Field(description="Label of the token")
    label: str = Field(description="Label of its Ed25519 key")
    pin_file: Path = Field(
        description="File that holds the PIN and nothing else; a relative path starts from the workspace"
    )


class SignerSettings(BaseModel):
    """What signs checkpoints in place of `keys/ledger.key`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: list[str] = Field(
        default_factory=list, description="Program that is given a checkpoint and prints its signature; no shell"
    )
    pkcs11: TokenSettings | None = Field(None, description="A key in a token")
    public: str | None = Field(None, description="Public key that every signature is checked against, NAME+ID+KEY")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.command) == (self.pkcs11 is not None):
            raise ValueError("a signer is either a command or a key in a token (pkcs11)")
        return self

    @field_validator("public")
    @classmethod
    def _key(cls, value: str | None) -> str | None:
        if value is not None:
            from boussole.audits.ledger.keys import SIGNATURE

            _read(value, kind=SIGNATURE, what="public is no key of a ledger")
        return value


class LedgerSettings(BaseModel):
    """The section `[ledger]`: witnesses, timestamps and the signer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    witnesses: list[str] = Field(
        default_factory=list, description="Public keys (NAME+ID+KEY) whose cosignatures are taken, one for each witness"
    )
    witness_days: int = Field(7, ge=1, description="Days after which the last cosignature is no longer recent")
    timestamp_days: int | None = Field(
        None,
        ge=1,
        description="Days within which the ledger must bear a timestamp (RFC 3161); none is required if absent",
    )
    signer: SignerSettings | None = Field(
        None, description="What signs checkpoints in place of the file `keys/ledger.key`"
    )

    @field_validator("witnesses")
    @classmethod
    def _keys(cls, value: list[str]) -> list[str]:
        if value:
            from boussole.audits.ledger.keys import COSIGNATURE

            names = [_read(each, kind=COSIGNATURE, what="a witness is no key of a college") for each in value]
            if len(set(names)) < len(names):
                raise ValueError("two witnesses have the same name")
        return value


def _read(text: str, *, kind: int, what: str) -> str:
    """The name of a public key. Raises ValueError where the text is none, or one that signs something else."""
    from boussole.audits.ledger.keys import parse_verifier

    try:
        found = parse_verifier(text)
    except LedgerError as error:
        raise ValueError(f"{what}: {error.what}") from None
    if found.kind != kind:
        raise ValueError(f"{what}: {found.name}")
    return found.name
