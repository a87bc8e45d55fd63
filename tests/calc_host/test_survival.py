"""In a real Calc: both ways to answer agree, and neither a killed worker, a broken environment
nor many documents stop it or let it grow."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from addin.functions import FUNCTIONS
from addin.words import words
from tests.conftest import need
from tests.functions import test_every_function as every
from tests.office.calc import Calc
from tests.office.tools import libreoffice_path

ROOT = Path(__file__).parents[2]
FIRST_DAY = dt.datetime(1899, 12, 30)
MB = 1 << 20
ROWS, COLUMNS = 16, 16
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@contextmanager
def running(**more: Any) -> Iterator[Calc]:
    need(libreoffice_path)
    calc = Calc(**more)
    try:
        yield calc
    finally:
        calc.end()


@pytest.fixture(scope="module")
def calc() -> Iterator[Calc]:
    with running() as made:
        yield made


# ── what is known of processes ─────────────────────────────────────────────────────────────────


def processes(calc: Calc, name: str) -> list[int]:
    """The processes of this LibreOffice whose command has a name in it."""
    mark = f"FENJI_CALC_CONFIGURATION={calc.configuration}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if not folder.name.isdigit() or name.encode() not in (folder / "cmdline").read_bytes():
                continue
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:  # it has just ended
            continue
    return found


def workers(calc: Calc) -> list[int]:
    return processes(calc, "addin.hosts.calc.worker")


def resident(pid: int) -> int:
    """Bytes in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


# ── what stands in cells ───────────────────────────────────────────────────────────────────────


def cell(value: Any) -> Any:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, dt.datetime):
        return (value - FIRST_DAY) / dt.timedelta(days=1)
    return value


def letters(number: int) -> str:
    return chr(ord("A") + number)


def put(calc: Calc, doc: int, name: str, given: tuple[Any, ...], at: int) -> str:
    """Write arguments into columns from row ``at``, and give the formula over them."""
    column, said = 0, []
    for value in given:
        rows = value if isinstance(value, list) else [[value]]
        start = f"{letters(column)}{at}"
        calc.set_values(doc, 0, start, [[cell(v) for v in row] for row in rows])
        end = f"{letters(column + len(rows[0]) - 1)}{at + len(rows) - 1}"
        said.append(start if start == end else f"{start}:{end}")
        column += len(rows[0])
    return f"={name}({';'.join(said)})"


def every_answer(calc: Calc) -> dict[str, list[list[str]]]:
    """What every function gives for its good call, as an array."""
    doc, found = calc.new(), {}
    for i, (name, given) in enumerate(sorted(every.good().items())):
        at = 1 + i * (ROWS + 2)
        formula = put(calc, doc, name, given, at)
        area = f"{letters(COLUMNS)}{at}:{letters(COLUMNS + 9)}{at + 6}"
        calc.set_array(doc, 0, area, formula)
        found[name] = calc.strings(doc, 0, area)
    calc.close(doc)
    return found


def heavy(calc: Calc, doc: int, *, again: bool = False) -> str:
    """One call that the worker answers."""
    if not again:
        calc.set_values(doc, 0, "C1", every.ROWS)
    calc.set_array(doc, 0, "A1:A6", "=KMEANS_TIER(C1:E6;2)")
    return str(calc.strings(doc, 0, "A1")[0][0])


def reason(code: str, lang: str = "en", **params: str) -> str:
    return "#N/A " + words(lang)(f"calc.reason.{code}", **params)


# ── both ways ──────────────────────────────────────────────────────────────────────────────────


def test_in_process_and_through_the_worker_every_function_gives_the_same(calc: Calc) -> None:
    here = every_answer(calc)
    assert set(here) == set(FUNCTIONS)
    for name, rows in here.items():
        assert rows[0][0] and not rows[0][0].startswith(("#", "Err")), (name, rows[0][0])
    with running(settings={"mode": "worker"}) as other:
        assert every_answer(other) == here
        assert len(workers(other)) == 1


# ── killed, late, broken ───────────────────────────────────────────────────────────────────────


def while_stopped(calc: Calc, call: Callable[[], str], then: int | None) -> tuple[str, float]:
    """A call whose worker stands still, so that the call surely is under way when it gets ``then``;
    what the cell says, and after how many seconds."""
    (pid,) = workers(calc)
    os.kill(pid, signal.SIGSTOP)
    told: list[str] = []
    begun = time.monotonic()
    thread = threading.Thread(target=lambda: told.append(call()))
    thread.start()
    if then is not None:
        time.sleep(1)
        assert not told
        os.kill(pid, then)
    thread.join(60)
    return told[0], time.monotonic() - begun


def test_a_worker_killed_in_the_middle_of_a_call(calc: Calc) -> None:
    doc = calc.new()
    good = heavy(calc, doc)
    assert len(good) < 10
    (before,) = workers(calc)
    told, seconds = while_stopped(calc, lambda: heavy(calc, doc, again=True), signal.SIGKILL)
    assert told == reason("stopped")
    assert seconds < 5
    assert heavy(calc, doc, again=True) == good
    assert len(workers(calc)) == 1 and workers(calc) != [before]
    calc.close(doc)


