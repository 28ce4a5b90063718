"""What the code never does, by its syntax: text made into code or commands, objects read from outside, weak secrets."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from vulture import Vulture

from boussole.audits.runs import BESIDE, source_files
from boussole.charter.document.answers.verdict import Verdict
from tests.sparing import kept

ROOT = Path(__file__).parent.parent
PACKAGES = ("audits", "charter", "dashboard", "experiments")
NETWORK = {"httpx", "requests", "urllib.request", "http.client", "smtplib", "socket", "ftplib", "websockets", "aiohttp"}
OUTWARD = {
    "audits/witness/server.py": {"httpx"},
    "dashboard/server/access/identity.py": {"httpx"},
    "dashboard/server/access/account.py": {"httpx"},
    "dashboard/app/server.py": {"socket"},
    "experiments/sync/fetching.py": {"urllib.request"},
}
"""All that speaks to another machine, or could: addresses of the settings, never one that somebody sends. The last only
makes a path of an address; Apprise and MLflow are asked with addresses of the settings."""

EXAMPLES = {"dashboard/alerts/channels.py", "experiments/store.py", "docs/alerts.md"}
"""What shows how an address with a secret is shown without it."""


@cache
def sources() -> dict[str, ast.Module]:
    """Every file of the program, as syntax."""
    paths = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    with kept():
        return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def nodes() -> tuple[tuple[str, ast.AST], ...]:
    """Every piece of syntax, with its file."""
    with kept():
        return tuple((path, node) for path, tree in sources().items() for node in ast.walk(tree))


@cache
def calls() -> tuple[tuple[str, str, ast.Call], ...]:
    """Every call: in which file, of what, and itself."""
    return tuple((path, _written(node.func), node) for path, node in nodes() if isinstance(node, ast.Call))


def _written(node: ast.expr) -> str:
    """How an expression is written; a plain name with dots is put together by hand, which is ten times as fast."""
    at, after = node, ""
    while isinstance(at, ast.Attribute):
        at, after = at.value, f".{at.attr}{after}"
    return f"{at.id}{after}" if isinstance(at, ast.Name) else ast.unparse(node)


@cache
def imported() -> tuple[tuple[str, str], ...]:
    """Every module that a file names, and what it takes of it."""
    return tuple((path, name) for path, node in nodes() for name in _named_by(node))


def _named_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (each.name for each in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module or ""
        yield from (f"{node.module}.{each.name}" for each in node.names)


def named(*names: str) -> set[str]:
    """The files that call something of these names."""
    return {path for path, called, _ in calls() if called in names}


def test_no_text_becomes_code() -> None:
    """The verifier of packs makes modules of its own files, and of no pack's: test_no_code_of_a_pack_is_executed."""
    made = named("eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec")
    assert made == {"charter/pack/verify.py"}


def test_no_text_becomes_a_command() -> None:
    assert named("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput") == set()
    for path, called, call in calls():
        if called.startswith("subprocess."):
            assert all(each.arg != "shell" for each in call.keywords), path
            assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp), f"{path}: a list of words"


def test_nothing_from_outside_becomes_an_object() -> None:
    unsafe = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle"}
    assert {(path, name) for path, name in imported() if name.partition(".")[0] in unsafe} == set()
    assert named("yaml.unsafe_load", "yaml.full_load", "pd.read_pickle", "pandas.read_pickle") == set()
    assert named("yaml.load") == {"audits/yaml_files.py"}
    loaders = {ast.unparse(each) for _, each in nodes() if _is_loader(each)}
    assert loaders <= {"yaml.SafeLoader", "yaml.CSafeLoader"}
    assert {path for path, name in imported() if name.startswith(("xml.", "lxml"))} == set(), (
        "XML is openpyxl's to read"
    )


