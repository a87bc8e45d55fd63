"""A person at the screen: the real menu is clicked, customers are graded, Ctrl+Z takes it back.

The pictures stay in the folder that FENJI_PICTURES names, else in pytest's own.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pymupdf
import pytest

from addin.cli import main
from addin.words import words
from tests.conftest import ROOT, need
from tests.office import png
from tests.office.screen import SIZE, screen
from tests.office.tools import bridge_path, chinese_path, screen_programs

SECONDS = 600


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where this test's pictures stay."""
    kept = os.environ.get("FENJI_PICTURES")
    folder = Path(kept) if kept else tmp_path / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def played(lang: str, book: Path, pictures: Path, folder: Path) -> dict[str, Any]:
    """What the scene saw."""
    for find in (screen_programs, bridge_path, chinese_path):
        need(find)
    seen = folder / "seen.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.calc_host.scene", "--lang", lang, "--book", str(book)),
            *("--pictures", str(pictures), "--seen", str(seen)),
        ],
        check=False,
        cwd=ROOT,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{done.stderr[-6000:]}\npictures: {pictures}"
    return dict(json.loads(seen.read_text(encoding="utf-8")))


def tiers_by_command(book: Path, folder: Path) -> dict[str, str]:
    """Each customer's tier as ``fenji grade`` gives it."""
    out = folder / "graded.csv"
    assert main(["grade", str(book), "-o", str(out)]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        return {row["customer"]: row["tier"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(("lang", "kind"), [("en", "xlsx"), ("zh", "ods")])
def test_grading_from_the_menu_and_taking_it_back(
    office: ModuleType, tmp_path: Path, pictures: Path, lang: str, kind: str
) -> None:
    text = words(lang)
    assert main(["demo", "--lang", lang, "-o", str(tmp_path)]) == 0
    book = tmp_path / text("file.demo_orders")
    if kind != "xlsx":
        book = office.convert(book, kind, tmp_path / "other")
    seen = played(lang, book, pictures, tmp_path)

    header, *rows = seen["customers"]
    customer = header.index(text("header.FenjiCustomers.customer"))
    tier = header.index(text("header.FenjiCustomers.tier"))
    expected = tiers_by_command(tmp_path / text("file.demo_orders"), tmp_path)
    assert {row[customer]: row[tier] for row in rows} == expected
    assert len(set(expected.values())) == 4

    sheets = {text(f"sheet.{name}") for name in ("customers", "dashboard", "strategy", "model")}
    assert sheets <= {name.removeprefix("sheet ") for name in seen["graded"]}
    assert seen["frozen"] is True
    assert str(len(expected)) in seen["said"].replace(",", "")
    assert {name: seen["graded"].get(name) for name in seen["before"]} == seen["before"]
    assert seen["after"] == seen["before"]
    assert (seen["undo_before"], len(seen["undo"]), seen["undo_after"]) == ([], 1, [])


def test_the_screens_picture_is_what_was_drawn(tmp_path: Path) -> None:
    need(screen_programs)
    with screen() as shown:
        assert shown.dots().shape == (SIZE[1], SIZE[0], 3)
        path = shown.picture(tmp_path / "part.png", (10, 20, 300, 200))
    kept: Any = pymupdf.Pixmap(path)  # type: ignore[no-untyped-call]
    assert (kept.width, kept.height) == (300, 200)


def test_few_colours_are_kept_exactly(tmp_path: Path) -> None:
    dots = np.random.default_rng(1).integers(0, 6, (40, 50, 3)).astype(np.uint8) * 50
    kept: Any = pymupdf.Pixmap(png.save(dots, tmp_path / "few.png"))  # type: ignore[no-untyped-call]
    assert kept.samples == dots.tobytes()


def test_many_colours_become_the_nearest_of_the_frequent_ones() -> None:
    often = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    rare = np.array([[10, 11, 10], [200, 201, 203]], dtype=np.uint8)
    palette, places = png.reduce(np.concatenate([often, often, rare]))
    assert len(palette) == 256
    assert palette[places[-2:]].tolist() == [[10, 10, 10], [201, 201, 201]]
