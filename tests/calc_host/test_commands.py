"""What a command says when it can't do its work, and that it never touches the user's file."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addin.cli import main
from tests.calc_host import documents
from tests.calc_host.documents import dump, opened, press, tiers
from tests.conftest import need
from tests.office.calc import Calc, uno_python


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    assert main(["demo", "--lang", "en", "-o", str(folder)]) == 0
    return folder / "sample-orders.xlsx"


@pytest.fixture
def python(calc: Calc, tmp_path: Path) -> Iterator[Any]:
    with documents.python(calc, tmp_path) as put:
        yield put


def test_a_job_that_dies_is_told_and_changes_nothing(
    calc: Calc, sample: Path, tmp_path: Path, python: Any
) -> None:
    doc = opened(calc, sample, tmp_path)
    before = dump(calc, doc)
    for body in ('print("noise")', "import os; os._exit(3)", 'print("[1]"); print("{")'):
        python(body)
        kind, title, text = press(calc, doc, "grade")
        assert (kind, title) == ("problem", "Grade customers")
        assert "nothing was changed" in text
    assert dump(calc, doc) == before
    assert not calc.modified(doc)
    calc.close(doc)


def test_without_fenjis_python_it_says_what_to_do(calc: Calc, python: Any, tmp_path: Path) -> None:
    python("")
    (tmp_path / "python").unlink()
    doc = calc.new(hidden=False)
    kind, _, text = press(calc, doc, "grade")
    assert kind == "problem"
    assert "fenji install --calc" in text
    calc.close(doc)


def test_the_users_file_stays_as_it_is(calc: Calc, sample: Path, tmp_path: Path) -> None:
    doc = opened(calc, sample, tmp_path)
    file = tmp_path / sample.name
    bytes_before, times = file.read_bytes(), file.stat().st_mtime_ns
    assert press(calc, doc, "grade")[0] == "done"
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (bytes_before, times)
    assert calc.modified(doc)
    calc.close(doc)


def test_unsaved_and_encrypted_documents_are_graded(
    calc: Calc, sample: Path, tmp_path: Path
) -> None:
    plain = opened(calc, sample, tmp_path)
    locked = tmp_path / "locked.ods"
    code = """
docs[doc].storeToURL(uno.systemPathToFileUrl(path), properties(FilterName="calc8", Password="x"))
"""
    calc.run(code + "result = None", doc=plain, path=str(locked))
    values = calc.values(plain, 0)
    calc.close(plain)
    fresh = calc.new(hidden=False)
    calc.set_values(fresh, 0, "A1", values)
    assert press(calc, fresh, "grade")[0] == "done"
    found = tiers(calc, fresh)
    calc.close(fresh)
    secret = calc.run(
        """
made = desktop.loadComponentFromURL(
    uno.systemPathToFileUrl(path), "_blank", 0, properties(Password="x"))
number = max(docs, default=0) + 1000
docs[number] = made
result = number
""",
        path=str(locked),
    )
    assert press(calc, secret, "grade")[0] == "done"
    assert tiers(calc, secret) == found
    calc.close(secret)


def test_read_only_and_protected_documents_are_refused_first(
    calc: Calc, sample: Path, tmp_path: Path
) -> None:
    doc = opened(calc, sample, tmp_path)
    calc.run("docs[doc].protect('secret'); result = None", doc=doc)
    before = dump(calc, doc)
    kind, _, text = press(calc, doc, "grade")
    assert kind == "problem"
    assert "structure" in text
    assert dump(calc, doc) == before
    calc.run("docs[doc].unprotect('secret'); result = None", doc=doc)
    assert press(calc, doc, "grade")[0] == "done"
    calc.run("docs[doc].Sheets.getByName('Strategy').protect('secret'); result = None", doc=doc)
    kind, _, text = press(calc, doc, "grade")
    assert kind == "problem"
    assert "“Strategy”" in text
    calc.close(doc)


def test_sheets_are_shown_and_missing_ones_told(calc: Calc, sample: Path, tmp_path: Path) -> None:
    doc = opened(calc, sample, tmp_path)
    for command in ("whatif", "strategy", "settings", "compare"):
        assert press(calc, doc, command)[0] == "problem"
    assert press(calc, doc, "grade")[0] == "done"
    active = "result = docs[doc].CurrentController.ActiveSheet.Name"
    assert calc.run(active, doc=doc) == "Customers"
    for command, sheet in {
        "whatif": "Model",
        "strategy": "Strategy",
        "settings": "Settings",
    }.items():
        assert press(calc, doc, command)[0] == "done"
        assert calc.run(active, doc=doc) == sheet
    kind, title, text = press(calc, doc, "nonsense")
    assert (kind, title) == ("problem", "Fenji: customer grading")
    assert "“nonsense”" in text
    assert press(calc, doc, "stop")[0] == "problem"
    calc.close(doc)


def test_two_documents_each_get_their_own(calc: Calc, sample: Path, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    one, two = opened(calc, sample, tmp_path), opened(calc, sample, tmp_path / "two")
    other = dump(calc, two)
    assert press(calc, one, "grade")[0] == "done"
    assert dump(calc, two) == other
    assert press(calc, two, "grade")[0] == "done"
    calc.undo(one)
    assert "Customers" not in calc.sheets(one)
    assert "Customers" in calc.sheets(two)
    calc.close(one)
    calc.close(two)


def test_from_the_menu_libreoffice_stays_alive_and_a_second_press_says_so(
    calc: Calc, sample: Path, tmp_path: Path, python: Any
) -> None:
    doc = opened(calc, sample, tmp_path)
    python('import time; print(\'{"step": "slow"}\', flush=True); time.sleep(60)')
    begin = """
