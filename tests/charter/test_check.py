"""The packaged charter, and every fault of another, told with file, line and next step: then nothing is used."""

# ruff: noqa: E501 (a table of faults reads best one a line)

import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from boussole.audits.errors import CharterError
from boussole.audits.languages import french
from boussole.audits.workspace import Workspace
from boussole.charter.templates import TEMPLATES
from boussole.charter.text.loading import PACKAGED, CharterReading, charter_folder, find_faults, load_charter, unread
from boussole.dashboard.cli.main import app
from boussole.dashboard.cli.schemas import SCHEMAS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "charter"))


def change(path: Path, old: str, new: str) -> int:
    """Replaces the first occurrence; returns its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


FAULTS = [
    # form
    ("equite.yaml", "order: 3", "\torder: 3", 0, r"a tab begins this line.*replace it by spaces"),
    ("finalite.yaml", "order: 1", "order: [", 0, r"this is not YAML: a `\[` that is never closed; close it"),
    ("finalite.yaml", "  en: Purpose and", "  en: Purpose: and", 0, r"not YAML: a `:` .*quote the text"),
    ("finalite.yaml", "order: 1", "order: 1\n---", 1, r"a second document begins; .*without `---`"),
    ("humain.yaml", "order: 2", "order: 2\norder: 3", 1, r"the key 'order' is given twice; keep one"),
    ("humain.yaml", "order: 2", "order: &a 2\nother: *a", 1, r"an alias .* write that part out"),
    ("humain.yaml", "order: 2", "order: !!python/name:os.system 2", 0, r"the tag 'python/name' is not allowed|the tag"),
    ("humain.yaml", "order: 2", "order: 2\nno: x", 1, r"the key no is read as a value.*put it in quotes"),
    ("humain.yaml", "order: 2", "order: 2\n? [a]\n: b", 1, r"a key must be one word"),
    ("humain.yaml", "order: 2", f"order: 2\n{'k' * 90}: b", 1, r"a key of 90 characters; the longest has 64"),
    ("humain.yaml", "date: 2026-11-25", "date: 2026-02-30", 0, r"'2026-02-30' is no date: day is out of range"),
    ("humain.yaml", "date: 2026-11-25", "date: 2026-02-03T10:00:00", 0, r"is a moment; write the day alone: 2026-02-03"),
    # keys and values
    ("equite.yaml", "commitment:", "comitment:", 0, r"'comitment' \(Did you mean 'commitment'"),
    ("equite.yaml", "commitment:", "comitment:", None, r"equite\.yaml:1: 'commitment' is missing: add it"),
    ("charter.yaml", "languages: [fr, en]", "languages: fr", 0, r"'languages': .*write a list, as in \[a, b\]"),
    ("humain.yaml", "title:\n  fr: L’humain au centre\n  en: People at the centre", "title: People", 0, r"'title': .*as in `en: …`"),
    ("securite.yaml", "    metric: psi", "    metric: psi\n    params: {a: [1, 2]}", 1, r"params\.a': one value is expected: write a number"),
    ("equite.yaml", "    kinds: [", "    kind: [", 0, r"unknown key 'indicators\.0\.kind'.*'kinds'"),
    ("equite.yaml", "number: '3.1'", "number: 3.1", 0, r"write a text, in quotes where it looks like a number"),
    ("finalite.yaml", "watch: 0.01", "watch: -1", 0, r"threshold\.watch': Input should be greater .*correct it"),
    ("finalite.yaml", "watch: 0.01", "watch: .inf", 0, r"threshold\.watch': Input should be a finite number"),
    ("equite.yaml", "      watch: 0.95\n", "", None, r"the measure 'selection_rate_ratio' is judged"),
    ("humain.yaml", "    valid_months: 12\n", "", None, "needs `attested_by` and `valid_months`"),
    ("finalite.yaml", "evidence: attested", "evidence: measured", None, "are for attested questions"),
    ("law.yaml", "in_force: 2025-02-02", "in_force: soon", 0, r"'provisions\.ai_act_4\.in_force'"),
    ("law.yaml", "in_force: 2025-02-02", "in_force: 2025-02-02\n    until: 2024-01-01", None, "end on 2024-01-01 before"),
    # between files
    ("equite.yaml", "order: 3", "order: 4", None, r"liberte\.yaml:3: the order '4' is already used in equite\.yaml"),
    ("liberte.yaml", "- id: decent_hours", "- id: undeclared_use", 0, r"id 'undeclared_use' is already used in finalite"),
    ("humain.yaml", "number: '2.1'", "number: '2.2'", None, r"humain\.yaml:\d+: the number '2\.2' is already used in hum"),
    ("humain.yaml", "id: humain", "id: human", 0, r"the id of humain\.yaml is 'human': write `id: humain`, or rename the file to human\.yaml"),
    ("humain.yaml", "[ai_act_4]", "[ai_act_5]", 0, r"trained_before_use: law 'ai_act_5'.*Did you mean"),
    ("humain.yaml", "[time_to_read]", "[time_to_reed]", 0, r"override_rate: the related .*'time_to_reed'.*'time_to_read'"),
    ("law.yaml", "provisions:", "provisions:\n  x: {title: {fr: X, en: X}, in_force: 2020-01-01, source: X, framework: y}",
     1, r"x: there is no framework 'y'"),
    ("law.yaml", "  ai_act_9:\n", "  ai_act_9:\n    uncovered: {fr: X, en: X}\n", 1, r"`uncovered` says why no question"),
    ("equite.yaml", "family: selection", "family: selections", 0, r"the family 'selections' holds one indicator only"),
    # a breach that needs another question
    ("humain.yaml", "breach_with: override_rate", "breach_with: override_rat", 0, r"time_to_read: 'override_rat', without which it is not broken, is no other question of its article\. Did you mean 'override_rate'"),
    ("humain.yaml", "breach_with: override_rate", "breach_with: decent_hours", 0, r"'decent_hours'.* is no other question of its article"),
    ("humain.yaml", "breach_with: override_rate", "breach_with: time_to_read", 0, r"'time_to_read'.* is no other question of its article"),
    ("humain.yaml", "    metric: override_rate", "    breach_with: time_to_read\n    metric: override_rate", 0, r"'time_to_read'.* needs another question itself"),
    ("humain.yaml", "breach_with: override_rate", "breach_with: override_rate\n    breach_when: broken", 1, r"'override_rate'.* is never broken itself: write `breach_when: watched`"),
    ("finalite.yaml", "    breach_with: silence_and_controls\n", "", None, r"`breach_when` says how the question of `breach_with` must stand, and there is none"),
    # a level of error of its own
    ("humain.yaml", "watch_alpha: 0.01", "watch_alpha: 0.1", 0, r"gap_after_corrections: `watch_alpha` is 0\.1, and the charter's `alpha` 0\.05: write a smaller one"),
    ("humain.yaml", "watch_alpha: 0.01", "watch_alpha: 0.6", 0, r"watch_alpha.* less than 0\.5"),
    ("liberte.yaml", "      tolerance: ", "      watch_alpha: 0.01\n      tolerance: ", 0, r"`watch_alpha` is of ratios, gaps, shares and effects, which this question is not held to"),
    ("humain.yaml", "      watch: 0\n      status", "      watch: 0\n      watch_alpha: 0.01\n      status", 1, r"`watch_alpha` says nothing where all is watched that does not clearly help: remove it"),
    # translations
    ("humain.yaml", "  en: People at the centre", "  de: Der Mensch", None, r"humain\.yaml:4: title is missing in: en\."),
    ("charter.yaml", "languages: [fr, en]", "languages: [fr]", None, "is written in en, which the charter does not decl"),
    ("charter.yaml", "languages: [fr, en]", "languages: [fr, en, de]", None, r"equite\.yaml:4: title is missing in: de"),
    ("law.yaml", "    en: 'AI Act, Art. 4: AI literacy'", "", None, r"provisions\.ai_act_4\.title is missing in: en"),
    ("finalite.yaml", "{system} ne sert", "{sistem} ne sert", None, r"names '\{sistem\}'. Did you mean 'system'\?"),
    # measures and levels
    ("equite.yaml", "metric: selection_rate_ratio", "metric: selection_rate_ration", 0, r"no measure '.*ration'. Did you"),
    ("equite.yaml", "metric: selection_rate_ratio", "metric: impact_ratio", 0, "'impact_ratio' is shown, never judged"),
    ("equite.yaml", "    for_each: groups", "    for_each: groups\n    params: {versus: rest}", 1, "has the parameter 'versus'"),
    ("equite.yaml", "    for_each: groups", "    for_each: groups\n    params: {against: 3}", 1, "'against' is `rest`, or a"),
    ("securite.yaml", "    metric: psi", "    metric: psi\n    params: {against: rest}", 1, r"\(it has none\)"),
    ("transparence.yaml", "    metric: unmarked_texts_share", "    metric: null\n    params: {a: 1}", 1, "`params` choose among the figures"),
    ("equite.yaml", "breach: 0.8", "breach: 0.96", 0, r"the breach level \(0\.96\) must lie beyond the watch level.*below"),
    ("equite.yaml", "breach: 0.8", "breach: 0.95", 0, r"are both 0\.95, so that it can never be watched"),
    ("equite.yaml", "breach: 0.8", "breach: 80", 0, r"as in 0\.8 for 80 %, and this is 80"),
    ("equite.yaml", "watch: 0.95", "watch: 1.25", 0, r"the watch level of a ratio lies above 0 and up to 1"),
    ("equite.yaml", "      watch: 0.95\n      breach: 0.8", "      watch: 1", 0, r"perfect parity would not be enough"),
    ("equite.yaml", "watch: 0\n", "watch: 0.2\n", 1, r"the breach level \(0\.1\) must lie beyond .*above"),
    ("equite.yaml", "breach: 0.1\n", "breach: 10\n", 0, r"no gap can go beyond 10: a gap of 10 in 100 is written 0\.1"),
    ("securite.yaml", "      watch: 0.1\n", "      watch: 0\n", 0, r"a level above 0 that still counts as kept"),
    # reach
    ("equite.yaml", "    family: selection\n    kinds: [selection, ranking]", "    family: selection\n    kinds: [declared]",
     1, r"'selection_rate_ratio' exists for systems of kind selection, ranking, generation.*add such a kind"),
    ("equite.yaml", "    needs: [outcome]\n    kinds: [selection, ranking]", "    needs: [outcome]\n    kinds: [declared]",
     1, r"exists for systems of kind"),
    ("equite.yaml", "    kinds: [generation]\n    computed:\n      fr: 'Des demandes", "    kinds: [declared]\n    needs: [score]\n    computed:\n      fr: 'Des demandes", 1, r"none can meet this: remove `needs`"),
    ("equite.yaml", "    kinds: [generation]\n    computed:\n      fr: 'Des demandes", "    kinds: [declared]\n    applies: harm\n    computed:\n      fr: 'Des demandes", 1, r"none can meet this: remove `applies`"),
    ("equite.yaml", "applies: favourable", "applies: selective_labels", 0, r"has no value where outcomes are observed only"),
    ("equite.yaml", "    for_each: groups", "    for_each: groups\n    subject: score", 1, r"`subject` is for 'psi'"),
    ("securite.yaml", "    metric: psi", "    metric: psi\n    for_each: groups", 1, r"compares periods, not groups"),
    ("humain.yaml", "valid_months: 12", "valid_months: 6", 0, r"valid for 6 months and asked for every 12: .* ask more often"),
    ("finalite.yaml", "frequency: yearly\n    law: [gdpr_35, l", "frequency: once\n    law: [gdpr_35, l", 0, "asked once, and"),
    # other ways to ask
    ("equite.yaml", "        metric: false_positive_rate_difference\n", "        metric: false_positive_rate\n", 0, r"false_positive_rate_difference: 'false_positive_rate' is shown, never judged"),
    ("equite.yaml", "      - id: false_positive_rate_difference", "      - id: same_text_whatever_the_name", None, r"id 'same_text_whatever_the_name' is already used in equite"),
    ("equite.yaml", "    applies: favourable\n    needs: [outcome]\n", "", None, r"never asked so, for 'true_positive_rate_difference' before it"),
    ("equite.yaml", "        applies: harm", "        applys: harm", 0, r"unknown key 'indicators\.\d\.otherwise\.0\.applys'.*'applies'"),
    ("equite.yaml", "        applies: harm", "        applies: harm\n        threshold: {watch: 0.2, breach: 0.1, status: proposed, since: 2026-11-26}",
     None, r"false_positive_rate_difference: the threshold lacks its justification and its source"),
    ("transparence.yaml", "    metric: unmarked_texts_share", "    metric: null\n    otherwise: [{id: x, question: {fr: X, en: X}, metric: psi, computed: {fr: X, en: X}, broken_if: {fr: X, en: X}}]",
     None, r"`otherwise` says how else a measured question is asked"),
    # texts
    ("humain.yaml", "People at the centre", "<b>People</b> first", 0, r"holds an HTML tag \(<b>\).*remove it"),
    ("humain.yaml", "People at the centre", "People &amp; more", 0, r"holds an HTML entity \(&amp;\)"),
    ("humain.yaml", "People at the centre", "People [here](http://x.y)", 0, r"holds a Markdown link"),
    ("humain.yaml", "People at the centre", '"**People**"', 0, r"holds Markdown emphasis"),
    ("humain.yaml", "People at the centre", "P" * 161, 0, r"title\.en has 161 characters and may have 160: shorten it"),
    ("humain.yaml", "People at the centre", '"  "', 0, r"title\.en is empty: write it"),
    ("humain.yaml", "People at the centre", '"a\\u202eb"', 0, r"holds U\+202E \(right-to-left override\)"),
    ("humain.yaml", "People at the centre", '"a\\u200bb"', 0, r"holds U\+200B \(zero width space\)"),
    ("humain.yaml", "People at the centre", '"a\\ab"', 0, r"holds U\+0007 \(a control character\)"),
    ("humain.yaml", "People at the centre", "a \x07 b", 0, r"the character U\+0007 cannot stand in a text file"),
    ("humain.yaml", "People at the centre", "With {system}", None, r"humain\.yaml:6: .*filled in only in a question"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "below", "told"), FAULTS)
def test_a_fault_names_file_line_and_next_step(folder: Path, file, old, new, below, told):  # noqa: PLR0917
    """`below`: how many lines under the change it is told; None where the pattern says it, or another line is."""
    line = change(folder / file, old, new)
    found = find_faults(folder)
    place = r"" if below is None else rf"(?m)^{re.escape(file)}:{line + below}: .*"
    assert re.search(f"{place}(?:{told})", "\n".join(found)), "\n".join(found)
    assert all(re.match(r"[\w.]+\.yaml:\d+: \S", fault) for fault in found), found
    with pytest.raises(CharterError):
        load_charter(folder)


def test_all_faults_are_told_in_one_run(folder: Path):
    """The bad input of the issue, all at once; nothing of it is used."""
    expected = [
        ("environnement.yaml", "order: 7", "\torder: 7", 0, "a tab"),
        ("equite.yaml", "  en: Fairness and", "  en: " + "F" * 1_000_000, 0, "has 1,000,0"),
        ("equite.yaml", "metric: selection_rate_ratio", "metric: nonsense", 0, "no measure"),
        ("equite.yaml", "watch: 0\n", "watch: -0.1\n", 0, "greater than or equal"),
        ("finalite.yaml", "      fr: Un usage", "      fr: <i>Un usage</i>", 0, "HTML tag"),
        ("liberte.yaml", "- id: decent_hours", "- id: undeclared_use", 0, "already used"),
        ("securite.yaml", "metric: psi", "metric: psi\n    params: {a: 1}", 1, "'a'"),
    ]
    lines = [change(folder / file, old, new) + below for file, old, new, below, _ in expected]
    found = "\n".join(find_faults(folder))
    for line, (file, *_, what) in zip(lines, expected, strict=True):
        assert re.search(rf"(?m)^{file}:{line}: .*{what}", found), (file, line, what)
    assert len(found) < 10_000  # the long title itself is not printed
    with pytest.raises(CharterError, match=r"And \d+ more") as error:
        load_charter(folder)
    assert len(str(error.value)) < 5_000


@pytest.mark.parametrize(
    ("at", "key", "told"),
    [
        (1, "justification", r"decent_hours: the threshold lacks its justification: say why .*"),
        (1, "source", r"decent_hours: the threshold lacks its source: say why .*"),
        (0, "broken_if", r"indicators\.0\.broken_if is missing in: en, fr\. Translate it\."),
    ],
)
def test_a_threshold_without_its_reason_and_an_empty_text_are_faults(folder: Path, at, key, told):
    path = folder / "liberte.yaml"
    article = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked = article["indicators"][at]
    if key in asked:
        asked[key] = {}
    else:
        del asked["threshold"][key]
    path.write_text(yaml.safe_dump(article, allow_unicode=True), encoding="utf-8")
    (fault,) = find_faults(folder)
    assert re.fullmatch(rf"liberte\.yaml:\d+: {told}", fault)


def test_files_that_cannot_be_read(folder: Path):
    (folder / "liberte.yaml").write_bytes(b"id: liberte\ntitle: \xff\xfe")
    (folder / "humain.yaml").write_text("- a list", encoding="utf-8")
    (folder / "securite.yaml").write_text("x" * 5_000_000, encoding="utf-8")
    (folder / "charter.yaml").unlink()
    assert find_faults(folder) == [
        "charter.yaml: this file of the charter is missing: add it.",
        "humain.yaml:1: keys and values are expected: start with `id: …`.",
        "liberte.yaml:2: the file is not UTF-8 text: save it as UTF-8.",
        "securite.yaml: the file has more than 4,000,000 bytes: shorten it.",
    ]


def test_a_bomb_of_aliases_is_told_at_once(folder: Path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]  # nine to the twelfth
    (folder / "bomb.yaml").write_text("\n".join(lines), encoding="utf-8")
    (folder / "deep.yaml").write_text("a: " + "[" * 900 + "]" * 900, encoding="utf-8")
    (folder / "deeper.yaml").write_text("a: " + "[" * 100_000, encoding="utf-8")
    found = "\n".join(find_faults(folder))
    assert re.search(r"(?m)^bomb\.yaml:2: an alias", found)
    assert re.search(r"(?m)^deep\.yaml:1: nested too deep", found)
    assert re.search(r"(?m)^deeper\.yaml:1: this is not YAML: exceeded maximum nesting depth", found)


def test_three_to_twelve_articles_without_codes_of_terminals(folder: Path):
    change(folder / "humain.yaml", "[ai_act_4]", '["\\e[31mred"]')
    for name in ("equite", "liberte", "transparence", "securite", "environnement"):
        (folder / f"{name}.yaml").unlink()
    found = find_faults(folder)
    assert any("a charter has 3 to 12 articles and this one has 2: add" in fault for fault in found)
    assert "\x1b" not in "\n".join(found)


def test_files_that_nobody_reads_are_said(folder: Path):
    (folder / "dignite.yml").write_text("id: dignite", encoding="utf-8")
    (folder / "drafts").mkdir()
    (folder / "drafts" / "more.yaml").write_text("id: more", encoding="utf-8")
    (folder / "README.md").write_text("Notes.", encoding="utf-8")
    (folder / "._equite.yaml").write_bytes(b"\x00")
    assert find_faults(folder) == [
        "dignite.yml: nobody reads this file: rename it to dignite.yaml.",
        "drafts/more.yaml: nobody reads this file: move it out of its sub-folder.",
    ]
    with pytest.raises(CharterError, match=r"dignite\.yml"):
        load_charter(folder)
    assert unread(folder) == ["._equite.yaml", "README.md", "drafts"]


def test_the_command_checks_the_charter_of_the_workspace_else_the_packaged_one(folder: Path, monkeypatch):
    monkeypatch.delenv("BOUSSOLE_HOME", raising=False)
    monkeypatch.chdir(folder.parent)
    done = CliRunner().invoke(app, ["charter", "check"])
    assert (done.exit_code, f"Checked: {PACKAGED}" in done.stderr) == (0, True)
    asked = ["--workspace", str(Workspace.create(folder.parent).home), "charter", "check"]
    line = change(folder / "equite.yaml", "breach: 0.8", "breach: 0.96")
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2
    assert f"Checked: {folder}" in done.stderr
    assert done.stdout.startswith(f"equite.yaml:{line}: selection_rate_ratio: the breach level (0.96) must lie beyond")
    assert "One fault: this charter judges nothing until it has none." in done.stderr
    change(folder / "equite.yaml", "breach: 0.96", "breach: 0.8")
    assert CliRunner().invoke(app, asked).exit_code == 0


MINIMAL = {
    path.name: path.read_text(encoding="utf-8").split("\n") for path in sorted(TEMPLATES["minimal"].glob("*.yaml"))
}
KEYS = ["id", "order", "title", "indicators", "metric", "kinds", "threshold", "params", "needs", "law", "in_force"]
VALUES = ["null", "[]", "{}", "1e999", ".nan", "2026-02-31", "!!binary aGk=", "&a x", "*a", "- a", "? b", "'"]
VALUES += ["[1, {x: y}]", "@", "{3: x}", "{[a]: b}", "|", "\t", "{en: null}", "9" * 5000, "<<: {a: 1}"]
VALUES += ["\x85", "\u2028", "12:30:45", "0x1F"]


@pytest.mark.costly
@settings(max_examples=150, deadline=None)
@given(
    edits=st.lists(
        st.tuples(
            st.sampled_from(sorted(MINIMAL)),
            st.integers(0, 60),
            st.sampled_from(["delete", "insert", "value", "indent"]),
            st.sampled_from(KEYS),
            st.sampled_from(VALUES) | st.text(max_size=12),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_edited_every_fault_is_one_line_with_its_place(edits):
    """No edit makes the check itself fail: a charter is used, or there is a sentence for each fault."""
    files = {name: list(lines) for name, lines in MINIMAL.items()}
    for name, at, how, key, value in edits:
        lines = files[name]
        line = at % len(lines)
        if how == "delete":
            del lines[line]
        elif how == "insert":
            lines.insert(line, f"{' ' * (at % 7)}{key}: {value}")
        elif how == "value":
            lines[line] = f"{lines[line].partition(':')[0]}: {value}"
        else:
            lines[line] = f" {lines[line]}"
    reading = CharterReading([(name, "\n".join(lines).encode("utf-8", "replace")) for name, lines in files.items()])
    told = [str(fault) for fault in reading.faults()]
    assert told or reading.head is not None
    for fault in told:
        assert re.match(r"\w+\.yaml(:\d+)?: \S", fault)
        assert fault.isprintable()
        assert len(fault) < 2_000


@pytest.mark.parametrize(("part", "file"), [("head", "charter"), ("article", "equite"), ("law", "law")])
def test_the_schema_for_editors_accepts_the_packaged_files(part, file):
    schema = SCHEMAS[f"charter-{part}-file"]()
    written = yaml.load((PACKAGED / f"{file}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    known = set(schema["properties"])
    assert set(written) <= known
    assert set(schema.get("required", [])) <= set(written)


def french_texts(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "fr" else french_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from french_texts(inner)


def test_french_is_typeset_and_never_says_conforme():
    texts = list(french_texts(load_charter().document()))
    assert len(texts) > 200
    for text in texts:
        assert text == french(text)
        assert "conforme" not in text.lower()
    raw = load_charter().indicator("selection_rate_ratio").question
    assert "comparable" not in raw["fr"] + raw["en"]


def test_a_workspace_charter_replaces_the_packaged_one_and_its_hash_follows_its_words_alone(folder: Path):
    before = load_charter(folder).sha256
    assert before == load_charter().sha256
    path = folder / "equite.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8"))), encoding="utf-8")
    assert load_charter(folder).sha256 == before, "whatever the layout of its files"
    change(path, "breach: 0.8", "breach: 0.81")
    assert load_charter(folder).sha256 != before
    workspace = Workspace.create(folder.parent)
    change(folder / "charter.yaml", "id: charte_emploi", "id: notre_charte")
    assert charter_folder(workspace) == folder
    assert load_charter(workspace).id == load_charter(folder).id == "notre_charte"


@pytest.mark.parametrize("make", [Path.touch, lambda path: None, lambda path: path.symlink_to("nowhere")])
def test_a_path_that_is_no_folder_is_not_taken_for_the_packaged_charter(tmp_path, make):
    make(tmp_path / "mine")
    for read in (load_charter, find_faults, unread):
        with pytest.raises(CharterError, match="no such folder"):
            read(tmp_path / "mine")
    workspace = Workspace.create(tmp_path / "w")
    assert charter_folder(workspace) == PACKAGED
    (workspace.home / "charter").symlink_to("nowhere")
    with pytest.raises(CharterError, match="no such folder"):
        load_charter(workspace)
