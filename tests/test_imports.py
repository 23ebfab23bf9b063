"""The direction of imports is a promise: a layer may use what stands before it, never what stands after it."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "crmsheet"

# Each name is a module or a package of crmsheet; a layer may import itself and everything above it in this list.
LAYERS = [
    {"data"},
    {"errors"},
    {"fields"},
    {"clean"},  # readers of cells and headers: standard library only
    {"collector", "delimited", "labels", "model", "stacked", "view", "workdays"},
    {
        "rule_text",
        "rule_values",
        "rule_core",
        "rule_cleaning",
        "rule_lexicons",
        "rule_sections",
        "rule_layers",
        "rules",
    },
    {
        "job_titles",
        "needs",
        "settings",
        "tier_names",
        "day_numbers",
        "expressions",
        "entry_delay",
        "row_cells",
        "row_days",
        "row_rules",
        "live_rows",
    },
    {"steps", "checks"},
    {"relate", "requirements", "requirement_ids", "result", "repairs", "tables"},
    {"pipeline", "views", "compare"},
    {"book", "recognize", "sample"},
    {"report"},  # what leaves the workbook: HTML, Word, iCalendar, digests
    {
        "acceptance",
        "amend",
        "analysis",
        "app",
        "auditing",
        "judging",
        "live_refresh",
        "merging",
        "taking_back",
        "templates",
        "typed_over",
        "writing",
    },
    {"teams", "exchange", "batch", "watch"},  # many workbooks, other systems' files
    {"accessor", "cli", "excel", "notebook"},
    {"__main__"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# (importing module, imported layer): the reason it may look upwards.
ALLOWED = {
    ("clean/__init__.py", "checks"),  # crm.clean(tables, rules): the package is callable, loaded on the call
    ("clean/__init__.py", "model"),  # types only
    ("clean/__init__.py", "rules"),  # types only
    ("clean/duplicates.py", "rule_cleaning"),  # types only
    ("clean/duplicates.py", "rules"),  # types only
}
HEAVY = {  # third-party package → where alone it may be imported
    "openpyxl": set(),
    "xlsxwriter": {"book"},
    "python_calamine": {"book"},
    "lxml": {"book"},
    "scipy": {"steps"},
    "xlwings": {"excel"},
    "pyopenvba": {"excel"},
    "jinja2": {"report"},
    "docxtpl": {"report"},
    "docx": {"report"},
    "quickjs": {"report"},
    "resvg_py": {"report"},
    "duckdb": {"batch", "exchange"},
    "pyarrow": {"batch", "exchange"},
    "dask": {"batch"},
    "distributed": {"batch"},
    "tomli_w": {"exchange"},
    "watchfiles": {"watch"},
    "typer": {"cli"},
    "rich": {"cli"},
}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _imports(path: Path) -> list[str]:
    names = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names += [
                f"{node.module}.{alias.name}" if node.module == "crmsheet" else node.module
                for alias in node.names
            ]
    return names


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def _layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_a_module_imports_only_its_own_layer_and_those_before() -> None:
    homeless = {_layer(path) for path in MODULES} - set(RANK)
    assert not homeless, "no place in LAYERS: decide where they belong"
    upwards = {str(path.relative_to(PACKAGE)): wrong for path in MODULES if (wrong := _upwards(path))}
    assert not upwards


def _upwards(path: Path) -> list[str]:
    """Imports of a later layer, or of a neighbour that imports back."""
    own, wrong = _layer(path), []
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] != "crmsheet" or len(parts) < 2:
            continue
        used = parts[1]
        upwards = RANK.get(used, 99) > RANK[own] or (
            RANK[used] == RANK[own] and used != own and _cyclic(used, own)
        )
        if upwards and (str(path.relative_to(PACKAGE)), used) not in ALLOWED:
            wrong.append(name)
    return wrong


def _cyclic(used: str, own: str) -> bool:
    """Whether a neighbour of the same layer imports back."""
    files = [path for path in MODULES if _layer(path) == used]
    return any(name.startswith(f"crmsheet.{own}") for path in files for name in _imports(path))


def test_heavy_libraries_stay_where_they_belong() -> None:
    found = {path: {name.split(".")[0] for name in _imports(path)} & set(HEAVY) for path in MODULES}
    strays = [
        (str(path.relative_to(PACKAGE)), name)
        for path, names in found.items()
        for name in names
        if _layer(path) not in HEAVY[name]
    ]
    assert not strays


def test_steps_do_not_run_each_other() -> None:
    shared = {"columns", "order_book"}
    facts = {
        "order_facts": {"orders", "rfm"},
        "clv_facts": {"clv"},
    }  # they sum up what these compute per customer
    for path in (PACKAGE / "steps").glob("*.py"):
        if path.stem == "__init__":
            continue
        used = {name.split(".")[2] for name in _imports(path) if name.startswith("crmsheet.steps.")}
        own = {name for name in used if name.startswith("_")}
        assert used - shared - own <= facts.get(path.stem, set()) | _parts_of(path.stem), path


def _parts_of(stem: str) -> set[str]:
    """Files that belong to one step and carry its name."""
    return {path.stem for path in (PACKAGE / "steps").glob(f"{stem}_*.py")}


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_importing_the_package_loads_no_excel_library() -> None:
    done = _run(
        "import sys, crmsheet; heavy = {'openpyxl', 'xlsxwriter', 'python_calamine', 'lxml', 'xlwings', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_a_refresh_loads_nothing_that_speaks_to_a_network() -> None:
    done = _run(
        "import sys, crmsheet.app; print(sorted({'ssl', 'http.client', 'urllib.request'} & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_parsers_import_without_pandas() -> None:
    parsers = [
        path.stem for path in (PACKAGE / "clean").glob("*.py") if path.stem not in {"__init__", "duplicates"}
    ]
    done = _run(
        "import sys; sys.modules['pandas'] = None; import importlib\n"
        f"for name in {parsers!r}: importlib.import_module('crmsheet.clean.' + name)\nprint('ok')"
    )
    assert done.stdout.strip() == "ok", done.stderr


def test_no_chinese_in_code() -> None:
    """Vocabulary lives in data/; docstrings may quote it."""
    found = []
    for path in MODULES:
        tree = _tree(path)
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        found += [
            f"{path.relative_to(PACKAGE)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and any("\u4e00" <= letter <= "\u9fff" for letter in node.value)
        ]
    assert not found
