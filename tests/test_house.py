"""The project keeps the rules of the house, and each rule can fail.

Every rule in house.py runs over the project, and over a bad sample that it must complain about.
"""

from __future__ import annotations

import fnmatch
import tomllib
from pathlib import PurePosixPath

import pytest

from tests import house

# ── the project keeps them ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", house.SHIPPED)
def test_imports_point_one_way(name: str) -> None:
    assert house.wrong_imports(name, house.read(name)) == []
    assert house.wrong_method_imports(name, house.read(name)) == []


@pytest.mark.parametrize("name", sorted(set(house.PYTHON) - set(house.SHIPPED)))
def test_nothing_uses_the_parts_of_xlwings_that_are_not_free(name: str) -> None:
    assert house.wrong_imports(name, house.read(name)) == []


@pytest.mark.parametrize("name", house.CORE)
def test_the_core_has_no_clock_no_dice_and_no_wording(name: str) -> None:
    assert house.clocks_and_dice(house.read(name)) == []
    assert house.wording(house.read(name), word=4 if name in house.READING_MODULES else 0) == []


@pytest.mark.parametrize("name", [*house.SHIPPED, "start.py"])
def test_modules_are_short(name: str) -> None:
    assert house.length(house.read(name)) < house.LONGEST_MODULE


def test_top_level_folders() -> None:
    assert house.unknown_folders(house.NAMES) == []


def test_no_file_names_a_registry_or_a_machine() -> None:
    texts = {path: path.read_bytes() for path in house.FILES}
    found = {
        str(path.relative_to(house.ROOT)): places
        for path, raw in texts.items()
        if b"\0" not in raw and (places := house.private_places(raw.decode("utf-8")))
    }
    assert found == {}


def test_run_time_dependencies_are_free_to_ship() -> None:
    unknown = {
        name: house.licence(name) - house.FREE_LICENCES for name in house.needed_at_run_time()
    }
    assert {name: left for name, left in unknown.items() if left} == {}


def test_constraints_hold_every_dependency() -> None:
    project = tomllib.loads(house.read("pyproject.toml"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert house.unpinned(wanted, house.read("constraints.txt")) == []


# ── each rule can fail ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "source", "complaint"),
    [
        ("segmentation/a.py", "import addin.words", "addin.words"),
        ("segmentation/a.py", "def f():\n    from fastexcel import read_excel", "fastexcel"),
        ("segmentation/a.py", "import importlib\nimportlib.import_module('openpyxl')", "openpyxl"),
        ("segmentation/methods/a.py", "from ...templates import build", "templates"),
        ("templates/build.py", "from addin.words import words", "addin.words"),
        ("addin/cli.py", "import xlwings as xw", "xlwings"),
        ("addin/hosts/file/read.py", "import uno", "uno"),
        ("addin/hosts/excel/host.py", "from xlwings import pro", "xlwings.pro"),
        ("start.py", "import xlwings.reports", "xlwings.reports"),
    ],
)
def test_a_wrong_import_is_seen(name: str, source: str, complaint: str) -> None:
    assert complaint in house.wrong_imports(name, source)


def test_allowed_imports_are_left_alone() -> None:
    assert (
        house.wrong_imports("addin/hosts/excel/host.py", "import xlwings, segmentation.bins") == []
    )
    assert house.wrong_imports("addin/functions.py", "import xlwings, templates") == []
    assert house.wrong_imports("segmentation/a.py", "import polars\nfrom .bins import cut") == []
    assert house.wrong_imports("templates/build.py", "import xlsxwriter, segmentation") == []


@pytest.mark.parametrize("source", ["from .other import fit", "from . import other"])
def test_a_method_that_imports_a_method_is_seen(source: str) -> None:
    assert house.wrong_method_imports("segmentation/methods/mine.py", source) != []
    assert house.wrong_method_imports("segmentation/methods/__init__.py", source) == []
    assert house.wrong_method_imports("segmentation/methods/other_next.py", source) == []
    assert (
        house.wrong_method_imports("segmentation/methods/mine.py", "from ..bins import cut") == []
    )


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now()",
        "dt.date.today()",
        "time.time()",
        "random.shuffle(x)",
        "np.random.rand(3)",
        "numpy.random.default_rng()",
        "random.Random()",
    ],
)
def test_a_clock_and_an_unseeded_die_are_seen(source: str) -> None:
    assert house.clocks_and_dice(source) != []


@pytest.mark.parametrize("source", ["np.random.default_rng(7)", "clock.seconds()", "rng.random(3)"])
def test_seeded_chance_is_left_alone(source: str) -> None:
    assert house.clocks_and_dice(source) == []


def test_wording_in_code_is_seen() -> None:
    assert house.wording("x = '重要客户'") != []
    assert house.wording("x = f'{n} 位客户'") != []
    assert house.wording("x = 'The tier of this customer'") != []
    assert house.wording("raise GradingError('there is no column of amounts')") != []
    assert house.wording("x = '这个客户的等级'", word=4) != []


def test_other_text_in_code_is_left_alone() -> None:
    assert (
        house.wording('def f():\n    """客户 for each of the customers."""\n    return "customer"')
        == []
    )
    assert house.wording("raise ValueError('limits must go up, not down')") == []
    assert house.wording("x = r'(?:人民币|美元)[元圆块亿万千百]'", word=4) == []


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "work/main/x",
        "C:\\" + "Users\\wang\\x",
        "farm" + "-issue",
        "https:/" + "/registry.example.org/x",
        "https:/" + "/pypi.example/simple",
        "http:/" + "/deb.example.org/debian",
        "pip install --index" + "-url x",
        '"resolved"' + ': "https://example.org/x.tgz"',
    ],
)
def test_a_registry_and_a_local_path_are_seen(text: str) -> None:
    assert house.private_places(text) != []


def test_ordinary_addresses_and_paths_are_left_alone() -> None:
    assert (
        house.private_places("https://www.python.org/ docs/work/x ../shared/data homework/a") == []
    )


def test_length_and_folders_are_seen() -> None:
    assert house.length("x\n" * house.LONGEST_MODULE) == house.LONGEST_MODULE
    assert house.unknown_folders(["src/a.py", ".ci/run", "docs/a.md", "README.md"]) == ["src"]


def test_a_licence_that_binds_is_seen() -> None:
    assert house.licence("pymupdf") - house.FREE_LICENCES


def test_a_dependency_without_a_fitting_pin_is_seen() -> None:
    known = "# why\nPy_Arrow==26.0.1\nnumpy==1.9\n"
    assert house.unpinned(["py-arrow>=20", "numpy>=2.0", "lxml"], known) == ["numpy>=2.0", "lxml"]


def test_every_package_and_data_file_is_installed() -> None:
    """Seen only on a fresh machine otherwise: here the project runs from its folder."""
    tool = tomllib.loads(house.read("pyproject.toml"))["tool"]["setuptools"]
    folders = {str(PurePosixPath(name).parent).replace("/", ".") for name in house.SHIPPED}
    assert set(tool["packages"]) >= folders - {"."}
    data = [n for n in house.NAMES if n.split("/")[0] in house.OURS and not n.endswith(".py")]
    for name in data:
        package, _, rest = name.partition("/")
        patterns = tool["package-data"].get(package, [])
        assert any(fnmatch.fnmatch(rest, pattern) for pattern in patterns), name
