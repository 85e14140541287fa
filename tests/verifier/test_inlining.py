"""Modules become one script by a convention; other forms are refused."""

from pathlib import Path

import pytest

from traceability.verification.standalone.inlining import ModuleFormError, inlined

LEAF = (
    "/** A leaf. */\nexport const ONE = 1;\nexport function two() {\n  return 2;\n}\n"
)


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_each_module_stands_once_and_before_who_imports_it(tmp_path: Path) -> None:
    middle = 'import { ONE } from "./leaf.js";\nexport const THREE = ONE + 2;\n'
    top = (
        'import { two as pair } from "./leaf.js";\n'
        'import * as all from "./middle.js";\n'
        "globalThis.sum = pair() + all.THREE;\n"
    )
    script = inlined(written(tmp_path, leaf=LEAF, middle=middle, top=top), "top.js")
    assert script.count("return 2;") == 1
    assert script.index("leaf.js") < script.index("middle.js") < script.index("top.js")
    assert "import" not in script
    assert "export" not in script


@pytest.mark.parametrize(
    "text",
    [
        'import "./leaf.js";\n',
        'import leaf from "./leaf.js";\n',
        "export default 1;\n",
        'export { ONE } from "./leaf.js";\n',
        'export const EVIL = "</script>";\n',
    ],
)
def test_other_forms_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ModuleFormError):
        inlined(written(tmp_path, leaf=LEAF, top=text), "top.js")


def test_a_circle_is_refused(tmp_path: Path) -> None:
    one = 'import { two } from "./two.js";\nexport const one = 1;\n'
    two = 'import { one } from "./one.js";\nexport const two = 2;\n'
    with pytest.raises(ModuleFormError):
        inlined(written(tmp_path, one=one, two=two), "one.js")