def _is_loader(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr.endswith("Loader") and ast.unparse(node.value) == "yaml"


def test_what_must_not_be_guessed_comes_from_the_system() -> None:
    assert {path for path, name in imported() if name.partition(".")[0] == "random"} == {"dashboard/cli/demo_work.py"}
    assert named("uuid.uuid1", "uuid.getnode") == set()
    drawn = {path for path, called, _ in calls() if called.startswith("secrets.token")}
    assert {"dashboard/server/access/sessions.py"} <= drawn


def test_no_weak_hash_or_cipher_is_used() -> None:
    weak = re.compile(r"(?i)^(hashlib\.(md5|sha1)|.*\b(ECB|TripleDES|Blowfish|ARC4|IDEA|CAST5|PKCS1v15|MD5|SHA1))$")
    assert {(path, called) for path, called, _ in calls() if weak.match(called)} == set()
    assert {(path, name) for path, name in imported() if weak.match(name)} == set()


def test_no_certificate_goes_unread() -> None:
    unread = {"_create_unverified_context", "CERT_NONE", "check_hostname", "disable_warnings"}
    found = set()
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in unread:
                found.add(path)
            if isinstance(node, ast.keyword) and node.arg in ("verify", "cert_reqs"):
                found.add(path)
    assert found == set()


def test_only_these_files_speak_to_other_machines() -> None:
    found: dict[str, set[str]] = {}
    for path, name in imported():
        for module in NETWORK:
            if name == module or name.startswith(f"{module}."):
                found.setdefault(path, set()).add(module)
    assert found == OUTWARD


def test_no_secret_lies_in_the_code() -> None:
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|boussole_[0-9a-f]{8}_[\w-]{43}|://[^/\s\"'{}]+:[^@\s\"'{}]{6,}@"
    )
    kept = (path for name in (*PACKAGES, "docs", ".ci") for path in (ROOT / name).rglob("*") if path.is_file())
    texts = (
        path for path in kept if path.suffix in (".py", ".toml", ".yaml", ".yml", ".md", ".json", ".js", ".ini", "")
    )
    held = {str(path.relative_to(ROOT)) for path in texts if secret.search(path.read_text("utf-8", errors="replace"))}
    assert held <= EXAMPLES


def test_pages_hold_no_script_that_reads_text_as_code() -> None:
    forbidden = re.compile(r"\beval\s*\(|new Function\s*\(|\.innerHTML\s*=|document\.write|setTimeout\s*\(\s*[\"'`]")
    scripts = [*(ROOT / "dashboard").rglob("*.js"), ROOT / "dashboard" / "markup" / "elements.py"]
    assert len(scripts) > 1
    assert [path.name for path in scripts if forbidden.search(path.read_text(encoding="utf-8"))] == []


JUDGED_BY = {"alpha", "breach", "level", "p_adjusted", "p_breach", "p_kept", "p_value", "p_watch", "p_worse", "watch"}
JUDGED_BY |= {"best", "parity", "worst"}

ENDS = {"low", "high"}
"""The ends of an interval: whoever holds one to a value says what chance may explain."""
RANGES = {"between", "ends", "interval", "reach", "will_be"}
"""Pairs of such ends, each read by its place."""


def test_pages_judge_nothing() -> None:
    """No module of dashboard/ tests anything or holds a figure to a level: charter/ does, and pages show it."""
    tests = ("boussole.audits.uncertainty", "scipy", "statsmodels")
    here = {(path, name) for path, name in imported() if path.startswith("dashboard/")}
    assert {(path, name) for path, name in here if name.startswith(tests)} == set()
    testing = "boussole.charter.judging.statistics.testing"
    assert {name for _, name in here} & {f"{testing}.verdict_of", f"{testing}.p_values"} == set()
    compared = [
        (path, ast.unparse(node))
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if path.startswith("dashboard/") and isinstance(node, ast.Compare) and _by_size(node)
        if {each.attr if isinstance(each, ast.Attribute) else each.id for each in _named_in(node)} & JUDGED_BY
        or any(map(_is_end, (node.left, *node.comparators)))
    ]
    assert compared == []


def test_measuring_does_not_say_what_lies_outside_a_range() -> None:
    """Else a page asks what was measured for a verdict that no level of the charter decided: so were months of drift
    once marked outside their 95% range. How figures agree once adjusted is a description of intervals."""
    held = {
        (path, ast.unparse(node))
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if path.startswith("audits/") and isinstance(node, ast.Compare) and len(node.ops) == 2 and _by_size(node)
        if _is_end(node.left) and _is_end(node.comparators[1])
    }
    assert held == {("audits/metrics/adjusted.py", "interval.low <= value <= interval.high")}


def _is_end(side: ast.expr) -> bool:
    """Whether one side of a comparison is an end of an interval, by its name, its key or its place."""
    if not isinstance(side, ast.Subscript):
        return _last_name(side) in ENDS
    return _last_name(side) in ENDS or _last_name(side.value) in RANGES


