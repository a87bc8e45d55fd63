"""The rules of the house: who may import whom, and what no file may hold.

Each rule is a function from source text to complaints; test_house.py runs them.
"""

from __future__ import annotations

import ast
import builtins
import fnmatch
import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OURS = ("segmentation", "addin", "templates")
LONGEST_MODULE = 320
SPREADSHEET_LIBRARIES = (
    "calamine",
    "fastexcel",
    "openpyxl",
    "python_calamine",
    "xlrd",
    "xlsxwriter",
)
TOP_FOLDERS = {*OURS, "tests", "docs"}
FREE_LICENCES = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD License",  # scipy says so of its three clauses
    "CC0-1.0",
    "MIT",
    "PSF-2.0",
    "Zlib",
}
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
CHARACTER_CLASS = re.compile(r"\[[^\[\]]*\]")
SENTENCE = re.compile(r"\b[A-Za-z']+,?(?: [a-z']+,?){4,}")
# They recognise what people write in cells (amounts, dates, headers): words, not sentences.
READING_MODULES = {f"segmentation/{name}.py" for name in ("amounts", "dates", "vocabulary")}
# Whatever is installed comes from where the machine says, never from an address in a file.
REGISTRY = re.compile(
    r"//[\w.-]*(?:pypi|pythonhosted|npmjs|npmmirror|registry|mirror|conda|artifactory)[\w.-]*"
    r"|//(?:deb|archive|security|snapshot)\.[\w.-]+|--(?:extra-)?index-url|\"resolved\":",
    re.IGNORECASE,
)
LOCAL_PATH = re.compile(r"(?<![\w./-])/(?:work|root|home|Users)/\w|[A-Z]:\\+Users\\+\w|\bfarm-\w")
CLOCKS = {"now", "today", "utcnow"}
SEEDED = {
    "default_rng",
    "RandomState",
    "Random",
    "SeedSequence",
    "Generator",
    "PCG64",
    "BitGenerator",
}


# ── what there is ──────────────────────────────────────────────────────────────────────────────


def project_files() -> list[Path]:
    """Every file of the project that git would take, found without git."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.name == ".git" or any(fnmatch.fnmatch(path.name, rule) for rule in ignored):
                continue
            if path.is_dir():
                yield from walk(path)
            else:
                yield path

    return list(walk(ROOT))


FILES = project_files()
NAMES = [path.relative_to(ROOT).as_posix() for path in FILES]
PYTHON = [name for name in NAMES if name.endswith(".py")]
SHIPPED = [name for name in PYTHON if name.split("/")[0] in OURS]
CORE = [name for name in SHIPPED if name.startswith("segmentation/")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# ── the rules ──────────────────────────────────────────────────────────────────────────────────


def imports(name: str, source: str) -> set[str]:
    """The full dotted names that a module imports; ``from a import b`` gives a and a.b."""
    package = list(PurePosixPath(name).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            if called in ("import_module", "__import__"):
                found.add(str(node.args[0].value))
    return found


def within(module: str, *packages: str) -> bool:
    """Whether a dotted name is one of the packages or lies inside one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def forbidden_packages(name: str) -> tuple[str, ...]:
    """The packages that the module in this file may not import."""
    banned = ["xlwings.pro", "xlwings.reports"]
    if name.startswith("segmentation/"):
        banned += ["addin", "templates", "tests", "xlwings", "uno", *SPREADSHEET_LIBRARIES]
    elif name.startswith("templates/"):
        banned += ["addin", "tests", "xlwings", "uno"]
    elif name.startswith("addin/"):
        banned.append("tests")
        if not re.match(r"addin/(hosts/excel|functions|commands)\b", name):
            banned.append("xlwings")
        if not re.match(r"addin/hosts/calc\b", name):
            banned.append("uno")
    return tuple(banned)


def wrong_imports(name: str, source: str) -> list[str]:
    """Imports against the one way: addin and templates → segmentation; hosts keep their library."""
    banned = forbidden_packages(name)
    return sorted(module for module in imports(name, source) if within(module, *banned))


def same_method(one: str, other: str) -> bool:
    """Whether two modules are parts of one method: rfm and rfm_next; _shared goes with all."""
    parts = one == other or one.startswith(f"{other}_") or other.startswith(f"{one}_")
    return parts or one.startswith("_") or other.startswith("_")