from com.sun.star.util import URL
frame = docs[doc].CurrentController.Frame
url = URL(); url.Complete = "org.fenji.calc:grade"
_, url = ctx.ServiceManager.createInstanceWithContext(
    "com.sun.star.util.URLTransformer", ctx).parseStrict(url)
frame.queryDispatch(url, "", 0).dispatch(url, properties(Silent=True))
result = None
"""
    started = time.monotonic()
    calc.run(begin, doc=doc)
    assert time.monotonic() - started < 20
    kind, _, text = press(calc, doc, "check")
    assert kind == "problem"
    assert "still at work" in text
    assert press(calc, doc, "stop")[0] == "done"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if press(calc, doc, "stop")[0] == "problem":
            break
        time.sleep(0.2)
    assert "still at work" not in press(calc, doc, "whatif")[2]
    calc.close(doc)


@pytest.mark.parametrize("edited", [True, False])
def test_only_what_somebody_changes_meanwhile_stops_a_command(
    calc: Calc, sample: Path, tmp_path: Path, python: Any, *, edited: bool
) -> None:
    """LibreOffice calls a document modified also for what it calculates or lays out by itself."""
    doc = opened(calc, sample, tmp_path)
    sheet = calc.sheets(doc)[0]
    column = {"sheet": sheet, "header_row": 0, "column": None, "after": 9, "header": "Tier"}
    column |= {"width_mm": 30.0, "cells": [[1, "A"]]}
    told = {"kind": "done", "title": "t", "said": "s", "columns": [column]}
    line = json.dumps(told)
    python(f"import time; time.sleep(4); print({line!r})")
    begin = """
import builtins, unohelper
from com.sun.star.frame import XDispatchResultListener
from com.sun.star.util import URL
class Listener(unohelper.Base, XDispatchResultListener):
    def dispatchFinished(self, event): builtins.outcome = list(event.Result)
    def disposing(self, event): pass
builtins.outcome = None
frame = docs[doc].CurrentController.Frame
url = URL(); url.Complete = "org.fenji.calc:grade"
_, url = ctx.ServiceManager.createInstanceWithContext(
    "com.sun.star.util.URLTransformer", ctx).parseStrict(url)
found = frame.queryDispatch(url, "", 0)
found.dispatchWithNotification(url, properties(Silent=True), Listener())
result = None
"""
    calc.run(begin, doc=doc)
    if edited:
        calc.set_values(doc, 0, "Z9", [["mine"]])
    else:
        calc.run("docs[doc].calculateAll(); docs[doc].setModified(True); result = None", doc=doc)
    deadline, outcome = time.monotonic() + 60, None
    while outcome is None and time.monotonic() < deadline:
        time.sleep(0.2)
        outcome = calc.run("import builtins; result = builtins.outcome")
    written = ["Tier"] in calc.values(doc, 0, "K1:K1")
    assert (outcome[0], written) == (("problem", False) if edited else ("done", True))
    calc.close(doc)


def test_nothing_is_left_in_the_temporary_folder(sample: Path, tmp_path: Path) -> None:
    """In a LibreOffice whose temporary folder nobody else uses."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    need(uno_python)
    alone = Calc(environment={"TMPDIR": str(folder)})
    try:
        doc = opened(alone, sample, tmp_path)
        assert press(alone, doc, "grade")[0] == "done"
        kept = list(folder.glob("fenji-*"))
        alone.close(doc)
        left = list(folder.glob("fenji-*"))
    finally:
        alone.end()
    # Until the document is closed Redo needs the file that was made.
    assert kept
    assert left == []
