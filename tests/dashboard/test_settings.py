"""The settings page says what is set and what is wrong, to whoever keeps the house, and never a secret."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.privacy import keys
from boussole.audits.signing.key import workspace_key
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.dashboard.alerts.page import section
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.settings.view import settings_facts, settings_page
from boussole.dashboard.server.access.permissions import Action, Person, Role, allowed

FIXTURE = Path(__file__).parent / "workspace"
Read = Callable[..., str]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w", organisation="Maison <b>")
    shutil.copytree(FIXTURE / "systems", made.home / "systems", dirs_exist_ok=True)
    return made


@pytest.fixture
def read(workspace: Workspace) -> Read:
    def read(role: Role = Role.STEWARD, lang: str = "en", *, signed_in: bool = False) -> str:
        me = Person(role=role, authenticated=signed_in)
        inside = allowed(role, Action.SEE_SETTINGS)
        facts = settings_facts(Workspace(workspace.home))
        say = speaker(lang)
        page = settings_page(me, facts, say, inside=inside, query={"lang": lang})
        alerts = section(page.inside.alerts, say) if page.inside else None
        return Template("pages/settings/settings.html", say)("page", page, alerts)

    return read


def write(workspace: Workspace, text: str) -> None:
    (workspace.home / SETTINGS_FILE).write_text(text, encoding="utf-8")


def test_each_setting_says_its_value_and_where_it_is_set(
    workspace: Workspace, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(workspace, 'organisation = "House"\nmemory_limit = "2GB"\n')
    monkeypatch.setenv("BOUSSOLE_LANGUAGE", "en")
    told = read()
    assert "set in boussole.toml: memory_limit" in told
    assert "2GB" in told
    assert "set by the environment: BOUSSOLE_LANGUAGE" in told
    assert "not set; to set it: threads in boussole.toml" in told
    assert "Nothing is wrong with what is set here." in told
    assert "11 decisions" in told, "from how many a group is shown"


def test_no_secret_is_on_the_page(workspace: Workspace, read: Read) -> None:
    write(workspace, 'mlflow_tracking_uri = "postgresql://admin:hunter2@db.example/mlflow?password=hunter3"\n')
    secret = keys.ensure(workspace.keys, "pseudonym")[0]
    signing = workspace_key(workspace.keys)
    told = read()
    assert "postgresql://…@db.example/mlflow" in told
    for hidden in ("hunter", "admin:", secret.hex(), signing.secret_text, signing.secret.hex()):
        assert hidden not in told
    assert keys.key_id(secret) in told
    assert str(signing.verifier) in told


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_a_role_sees_the_house_only_where_it_keeps_it(read: Read, role: Role) -> None:
    told = read(role)
    assert (SETTINGS_FILE in told) == allowed(role, Action.SEE_SETTINGS)
    assert ("The file:" in told) == allowed(role, Action.SEE_SETTINGS)
    assert "Your role" in told
    assert "Versions" in told


def test_what_is_wrong_is_told_with_its_place_and_the_next_step(workspace: Workspace, read: Read) -> None:
    write(workspace, 'organization = "House"\n')
    (workspace.home / "systems" / "bad.yaml").write_text("id: bad\nkind: rankin\n", encoding="utf-8")
    keys.ensure(workspace.keys, "bucket")
    (workspace.keys / "bucket.key").chmod(0o644)
    told = read()
    assert "organisation" in told, "the nearest key is named"
    assert "bad.yaml" in told
    assert "others than its owner may open keys/bucket.key" in told
    assert "chmod go= " in told
    assert "things are wrong here" in told


def test_a_file_that_is_no_toml_leaves_the_rest_of_the_page(workspace: Workspace, read: Read) -> None:
    write(workspace, "organisation = \n")
    told = read()
    assert "not valid TOML" in told
    assert "MatchFT" in told


def test_a_variable_that_is_no_json_is_named_and_not_quoted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUSSOLE_ALERTS", '{"channels": "of-a-password')
    with pytest.raises(BoussoleError, match="not valid JSON") as told:
        _ = Workspace(workspace.home).settings
    assert "BOUSSOLE_ALERTS" in str(told.value)
    assert "password" not in str(told.value)


def test_in_local_mode_the_way_to_another_role_is_said_and_signed_in_whom_to_ask(read: Read) -> None:
    assert "at the foot of the menu. It proves nothing" in read()
    assert "Ask your administrator" in read(signed_in=True)


def test_sign_in_is_told_without_the_names_of_the_provider_s_groups(workspace: Workspace, read: Read) -> None:
    write(
        workspace,
        '[access]\nissuer = "https://id.example"\nclient_id = "b"\naddress = "https://b.example"\n'
        'roles = {"ethics-chair-x9" = "chair"}\n',
    )
    told = read()
    assert "Through https://id.example" in told
    assert "Chair" in told
    assert "ethics-chair-x9" not in told
    assert "8 hours at most, 30 minutes without a move" in told


@pytest.mark.costly
def test_who_is_told_of_changes_and_what_does_not_go_is_shown_and_no_address(
    workspace: Workspace, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOWHERE_IN_TESTS", raising=False)
    write(
        workspace,
        '[alerts.channels.board]\nurl = "mailtos://bot:hunter2@mail.example/?from=a@b.example&to=chief@b.example"\n'
        'digest = "weekly"\nonly = "worse"\n'
        '[alerts.channels.lost]\nurl_env = "NOWHERE_IN_TESTS"\n',
    )
    told = read()
    assert "mailtos://mail.example/…" in told
    assert "Gathered, on Mondays from 7:00" in told
    assert "Only what got worse or is no longer known" in told
    assert "Its address cannot be used." in told
    assert "boussole alerts test --channel lost" in told
    for hidden in ("hunter2", "bot:", "chief@"):
        assert hidden not in told
    assert "Regroupé, le lundi à partir de 7 h" in read(lang="fr")
    assert "board" not in read(Role.MEMBER)
    write(workspace, "")
    assert "No alert is sent" in read()
