"""The documents say what the code does: every refusal, every setting."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import traceability
from traceability.core.errors import DomainError
from traceability.settings.settings import _OWN, _PLAIN, PREFIX

LINK = r"(?:\]\(|src=\")([^)#\"]+)(?:#[^)]*)?[)\"]"
DOCS = Path(__file__).parents[2] / "docs"


def all_errors() -> list[type[DomainError]]:
    for module in walk_packages(traceability.__path__, "traceability."):
        if ".migrations" not in module.name:
            import_module(module.name)
    found, queue = [], [DomainError]
    while queue:
        kind = queue.pop()
        queue += kind.__subclasses__()
        if kind.__module__.startswith("traceability."):
            found.append(kind)
    return found


def test_every_refusal_is_in_problems_md_with_its_status() -> None:
    page = (DOCS / "problems.md").read_text(encoding="utf-8")
    documented = set(
        re.findall(r"^\| `([a-z0-9-]+)` \| (\d{3}) \|", page, re.MULTILINE)
    )
    raised = {(kind.code, str(kind.status)) for kind in all_errors()}
    assert documented == raised


def test_codes_are_kebab_case_and_mean_one_thing() -> None:
    owners: dict[str, tuple[str, int]] = {}
    for kind in all_errors():
        if "code" not in vars(kind):
            continue
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.code)
        meant = (kind.__name__, kind.status)
        known = owners.setdefault(kind.code, meant)
        assert known == meant, f"{kind.code}: {known} and {meant}"


def test_every_setting_is_in_settings_md() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    read = {*_PLAIN, *(PREFIX + name for name in _OWN), f"{PREFIX}HOME"}
    assert documented == read


def test_every_link_in_a_document_leads_somewhere() -> None:
    root = DOCS.parent
    lost = [
        f"{page.name}: {target}"
        for page in [root / "README.md", *DOCS.rglob("*.md")]
        for target in re.findall(LINK, page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not lost


def test_each_decision_has_a_number_of_its_own() -> None:
    pages = sorted((DOCS / "adr").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert page.read_text("utf-8").startswith(f"# {page.name[:4]} ")


def test_what_a_page_is_called_styles_no_list_and_moves_no_page() -> None:
    """A public page's kind is a class of its body; no rule for a list may meet it."""
    css = (DOCS.parent / "traceability/static/public.css").read_text("utf-8")
    layout = (DOCS.parent / "templates/_layout/public.html").read_text("utf-8")
    [kind] = re.findall(r'<body class="{% block kind %}([a-z]+)', layout)
    loose = re.findall(rf"^\.{kind}(?: li)?\{{[^}}]*padding", css, re.MULTILINE)
    assert not loose
