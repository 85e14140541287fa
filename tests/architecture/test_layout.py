"""The tree keeps its shape: sizes, names, words, and nothing out of place."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "traceability"
FIXED = {"traceability", "templates", "keys", "tests"}
MODULES = sorted(PACKAGE.rglob("*.py"))
DOMAIN = [m for m in MODULES if "migrations" not in m.parts]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(  # noqa: S603 (git, with our own patterns)
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],  # noqa: S607 (git from PATH)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_fixed_top_level_stands() -> None:
    assert all((ROOT / name).is_dir() for name in FIXED)
    for name in ("wsgi.py", "pyproject.toml", "README.md"):
        assert (ROOT / name).is_file()


def syntax(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def functions(module: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(syntax(module)) if isinstance(node, kinds)]


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_every_module_says_what_it_is_for() -> None:
    assert not [name_of(m) for m in DOMAIN if not ast.get_docstring(syntax(m))]


def test_no_module_is_longer_than_400_lines() -> None:
    sizes = {name_of(m): len(m.read_text("utf-8").splitlines()) for m in DOMAIN}
    assert not {name: size for name, size in sizes.items() if size > 400}


def test_no_function_is_longer_than_50_lines() -> None:
    sizes = {
        f"{name_of(module)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in DOMAIN
        for node in functions(module)
    }
    assert not {name: size for name, size in sizes.items() if size > 50}


def test_no_function_imports() -> None:
    found = [
        f"{name_of(module)}:{node.name}"
        for module in DOMAIN
        for node in functions(module)
        if imported(node)
    ]
    assert not found


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
    assert not [name_of(m) for m in MODULES if m.stem in empty_words]


RESERVED = {
    *("models", "queries", "service", "schemas", "views"),
    *("api", "cli", "tasks", "errors"),
}
PLUMBING = {"web", "db", "cli", "migrations", "demo"}
FRAMEWORKS = {
    *("flask", "werkzeug", "flask_smorest"),
    *("marshmallow", "sqlalchemy", "jinja2"),
}
IMPURE = {
    "notary": "joins the web context to the domain",
    "triggers": "creates triggers: it is storage",
}


def domain_modules() -> list[Path]:
    chosen = []
    for module in DOMAIN:
        parts = module.relative_to(PACKAGE).parts
        known = RESERVED | IMPURE.keys() | {"__init__"}
        own_name = known.isdisjoint({*parts[:-1], module.stem})  # views/ may be many
        if len(parts) > 1 and parts[0] not in PLUMBING and own_name:
            chosen.append(module)
    return chosen


def test_domain_modules_know_neither_flask_nor_sqlalchemy() -> None:
    found = {
        name_of(module): used
        for module in domain_modules()
        if (
            used := {name.split(".")[0] for name in imported(syntax(module))}
            & FRAMEWORKS
        )
    }
    assert not found


VERDICT = "a verdict we cannot give"
BANNED = [
    (re.compile("block" + "chain", re.IGNORECASE), "a word we do not use"),
    (re.compile(r"hàng (thật|giả)\b", re.IGNORECASE), VERDICT),
    (re.compile(r"(?<![\w.])/(work|home|Users|farm)/[a-z]"), "a path of one machine"),
    (re.compile(r"pypi\.org|npmjs\.org|pythonhosted"), "a registry"),
    (re.compile(r"[A-ZĐ]\w+ (?:Văn|Thị) [A-ZĐ]"), "a name somebody may bear"),
    (re.compile(r"^(<{7}|>{7}) ", re.MULTILINE), "a merge that was not finished"),
]


def test_no_file_holds_what_should_not_leave_the_house() -> None:
    kinds = ("*.py", "*.md", "*.html", "*.toml", "*.json", "*.po", "*.css", "Makefile")
    texts = {path: path.read_text(encoding="utf-8") for path in tracked(*kinds)}
    found = [
        f"{name_of(path)}: {what}: {match[0]}"
        for path, text in texts.items()
        for pattern, what in BANNED
        if not (what == VERDICT and "tests" in path.parts)  # tests look for it
        if path != Path(__file__) and (match := pattern.search(text))
    ]
    assert not found


SYNONYMS = {"batch_no", "qr_url", "lot_no", "batch_number", "merkle_leaf", "shipment"}


def test_one_word_per_idea() -> None:
    found = {}
    for module in DOMAIN:
        nodes = list(ast.walk(syntax(module)))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        if names & SYNONYMS:
            found[name_of(module)] = names & SYNONYMS
    assert not found


def test_the_lock_files_pin_by_hash_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
        pins = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
        assert all("==" in pin for pin in pins)


def test_the_package_asks_for_what_the_lock_pins() -> None:
    asked = {
        re.split(r"[\[;=<> ]", line)[0]
        for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    }
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("dependencies = [")[2].partition("\n]")[0]
    declared = {
        re.split(r"[\[;=<> ]", one)[0] for one in re.findall(r'"([^"]+)"', block)
    }
    assert declared == asked - {"editables", "hatchling"}