def test_a_call_that_takes_too_long() -> None:
    # The first call loads scikit-learn, which takes a while on a busy machine.
    with running(lang="zh", settings={"seconds": 10}) as calc:
        doc = calc.new()
        good = heavy(calc, doc)
        told, seconds = while_stopped(calc, lambda: heavy(calc, doc, again=True), None)
        assert told == reason("late", "zh", seconds="10")
        assert seconds < 20
        assert heavy(calc, doc, again=True) == good


def without_numpy(folder: Path) -> str:
    venv.create(folder)
    python = next(p for p in (folder / "bin" / "python",) if p.exists())
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "fenji.pth").write_text(str(ROOT), encoding="utf-8")
    return str(python)


@pytest.mark.parametrize("broken", ["python_gone", "missing_package"])
def test_a_broken_environment_is_told_at_once(broken: str, tmp_path: Path) -> None:
    python = str(tmp_path / "gone")
    params = {"python": python}
    if broken == "missing_package":
        python = without_numpy(tmp_path / "environment")
        params = {"package": "numpy"}
    settings = {"python": python, "site": str(tmp_path), "mode": "auto"}
    with running(settings=settings) as calc:
        doc = calc.new()
        formulas = [f"=ABC_CLASS({i};0.8;0.95)" for i in range(1, 1001)]
        begun = time.monotonic()
        calc.set_column(doc, 0, "A1", formulas)
        told = calc.strings(doc, 0, "A1:A1000")
        assert {row[0] for row in told} == {reason(broken, **params)}
        assert time.monotonic() - begun < 10
        assert workers(calc) == []


# ── many documents, two at once ────────────────────────────────────────────────────────────────


def one_document(calc: Calc) -> None:
    doc = calc.new()
    heavy(calc, doc)
    formula = put(calc, doc, "RFM_TIER", every.SIX, 20)
    calc.set_array(doc, 0, "G20:G25", formula)
    assert "" not in [row[0] for row in calc.strings(doc, 0, "G20:G25")]
    scalars = [f"=SCORECARD_TIER(A20:C25;{i};;50)" for i in range(1, 101)]
    calc.set_column(doc, 0, "I1", scalars)
    calc.calculate(doc)
    calc.close(doc)


def test_fifty_documents_leave_nothing_behind(record_property: Callable[..., None]) -> None:
    with running() as calc:
        (office,) = processes(calc, "soffice.bin")
        figures = []
        for number in range(1, 51):
            one_document(calc)
            if number in (10, 50):
                (worker,) = workers(calc)
                figures.append((resident(office), resident(worker), threads(office), worker))
    (before, worker_before, threads_before, first), (after, worker_after, threads_after, last) = (
        figures
    )
    record_property("figures", figures)
    print([(a // MB, b // MB, t, w) for a, b, t, w in figures])
    assert first == last
    assert worker_after - worker_before < 8 * MB
    assert threads_after <= threads_before + 2
    assert after - before < 40 * MB


def test_two_documents_at_once(calc: Calc) -> None:
    """Calls in turn, whose models and rows differ: each document gets its own answers."""
    docs = [calc.new(), calc.new()]
    limits = ("500;200", "100;50")
    for doc in docs:
        calc.set_values(doc, 0, "A1", [[float(i)] for i in range(1, 41)])
        calc.set_values(doc, 0, "B1", every.ROWS)
    for i in range(40):
        for doc, limit in zip(docs, limits, strict=True):
            value = 20 * (i + 1)
            formula = f'=THRESHOLD_TIER({value};"{limit}";"VIP;Gold;Rest")'
            calc.set_formulas(doc, 0, {f"F{i + 1}": formula})
            calc.set_array(doc, 0, "H1:H6", f"=KMEANS_TIER(B1:D6;{2 + doc % 2})")
    for doc, (gold, rest) in zip(docs, ((500, 200), (100, 50)), strict=True):
        values = [20 * (i + 1) for i in range(40)]
        wanted = ["VIP" if v >= gold else "Gold" if v >= rest else "Rest" for v in values]
        found = [row[0] for row in calc.strings(doc, 0, "F1:F40")]
        assert found == wanted
        calc.close(doc)


def test_two_offices_in_two_languages_at_once(calc: Calc) -> None:
    with running(lang="zh") as other:
        told: dict[str, list[str]] = {}

        def work(lang: str, at: Calc) -> None:
            doc = at.new()
            formulas = ["=RFM_TIER(1;2;3)"] * 20
            for i in range(20):
                at.set_formulas(doc, 0, {f"A{i + 1}": formulas[i]})
            told[lang] = [row[0] for row in at.strings(doc, 0, "A1:A20")]
            at.close(doc)

        both = [threading.Thread(target=work, args=each) for each in (("en", calc), ("zh", other))]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join(120)
        for lang in ("en", "zh"):
            wanted = "#VALUE! " + words(lang)("function_error.model_needed")
            assert set(told[lang]) == {wanted}
