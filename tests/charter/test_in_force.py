"""Which charter judges: the one adopted last, whatever the files say since; and since when its levels are adopted."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace

import pytest

from boussole.audits.ephemeral import LogFile
from boussole.audits.errors import BoussoleError, CharterError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Withdrawal
from boussole.charter.records import in_force as in_force_module
from boussole.charter.records import keep_file, open_records, register_charter, seal, statements, verify_records
from boussole.charter.records.facts import Facts
from boussole.charter.records.in_force import adopt, draft, in_force, kept_charter, read_charter, versions
from boussole.charter.text.loading import PACKAGED, load_charter
from tests.as_json import audit_files, judge
from tests.charter.builders import WOMEN, comparison, system
from tests.written import finding, sample

DAY = dt.date(2026, 9, 10)
BY = "External ethics committee"


@pytest.fixture
def workspace(tmp_path):
    made = Workspace.create(tmp_path / "home")
    shutil.copytree(PACKAGED, made.home / "charter")
    return made


@pytest.fixture
def opinion(tmp_path):
    path = tmp_path / "opinion.pdf"
    path.write_bytes(b"the committee adopts")
    return path


def edit(workspace, name, old, new):
    path = workspace.home / "charter" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def second_version(workspace):
    """The first level of equite.yaml is that of question 3.1: 0.95 becomes 0.97, adopted on 1 September."""
    edit(workspace, "charter.yaml", "version: '0.2'", "version: '0.3'")
    edit(workspace, "equite.yaml", "watch: 0.95\n      breach: 0.8\n      status: proposed\n      since: 2026-11-25",
         "watch: 0.97\n      breach: 0.8\n      status: adopted\n      since: 2026-09-01")  # fmt: skip
    return load_charter(workspace)


def test_an_adopted_version_judges_whatever_the_files_say(workspace, opinion):
    first, before = load_charter(workspace), in_force(workspace)
    assert (before.charter.sha256, before.act, before.adopted, draft(workspace)) == (first.sha256, None, {}, None)
    assert in_force(None).charter.sha256 == load_charter().sha256
    sealed = adopt(workspace, first, role=BY, on=DAY, document=opinion)
    assert statements(workspace) == [sealed]
    assert sealed.statement.charter == kept_charter(workspace, first.sha256).sha256 == first.sha256
    assert verify_records(workspace).ok
    (version,) = versions(workspace)
    assert (version.version, [act.entry for act in version.acts]) == ("0.2", [sealed.entry])
    amended = second_version(workspace)
    found = in_force(workspace)
    assert (found.charter.sha256, found.act.on, found.act.role) == (first.sha256, DAY, BY)
    assert found.charter.document() == first.document()
    assert draft(workspace).sha256 == amended.sha256
    edit(workspace, "equite.yaml", "watch: 0.97", "watch: [")
    assert in_force(workspace).charter.sha256 == first.sha256
    with pytest.raises(CharterError):
        draft(workspace)


def test_the_last_adoption_counts_and_an_old_version_can_return(workspace, opinion):
    first = load_charter(workspace)
    adopt(workspace, first, role=BY, on=DAY, document=opinion)
    second = second_version(workspace)
    adopt(workspace, second, role=BY, on=DAY + dt.timedelta(days=1), document=opinion)
    assert in_force(workspace).charter.sha256 == second.sha256
    assert draft(workspace) is None
    adopt(workspace, first, role=BY, on=DAY + dt.timedelta(days=2), document=opinion)
    adopt(workspace, second, role=BY, on=DAY + dt.timedelta(days=2), document=opinion)
    with pytest.raises(BoussoleError, match="the same words were sealed at entry"):  # refused, and not ignored
        adopt(workspace, first, role=BY, on=DAY + dt.timedelta(days=2), document=opinion)
    assert in_force(workspace).charter.sha256 == second.sha256
    opinion.write_bytes(b"another opinion")
    adopt(workspace, first, role=BY, on=DAY + dt.timedelta(days=2), document=opinion)
    assert in_force(workspace).charter.sha256 == first.sha256


def test_what_cannot_be_adopted(workspace, opinion):
    first = load_charter(workspace)
    with pytest.raises(CharterError, match="2999-01-01 has not come yet"):
        adopt(workspace, first, role=BY, on=dt.date(2999, 1, 1), document=opinion)
    assert (versions(workspace), (workspace.home / "documents").exists()) == ([], False)
    adopt(workspace, first, role=BY, on=DAY, document=opinion)
    with pytest.raises(CharterError, match="already in force"):
        adopt(workspace, first, role=BY, on=DAY, document=opinion)
    second = second_version(workspace)
    with pytest.raises(CharterError, match="was adopted on 2026-09-10"):
        adopt(workspace, second, role=BY, on=DAY - dt.timedelta(days=1), document=opinion)
    with pytest.raises(CharterError, match=r"another text was adopted as version 0\.2"):
        adopt(workspace, second.model_copy(update={"version": "0.2"}), role=BY, on=DAY, document=opinion)
    assert len(statements(workspace)) == 1


def test_an_open_finding_is_not_lost_with_the_name_of_its_article(workspace, opinion):
    sealed = seal(workspace, finding(on=DAY, document=keep_file(workspace, opinion)))
    charter = load_charter(workspace)
    articles = [a.model_copy(update={"id": "surete"}) if a.id == "securite" else a for a in charter.articles]
    renamed = charter.model_copy(update={"articles": articles})
    renamed = renamed.model_copy(update={"sha256": sha256_hex(canonical_json(renamed.document()))})
    with pytest.raises(CharterError, match=r"finding of entry 0 .CNIL. caps the article 'securite', which this text"):
        adopt(workspace, renamed, role=BY, on=DAY, document=opinion)
    seal(workspace, Withdrawal(role="S", on=DAY, of=sealed.entry, text="Entered for the new article."))
    adopt(workspace, renamed, role=BY, on=DAY, document=opinion)


def test_a_charter_sealed_before_it_could_speak_of_looks_means_each_of_them():
    document = load_charter().document()
    assert document.pop("looks") == "year"
    assert read_charter(document, "ab" * 32).looks == "each"
    assert read_charter({**document, "looks": "year"}, "ab" * 32).looks == "year"


def rewrite(workspace, sha256, statement):
    with open_records(workspace).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS charter_versions_no_update")
        connection.exec_driver_sql(f"UPDATE charter_versions SET document = {statement} WHERE sha256 = '{sha256}'")


def test_an_old_text_that_cannot_be_read_stops_nobody_and_a_changed_one_judges_nothing(workspace, opinion):
    first = load_charter(workspace)
    adopt(workspace, first, role=BY, on=DAY, document=opinion)
    second = second_version(workspace)
    adopt(workspace, second, role=BY, on=DAY, document=opinion)
    rewrite(workspace, first.sha256, "NULL")
    found = in_force(workspace)
    assert found.charter.sha256 == second.sha256
    assert found.adopted == {"selection_rate_ratio": found.act.proven_on}, "the old one proves nothing"
    rewrite(workspace, second.sha256, "replace(document, '\"alpha\":0.05', '\"alpha\":0.4')")
    with pytest.raises(CharterError, match="stored text of the charter was changed"):
        in_force(workspace)


def test_a_text_that_calls_itself_adopted_is_not_believed_before_the_ledger_holds_the_act(workspace, opinion):
    """Its level says 1 September 2026; the window begins years later, and nobody has sealed an adoption."""
    second_version(workspace)
    found = in_force(workspace)
    assert (found.act, found.adopted) == (None, {})
    assert post_hoc(found, dt.date(2030, 1, 1)) is True
    adopt(workspace, found.charter, role=BY, on=DAY, document=opinion)
    assert post_hoc(in_force(workspace), dt.date(2030, 1, 1)) is False


def test_a_level_that_was_proposed_first_is_adopted_by_the_text_that_says_so(workspace, opinion, monkeypatch):
    """The first version proposes the level of question 3.1, the second adopts it as it stands."""
    adopt(workspace, load_charter(workspace), role=BY, on=DAY, document=opinion)
    edit(workspace, "charter.yaml", "version: '0.2'", "version: '0.3'")
    text = (workspace.home / "charter" / "equite.yaml").read_text(encoding="utf-8")
    first, second = text.split("- id: selection_rate_ratio\n", 1)
    second = second.replace("status: proposed", "status: adopted", 1)
    (workspace.home / "charter" / "equite.yaml").write_text(
        f"{first}- id: selection_rate_ratio\n{second}", encoding="utf-8"
    )
    adopt(workspace, load_charter(workspace), role=BY, on=DAY, document=opinion)
    sealed_earlier(monkeypatch, workspace)
    found = in_force(workspace)
    assert found.adopted == {"selection_rate_ratio": found.act.proven_on}


def sealed_earlier(monkeypatch, workspace):
    """Acts are sealed today, so their days are told apart by what the ledger is made to say of the first one."""
    first, *others = in_force_module.adoptions(workspace)
    monkeypatch.setattr(in_force_module, "adoptions", lambda _: [replace(first, sealed_on=first.on), *others])


def test_levels_count_as_adopted_from_the_day_the_ledger_proves(workspace, opinion):
    """The text says 1 September; the act was sealed today: a window that begins before is judged post hoc."""
    adopt(workspace, second_version(workspace), role=BY, on=dt.date(2026, 9, 1), document=opinion)
    found, today = in_force(workspace), dt.datetime.now(dt.UTC).date()
    assert found.act.proven_on == today
    assert found.adopted["selection_rate_ratio"] == today
    for start, expected in ((today - dt.timedelta(days=1), True), (today, False)):
        assert post_hoc(found, start) is expected


def post_hoc(found, start):
    facts = Facts(as_of=start, adopted=found.adopted)
    measures = [comparison(WOMEN, estimate=0.9, error=0.05)]
    documents = judge(found.charter, system(), measures, window_start=start, facts=facts)
    (told,) = [each for each in documents if each["indicator"] == "selection_rate_ratio_gender"]
    return told["threshold"]["post_hoc"]


@pytest.mark.costly
def test_files_alone_are_judged_by_the_version_in_force_and_not_by_the_draft(workspace, opinion, tmp_path):
    adopt(workspace, load_charter(workspace), role=BY, on=DAY, document=opinion)
    second_version(workspace)
    rows = ["id,sex,hired"] + [f"{i},{'FM'[i % 2]},{i % 3}" for i in range(60)]
    (tmp_path / "log.csv").write_text("\n".join(rows), encoding="utf-8")
    columns = {"id": "id", "period": "2026-07-01", "decision": {"column": "hired", "selected": [1]}}
    document, _ = audit_files(
        sample(columns, ["sex"]), lambda _: [LogFile(path=tmp_path / "log.csv")], parent=workspace
    )
    assert document["charter"]["version"] == "0.2"
    assert document["charter"]["sha256"] == in_force(workspace).charter.sha256


def test_a_level_that_an_amendment_left_alone_keeps_its_day(workspace, opinion, monkeypatch):
    text = (workspace.home / "charter" / "equite.yaml").read_text(encoding="utf-8")
    adopted_text = text.replace("status: proposed", "status: adopted")
    (workspace.home / "charter" / "equite.yaml").write_text(adopted_text, encoding="utf-8")
    adopt(workspace, load_charter(workspace), role=BY, on=DAY, document=opinion)
    edit(workspace, "charter.yaml", "version: '0.2'", "version: '0.3'")
    edit(workspace, "equite.yaml", "watch: 0.95", "watch: 0.97")
    adopt(workspace, load_charter(workspace), role=BY, on=DAY, document=opinion)
    sealed_earlier(monkeypatch, workspace)
    found = in_force(workspace)
    assert found.adopted["adjusted_stage_selection_rate_ratio"] == DAY
    assert found.adopted["selection_rate_ratio"] == found.act.proven_on > DAY


def test_a_sealed_version_judges_on_when_a_later_boussole_knows_more_keys(workspace, opinion):
    """Its text, read by a model with a key more, no longer has the hash that was sealed."""
    charter = load_charter(workspace)
    adopt(workspace, charter, role=BY, on=DAY, document=opinion)
    read_later = charter.model_copy(update={"confirm_days": charter.confirm_days + 1})
    with open_records(workspace).begin() as connection:
        assert register_charter(connection, read_later) == 0


def test_another_chance_of_error_and_another_share_set_aside_are_levels_adopted_anew(workspace, opinion, monkeypatch):
    """At alpha .4 instead of .05, or with 1 in 2 instead of 1 in 100 set aside, the same levels judge otherwise."""
    charter = second_version(workspace)
    adopt(workspace, charter, role=BY, on=DAY, document=opinion)
    (act,) = in_force_module.adoptions(workspace)
    second = replace(act, entry=act.entry + 1, on=dt.date.max, sha256="b" * 64)
    loose, worded = (charter.left_out.model_copy(update=each) for each in ({"limit": 0.5}, {"source": "another"}))
    for update, anew in (
        ({"alpha": 0.05}, False),
        ({"alpha": 0.4}, True),
        ({"left_out": worded}, False),
        ({"left_out": loose}, True),
        ({"left_out": None}, True),
    ):
        changed = charter.model_copy(update=update)
        texts = {act.sha256: charter, second.sha256: changed}
        monkeypatch.setattr(in_force_module, "kept_charter", lambda _, sha256, texts=texts: texts[sha256])
        found = in_force_module.InForce(
            charter=changed, adopted=in_force_module._adopted(workspace, changed, [act, second])
        )
        assert found.adopted["selection_rate_ratio"] == (dt.date.max if anew else act.proven_on)
        assert post_hoc(found, act.proven_on) is anew
