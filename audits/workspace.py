"""A workspace: the folder that holds one organisation's systems, lake, records, evidence and reports."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from boussole.audits import private_files
from boussole.audits.access_settings import AccessSettings
from boussole.audits.alert_settings import AlertSettings, known_zone
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.identifiers import identifier_refusal, is_identifier
from boussole.audits.ledger_settings import LedgerSettings
from boussole.audits.systems import System, load_systems
from boussole.audits.systems.loading import explain

SETTINGS_FILE = "boussole.toml"
FOLDERS = ("systems", "lake", "evidence", "reports", "keys")

_TEMPLATE = """\
# Settings of this workspace; environment variables BOUSSOLE_* override them.
organisation = {organisation}
# language = "fr"                            # of reports, of what people write in records, of a browser of neither
# timezone = "Europe/Paris"                  # of the hours that pages say
# mlflow_tracking_uri = "sqlite:///mlflow.db"  # relative SQLite paths start from this folder
# memory_limit = "1GB"                       # of DuckDB while it ingests
# [access]                                    # sign-in: see docs/access.md; without it, local mode
# [alerts]                                    # messages when a verdict changes: see docs/alerts.md
# [ledger]                                    # who outside checks the ledger, and what signs it: see docs/ledger.md
"""


class Settings(BaseSettings):
    """Settings: `boussole.toml`, then environment variables `BOUSSOLE_*`. Unknown keys are errors."""

    model_config = SettingsConfigDict(env_prefix="BOUSSOLE_", extra="forbid", frozen=True, hide_input_in_errors=True)
    toml: ClassVar[Path | None] = None

    organisation: str = "Organisation"
    language: Literal["fr", "en"] = "fr"
    timezone: str = "Europe/Paris"
    mlflow_tracking_uri: str = "sqlite:///mlflow.db"
    memory_limit: str = Field("1GB", pattern=r"^\d+(\.\d+)?\s?(MB|GB|MiB|GiB)$")
    threads: int | None = Field(None, ge=1)
    access: AccessSettings = AccessSettings()
    alerts: AlertSettings = AlertSettings()
    ledger: LedgerSettings = LedgerSettings()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value)

    @property
    def zone(self) -> ZoneInfo:
        """The clock of the organisation."""
        return ZoneInfo(self.timezone)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the library's signature)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the workspace's file."""
        if cls.toml is None:
            return (init_settings, env_settings)
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=cls.toml))


@lru_cache(maxsize=64)
def _settings_at(path: Path) -> type[Settings]:
    """The settings bound to a file, which is read anew for each of them: to make the class takes half a millisecond."""
    return type("Settings", (Settings,), {"toml": path})


class Workspace:
    """Paths, settings and systems of one workspace folder."""

    def __init__(self, home: Path, *, lent_keys: Path | None = None) -> None:
        """The workspace of a folder; `lent_keys` is the folder of another one's keys that are used here."""
        self.home, self._lent_keys = home.resolve(), lent_keys
        if not (self.home / SETTINGS_FILE).is_file():
            raise BoussoleError(
                f"there is no workspace here ({SETTINGS_FILE} is missing).",
                where=str(self.home),
                next_step=f"Run `boussole init {home}`, or give --workspace.",
            )

    @classmethod
    def create(cls, home: Path, *, organisation: str = "Organisation") -> Workspace:
        """A new workspace in an empty or missing folder, for its owner only; an existing one is left as it is."""
        if (home / SETTINGS_FILE).is_file():
            return cls(home)
        for folder in (home, *(home / name for name in FOLDERS)):
            private_files.make_folder(folder).chmod(private_files.FOLDER)
        private_files.write(home / SETTINGS_FILE, _TEMPLATE.format(organisation=json.dumps(organisation)))
        return cls(home)

    @classmethod
    def find(cls, given: Path | None = None) -> Workspace:
        """The workspace given, else that of $BOUSSOLE_HOME, else the current folder."""
        return cls(given or Path(os.environ.get("BOUSSOLE_HOME", ".")))

    @cached_property
    def settings(self) -> Settings:
        """The settings, file and environment together."""
        try:
            settings = _settings_at(self.home / SETTINGS_FILE)()
        except ValidationError as error:
            where = str(self.home / SETTINGS_FILE)
            raise BoussoleError(explain(error, Settings), where=where, next_step="Mend or remove that key.") from error
        except SettingsError as error:
            raise BoussoleError(
                "a table or list in the environment is not valid JSON.",
                where=f"BOUSSOLE_{named[1].upper()}"
                if (named := re.search(r'field "(\w+)"', str(error)))
                else "BOUSSOLE_*",
                next_step=f"Mend that variable, or set the same keys in {SETTINGS_FILE}.",
            ) from None
        except ValueError as error:  # tomllib.TOMLDecodeError
            where = str(self.home / SETTINGS_FILE)
            raise BoussoleError(f"not valid TOML: {error}.", where=where, next_step="Mend that line.") from error
        return settings

    def today(self) -> dt.date:
        """The day by the clock of the organisation, whatever the zone of the machine."""
        return dt.datetime.now(self.settings.zone).date()

    @cached_property
    def systems(self) -> dict[str, System]:
        """All systems by id."""
        return load_systems(self.home / "systems")

    def system(self, system_id: str) -> System:
        """One system by its id; an unknown one is an error that names the nearest."""
        if not is_identifier(system_id):
            raise BoussoleError(
                f"{identifier_refusal(system_id)}.",
                next_step="List the systems with `boussole systems list`.",
            )
        if system_id not in self.systems:
            known = nearest(system_id, self.systems) if self.systems else "This workspace has no system yet."
            raise BoussoleError(
                f"there is no system '{system_id}' in this workspace. {known}",
                where=str(self.home / "systems"),
                next_step="Add its file with `boussole systems add FILE`.",
            )
        return self.systems[system_id]

    @property
    def lake(self) -> Path:
        """The data of the lake, which nobody reads without its catalogue, and what is noted of its sources."""
        return self.home / "lake"

    @property
    def catalogue(self) -> Path:
        """The DuckLake catalogue, which holds the keys of all data files: only DuckDB opens it."""
        return self.home / "keys" / "catalog.sqlite"

    @property
    def governance(self) -> Path:
        """Records and ledger: only Python's SQLite opens it."""
        return self.home / "governance.sqlite"

    @property
    def access(self) -> Path:
        """Sessions, tokens and the access log, which are erased when their time is over."""
        return self.home / "access.sqlite"

    @property
    def evidence(self) -> Path:
        return self.home / "evidence"

    @property
    def documents(self) -> Path:
        """What records rest on: each file under its SHA-256."""
        return self.home / "documents"

    @property
    def unsealed(self) -> Path:
        """Evidence of audits that are not sealed: it is moved to the evidence with their seal, or cleared away."""
        return self.home / "unsealed"

    @property
    def keys(self) -> Path:
        """Its secrets: readable by their owner only, in no backup that also holds the lake."""
        return self._lent_keys or self.home / "keys"

    @property
    def checkpoints(self) -> Path:
        """What somebody outside signed: cosignatures of witnesses and timestamps."""
        return self.home / "checkpoints"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def tracking_uri(self) -> str:
        """The MLflow tracking store; a relative SQLite path starts from the workspace."""
        uri = self.settings.mlflow_tracking_uri
        prefix = "sqlite:///"
        if uri.startswith(prefix) and not uri.startswith(prefix + "/"):
            return f"{prefix}{self.home / uri.removeprefix(prefix)}"
        return uri