def _last_name(node: ast.expr) -> str:
    """What an expression is called: a name, an attribute, or a text in brackets."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def test_what_measures_depend_on_is_read_by_attribute() -> None:
    """Texts as keys end where JSON is read: a name written wrong would say that a parameter is absent. So it is of
    measures of a document, and of those that were just computed: `Params.of(measure.params)`."""
    found = {
        ast.unparse(node)
        for path, node in nodes()
        if path.startswith(("audits/", "charter/", "dashboard/", "experiments/"))
        if not path.startswith("charter/pack/verifier/") and _is_read_by_text(node)
    }
    assert found == {
        "indicator.params.get('late_days')",
        "indicator.params.get('fresh_days')",
        "context.find_root().params['as_role']",
        "context.find_root().params.get('workspace')",
        "ctx.params['as_role']",
    }


def _is_read_by_text(node: ast.AST) -> bool:
    """Whether a parameter is asked for, or missed, by its name as a text."""
    match node:
        case (
            ast.Subscript(value=of, slice=ast.Constant(value=str()), ctx=ast.Load())
            | ast.Call(func=ast.Attribute(attr="get", value=of), args=[ast.Constant(value=str()), *_])
            | ast.Compare(left=ast.Constant(value=str()), ops=[ast.In() | ast.NotIn()], comparators=[of])
        ):
            return isinstance(of, ast.Attribute | ast.Name) and _last_name(of) == "params"
    return False


def test_the_words_of_verdicts_stand_in_one_enumeration() -> None:
    """Which of them answer, call for somebody or are urgent is said beside it; what says each in words is a mapping.
    The verifier of packs stands alone."""
    words = set(Verdict)
    found = {
        (path, ast.unparse(node))
        for path, tree in sources().items()
        if not path.startswith("charter/pack/verifier/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple | ast.List | ast.Set)
        if len({each.value for each in node.elts if isinstance(each, ast.Constant)} & words) > 1
    }
    rules_of_the_text = {text for path, text in found if path == "dashboard/pages/charter/view.py"}
    assert [text.partition(",")[0] for text in rules_of_the_text] == ["('comparison'"]
    assert {path for path, _ in found} == {"dashboard/pages/charter/view.py"}


def _by_size(node: ast.Compare) -> bool:
    return any(isinstance(each, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for each in node.ops)


def _named_in(node: ast.AST) -> list[ast.Attribute | ast.Name]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Attribute | ast.Name)]


def test_no_module_is_named_like_one_of_python() -> None:
    """Streamlit puts the folder of the app before Python's own: `html.py` there was `html` to whoever asked first."""
    assert {path.stem for path in (ROOT / "dashboard" / "app").iterdir()} & sys.stdlib_module_names == set()


SHARED = {
    "Audit": "what a notebook returns; the table of sealed audits",
    "Group": "a sensitive feature; a college: both by their published schemas",
    "LeftOut": "rows that an audit left out; what the charter says of them: both by their published schemas",
    "LogEnd": "as found in the lake; the same in a document",
    "_Strict": "frozen, and no key that is not declared: of a file of rules; of a file of prompts",
}
"""Names of classes that two classes bear, and why they may. Nothing else does; the verifier, which runs alone, has its
own."""


def test_a_class_has_its_name_for_itself() -> None:
    """Whoever reads the name of a class knows which it is, without looking where it was imported from."""
    named = Counter(
        node.name
        for path, tree in sources().items()
        if not path.startswith("charter/pack/verifier/")
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    )
    assert {name: times for name, times in named.items() if times > 1} == dict.fromkeys(SHARED, 2)


def test_what_tests_give_to_other_processes_imports_what_there_is() -> None:
    """Types are not checked inside texts, and slow tests run seldom: one of them had named a module gone for weeks."""
    makes_it = {"test_where.py", "test_a_log_more.py"}  # these add the modules that they import, to a copy
    imports = re.compile(r"^\s*(?:from|import) boussole\.([\w.]+)", re.MULTILINE)
    named_in = {
        (path.name, name)
        for path in (ROOT / "tests").rglob("*.py")
        if path.name not in makes_it
        for name in imports.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named_in) > 1000
    places = {name: ROOT / name.replace(".", "/") for _, name in named_in}
    there = {name for name, place in places.items() if place.is_dir() or place.with_suffix(".py").is_file()}
    assert [(path, name) for path, name in sorted(named_in) if name not in there] == []


