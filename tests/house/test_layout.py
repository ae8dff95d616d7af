"""The rules of `docs/architecture.md` about files, functions and who may import what."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.house.source import APPS, ROOT, Source, is_import_of, lines_of, of_tests, product, read

FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "services", "managers"}
LONGEST_FILE = 400
SHORT = 40
SHARE_OF_SHORT = 0.95
MOST_POSITIONAL = 2
ALWAYS_KEYWORDS = {"at", "on", "by", "seen", "using"}
# Files beside the models that hold no verbs, but what Django or a person asks for by these names.
NO_VERBS = {"admin", "api", "apps", "forms", "middleware", "selectors", "tasks", "urls", "views"}


def every_file() -> tuple[Source, ...]:
    return product() + of_tests()


def test_no_file_is_named_after_nothing():
    parts = {(part.removesuffix(".py"), it.name) for it in every_file() for part in it.path.parts}

    assert [name for part, name in sorted(parts) if part in FORBIDDEN_NAMES] == []


def test_files_are_short():
    long = {it.name: len(it.text.splitlines()) for it in every_file()}

    assert {name: lines for name, lines in long.items() if lines >= LONGEST_FILE} == {}


@pytest.mark.parametrize("folder", [*APPS, "tests", "."])
def test_functions_are_short(folder):
    lengths = {
        f"{it.name}:{function.lineno} {function.name}": lines_of(function)
        for it in every_file()
        if folder in {".", it.path.parts[0]}
        for function in it.functions()
    }

    long = {name: lines for name, lines in lengths.items() if lines >= SHORT}

    assert len(long) <= len(lengths) * (1 - SHARE_OF_SHORT), long


def test_a_module_opens_with_a_line_that_says_what_it_is():
    silent = [it.name for it in every_file() if it.text.strip() and not opening_line(it)]

    assert silent == []


def opening_line(it: Source) -> str:
    first = (ast.get_docstring(it.tree) or "").split("\n\n")[0]
    return first if re.search(r"[.:!?]$", first.strip()) else ""


def verb_files() -> list[Source]:
    """The files beside an app's models."""
    return [
        it
        for it in product()
        if it.path.parts[0] != "config" and len(it.path.parts) == 2
        if it.path.stem not in NO_VERBS | {"models"}
    ]


def test_verbs_take_keywords():
    positional = [
        f"{it.name}:{node.lineno} {node.name}({', '.join(names)})"
        for it in verb_files()
        for node in it.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for names in [[arg.arg for arg in node.args.posonlyargs + node.args.args]]
        if len(names) > MOST_POSITIONAL or (len(names) > 1 and set(names) & ALWAYS_KEYWORDS)
    ]

    assert positional == []


def test_there_are_no_signals():
    plumbing = ("django.dispatch", "django.db.models.signals", "django.core.signals")
    found = [
        (it.name, name)
        for it in product()
        for name in it.imports()
        if any(is_import_of(name, package) for package in plumbing) or name.endswith("signals")
    ]

    assert found == []


def test_no_model_does_more_when_it_is_saved():
    # The base of tables that are written once refuses there; it does nothing else.
    found = [
        f"{it.name}:{method.lineno} {kind.name}.{method.name}"
        for it in product()
        if "models" in it.name or it.name == "accounts/append_only.py"
        for kind in it.places(ast.ClassDef)
        if not (it.name == "accounts/append_only.py" and kind.name.startswith("AppendOnly"))
        for method in kind.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "asave", "delete"}
    ]

    assert found == []


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        # A model's base class is Django's way to have a permission table of its own.
        ("guardian", {"accounts/access.py", "accounts/models/accesses.py"}),
        ("django.core.mail", {"accounts/mail.py"}),
        ("smtplib", {"accounts/mail.py"}),
        ("stripe", {"billing/gateways"}),
        ("typst", {"billing/documents"}),
        ("facturx", {"billing/documents"}),
        ("urllib.request", {"accounts/tax_checks", "billing/gateways"}),
        ("babel", {"accounts/countries.py", "accounts/translations.py", "billing/core/display.py"}),
    ],
)
def test_one_room_alone_knows(package, rooms):
    knows = {
        it.name
        for it in product()
        if any(is_import_of(name, package) for name in it.imports())
        and not any(it.name.startswith(room) for room in rooms)
    }

    assert knows == set()


def test_a_rule_is_put_aside_only_with_a_reason():
    marker = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?P<rest>.*)")
    reason = re.compile(r"^(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w, -]+\])\s+(?:#\s*)?\w+ \w+")
    silent = [
        f"{it.name}:{number}"
        for it in every_file()
        if it.name != "tests/house/test_layout.py"
        for number, line in enumerate(it.text.splitlines(), 1)
        if (found := marker.search(line)) and not reason.match(found["rest"])
    ]

    assert silent == []


def test_the_arithmetic_uses_no_float():
    floats = [
        f"{it.name}:{node.lineno}"
        for it in product()
        if it.name.startswith("billing/core/")
        for node in ast.walk(it.tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]

    assert floats == []


def test_only_one_function_rounds():
    rounding = re.compile(r"\bquantize\(|\bROUND_\w+|(?<![\w.])round\(")
    elsewhere = [
        f"{it.name}:{number}"
        for it in product()
        if it.name != "billing/core/money.py"
        for number, line in enumerate(it.text.splitlines(), 1)
        if rounding.search(line)
    ]

    assert elsewhere == []


def kept_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_the_repository_names_no_machine_and_no_registry():
    # Written in two pieces, so that this file does not find itself.
    hosts = "|".join(["pypi" + r"\.org", "python" + r"hosted\.", "registry" + r"\.npm"])
    machine = re.compile(rf"(?<![\w.])/(?:home|root|work|Users)/\w|{hosts}")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in kept_files()
        if path.is_file()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if machine.search(line)
    ]

    assert found == []


def test_pages_are_short():
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts]
    long = [str(path) for path in pages if len(path.read_text().splitlines()) > 100]

    assert long == []


def test_a_rule_that_reads_the_source_finds_what_it_looks_for():
    this = read(Path(__file__).resolve())

    assert "tests.house.source.read" in set(this.imports())
    assert any(lines_of(function) > 10 for function in this.functions())