def wrong_method_imports(name: str, source: str) -> list[str]:
    """Modules of other methods that a method imports; the registry (__init__) may have all."""
    here = PurePosixPath(name)
    if str(here.parent) != "segmentation/methods" or here.stem == "__init__":
        return []
    methods = {
        PurePosixPath(each).stem for each in CORE if PurePosixPath(each).parent == here.parent
    }
    others = {each for each in methods | {"other"} if not same_method(each, here.stem)}
    return sorted(
        module
        for module in imports(name, source)
        if within(module, *(f"segmentation.methods.{other}" for other in others))
    )


def clocks_and_dice(source: str) -> list[str]:
    """Calls whose answer differs from run to run: the time of day, chance without a seed."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        owner, _, last = called.rpartition(".")
        clock = last in CLOCKS or called in ("time.time", "time.time_ns", "time.localtime")
        dice = re.search(r"(^|\.)random$", owner) is not None and last not in SEEDED
        unseeded = (
            last in ("default_rng", "RandomState", "Random") and not node.args + node.keywords
        )
        if (clock and owner) or dice or unseeded:
            found.append(f"line {node.lineno}: {called}()")
    return found


def docstrings(tree: ast.AST) -> set[int]:
    """The identity of every node that is a docstring."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


def programmer_errors(tree: ast.AST) -> set[int]:
    """The identity of every node inside ``raise ValueError(...)`` and its like."""
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    return {
        id(inner)
        for error in raised
        if hasattr(builtins, ast.unparse(error).split("(")[0])
        for inner in ast.walk(error)
    }


def wording(source: str, *, word: int = 0) -> list[str]:
    """String literals that read like wording, which belongs to the language files.

    That is any Chinese run longer than ``word`` characters, and English of five words or more.
    """
    tree = ast.parse(source)
    known = docstrings(tree) | programmer_errors(tree)
    return [
        f"line {node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known
        if any(len(run) > word for run in CJK.findall(CHARACTER_CLASS.sub("", node.value)))
        or SENTENCE.search(node.value)
    ]


def private_places(text: str) -> list[str]:
    """Package registries, mirrors and paths of somebody's own machine."""
    return [found[0] for rule in (REGISTRY, LOCAL_PATH) for found in rule.finditer(text)]


def length(source: str) -> int:
    """Lines of a module."""
    return len(source.splitlines())


def unknown_folders(names: list[str]) -> list[str]:
    """Top-level folders beside the known ones and the dotted ones."""
    tops = {name.split("/")[0] for name in names if "/" in name}
    return sorted(top for top in tops if top not in TOP_FOLDERS and not top.startswith("."))


def licence(package: str) -> set[str]:
    """The licence names of an installed package, from its own metadata."""
    about = metadata.metadata(package)
    texts = (about[key] for key in ("License-Expression", "License") if key in about)
    written = next((text for text in texts if text), "")
    if len(written) > 80 or not written:
        classifiers = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
        written = " AND ".join(classifier.rsplit(":: ", 1)[-1] for classifier in classifiers)
    written = written.replace("MIT License", "MIT")
    return set(re.split(r"\s+(?:AND|OR|WITH)\s+", written.replace("(", "").replace(")", "")))


def needed_at_run_time() -> set[str]:
    """Our run-time dependencies and theirs, optional extras aside."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    waiting, known = list(project["dependencies"]), set()
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.name in known:
            continue
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        known.add(requirement.name)
        waiting += metadata.requires(requirement.name) or []
    return known


def pins(text: str) -> dict[str, str]:
    """The exact versions in a constraints file, by normalised name."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    named = (line.partition("==") for line in lines if line)
    return {canonicalize_name(name): version for name, _, version in named}


def unpinned(requirements: list[str], constraints: str) -> list[str]:
    """The requirements that the constraints do not fix at a version which meets them."""
    known = pins(constraints)
    wanted = [Requirement(each) for each in requirements]
    return [
        str(each)
        for each in wanted
        if not each.specifier.contains(known.get(canonicalize_name(each.name)) or "0", True)
        or canonicalize_name(each.name) not in known
    ]