@cache
def modules() -> grimp.ImportGraph:
    """Which module imports which, inside functions too; not what only types need."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return grimp.build_graph(*settings["root_packages"], exclude_type_checking_imports=True, cache_dir=None)


KEEPS = ("boussole.charter.records",)
"""Rooms that judging imports and that keep what it said: they make no figure and no verdict."""


def test_what_made_a_figure_is_all_in_the_hash_that_audits_seal() -> None:
    """Whatever judging imports, and the rules by which texts are read: else a change would be told as the same code."""
    hashed, graph = source_files(), modules()
    judging = {
        name for name in graph.modules if name.startswith(("boussole.charter.auditing", "boussole.charter.judging"))
    }
    needed = judging.union(*(graph.find_upstream_modules(name) for name in judging))
    paths = {_module(path): path for path in sources()}
    beside = (*KEEPS, *(f"boussole.{room.replace('/', '.')}" for room in BESIDE))
    missing = {name for name in needed if name in paths and paths[name] not in hashed and not name.startswith(beside)}
    assert missing == set()
    assert {"audits/texts/rules/age.yaml", "charter/deadlines/items.py", "charter/records/in_force.py"} < hashed.keys()
    assert not any(name.startswith(("dashboard/", "audits/ledger/")) for name in hashed)


def _module(path: str) -> str:
    return f"boussole.{path.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Nor does one inside a function: what only types need, and runs never, may. No module is left out of this."""
    graph = modules()
    names = sorted(graph.modules)
    there = {_module(path) for path in sources()}
    assert there <= graph.modules
    places = {name: place for place, name in enumerate(names)}
    ends = [(places[name], places[each]) for name in names for each in graph.find_modules_directly_imported_by(name)]
    rows, columns = zip(*ends, strict=True)
    matrix = csr_matrix(([1] * len(ends), (rows, columns)), shape=(len(names), len(names)))
    count, _ = connected_components(matrix, connection="strong")
    assert len(names) > 500
    assert count == len(names)


ROOM = 15
"""As many modules may lie at the root of a room, its `__init__.py` among them."""


def test_no_room_of_the_charter_holds_more_than_fifteen_modules() -> None:
    """Who opens a room sees what it is about; what is more of them is a package of its own, named by what it does."""
    held = Counter(Path(path).parent.as_posix() for path in sources() if path.startswith("charter/"))
    assert {"charter/committee", "charter/document", "charter/judging"} <= held.keys()
    assert {room: count for room, count in held.items() if count > ROOM} == {}


CALLED_FROM_OUTSIDE = {
    "_repr_html_": "Jupyter",
    "BoussoleEvaluator": "MLflow, by its entry point",
    "can_evaluate": "MLflow",
    **dict.fromkeys(("settings_customise_sources", "field_title_should_be_set", "default_schema"), "pydantic"),
    "format_commands": "Click",
    "take_turn": "SQLAlchemy",
    "preprocess": "Jinja",
    "unlawful_wording": "a notebook that evaluates with MLflow",
    **dict.fromkeys(("is_loaded", "process_text", "is_stopword", "enhance_using_context"), "Presidio"),
    **dict.fromkeys(("get_supported_entities", "get_supported_languages"), "Presidio"),
    "_example": "its doctest",
}


def test_nothing_is_there_for_tests_alone() -> None:
    """Functions, classes and methods that neither the program nor its benchmarks, documents and templates name."""
    finder = Vulture(ignore_decorators=["@*validator*", "@*serializer*", "@*app.*", "@*router.*", "@*.command*"])
    finder.scavenge([ROOT / name for name in (*PACKAGES, "benchmarks", "docs")])
    templates = [path for ending in ("html", "typ") for path in (ROOT / "dashboard").rglob(f"*.{ending}")]
    named = {word for path in templates for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    unused = {
        f"{each.filename.relative_to(ROOT)}: {each.name}"
        for each in finder.get_unused_code(min_confidence=60)
        if each.typ in ("function", "class", "method", "property")
        and each.name not in named | CALLED_FROM_OUTSIDE.keys()
        and not each.filename.is_relative_to(ROOT / "benchmarks")
    }
    assert unused == set()
