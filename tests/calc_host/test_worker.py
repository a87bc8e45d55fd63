"""The worker and who calls it: round trips, limits, crashes, restarts and rests.

Both ends are this Python; a worker of a test answers with what the test says, in its place.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from addin.functions import FUNCTIONS
from addin.hosts.calc.inside import answering, client, local, pipes, wire
from addin.hosts.calc.inside.answering import Answering
from addin.hosts.calc.inside.client import Worker
from addin.hosts.calc.inside.settings import AnswerError, Settings
from addin.words import words
from tests.functions import test_every_function as every

ROOT = Path(__file__).parents[2]
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import os, time, warnings\n"
SERVE = "from addin.hosts.calc import worker\nworker.main(lambda: answer)\n"
ANSWERS = """
def answer(name, lang, given):
    if name == "SLEEP": time.sleep(given[0])
    if name == "DIE": os._exit(3)
    if name == "RAISE": raise RuntimeError("wrong")
    if name == "STRANGE": return [[os.environ]]
    if name == "PID": return [[float(os.getpid())]]
    if name == "WHERE": return [[os.getcwd(), sys.flags.isolated, *sys.path]]
    if name == "PRINT":
        print("x" * 100_000)
        os.write(1, b"y" * 1000)
        os.system("echo z")
        warnings.warn("w")
        return [[str(sys.stdin.read())]]
    return [[name, lang, *map(repr, given)]]
"""
Made = Callable[..., Worker]


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["polled", "threaded"])
def made(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Made]:
    """Makes workers from the source of a program, and ends them; talking as on either system."""
    monkeypatch.setattr(pipes, "CAN_POLL", request.param == "polled")
    workers: list[Worker] = []

    def make(source: str = START + ANSWERS + SERVE, **limits: Any) -> Worker:
        script = tmp_path / f"worker{len(workers)}.py"
        script.write_text(source, encoding="utf-8")
        clock = limits.pop("clock", time.monotonic)
        worker = Worker(
            lambda: settings(**limits),
            command=lambda told: [told.python, "-I", str(script)],
            clock=clock,
        )
        workers.append(worker)
        return worker

    yield make
    for worker in workers:
        worker.close()


def settings(**limits: Any) -> Settings:
    site = next(p for p in sys.path if p.endswith("site-packages"))
    version = (sys.version_info.major, sys.version_info.minor)
    return Settings(**{"python": sys.executable, "site": site, "version": version, **limits})


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def failure(call: Callable[..., Any], *given: Any) -> str:
    with pytest.raises(AnswerError) as said:
        call(*given)
    return said.value.code


def gone(pid: int, seconds: float = 5) -> bool:
    """Whether a process ends within this time; one that nobody waited for counts as ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


# ── the wire ───────────────────────────────────────────────────────────────────────────────────


def test_values_come_back_as_they_went(made: Made) -> None:
    given = ((1.5, None, "分级", ""), ((1.0, "A"), ("", float("inf"))))
    assert made().call("ECHO", "zh", given) == [["ECHO", "zh", *map(repr, given)]]


def test_a_large_range(made: Made) -> None:
    column = tuple((float(i), f"c{i}") for i in range(200_000))
    ((_, _, told),) = made().call("ECHO", "en", (column,))
    assert told == repr(column)


def test_prints_warnings_and_questions_do_not_reach_the_wire(made: Made) -> None:
    worker = made()
    assert worker.call("PRINT", "en", ()) == [[""]]
    assert worker.call("ECHO", "en", ()) == [["ECHO", "en"]]


@pytest.mark.parametrize("value", [os.environ, Path("x"), lambda: 0])
def test_only_plain_values_go_over(made: Made, value: Any) -> None:
    assert failure(made().call, "ECHO", "en", (value,)) in ("failed", "stopped")


def test_reading_a_message_runs_nothing(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "made"),)

    with pytest.raises(wire.BrokenError):
        wire.unpacked(wire.packed(Evil())[wire.HEAD :])
    assert not (tmp_path / "made").exists()


def test_a_range_that_comes_again_goes_over_once_and_is_the_same_one() -> None:
    here, there = wire.Kept(), wire.Kept()
    models = [tuple((f"{i}", float(j)) for j in range(40)) for i in range(20)]
    order = [random.Random(i).choice(models) for i in range(300)]
    seen: dict[int, Any] = {}
    for i, model in enumerate(order):
        given = [1.0, model, None, ((2.0,),), models[i % 3], "x"]
        message = wire.packed(("RFM_TIER", "en", given), here)
        *_, short = wire.unpacked(message[wire.HEAD :])
        restored = there.restored(short)
        assert restored == given
        if short[1:5] == [model, None, ((2.0,),), models[i % 3]]:
            raise AssertionError("nothing was shortened")
        if isinstance(short[1], int):
            assert restored[1] is seen[id(model)]
            assert len(message) < 1500
        seen[id(model)], seen[id(models[i % 3])] = restored[1], restored[4]
    assert len(here._ranges) <= 8


# ── what goes wrong ────────────────────────────────────────────────────────────────────────────


def test_a_call_that_takes_too_long(made: Made) -> None:
    worker = made(seconds=0.4)
    worker.call("ECHO", "en", ())
    pid = worker.pid
    begun = time.monotonic()
    assert failure(worker.call, "SLEEP", "en", (30.0,)) == "late"
    assert time.monotonic() - begun < 2
    assert pid and gone(pid)
    assert worker.call("ECHO", "en", ()) == [["ECHO", "en"]]


def test_killed_in_the_middle_of_a_call(made: Made) -> None:
    worker = made()
    worker.call("ECHO", "en", ())
    pid = worker.pid
    assert pid
    threading.Timer(0.3, os.kill, (pid, signal.SIGTERM)).start()
    begun = time.monotonic()
    assert failure(worker.call, "SLEEP", "en", (30.0,)) == "stopped"
    assert time.monotonic() - begun < 2
    assert worker.call("ECHO", "en", ()) == [["ECHO", "en"]]
    assert worker.pid != pid


def test_killed_between_two_calls_is_not_noticed(made: Made) -> None:
    worker = made()
    (pid,) = worker.call("PID", "en", ())[0]
    os.kill(int(pid), signal.SIGTERM)
    assert gone(int(pid))
    time.sleep(0.2)  # the last of its threads may end after it
    assert worker.call("PID", "en", ()) != [[pid]]


def test_a_worker_that_crashes_in_a_call(made: Made) -> None:
    worker = made()
    assert failure(worker.call, "DIE", "en", ()) == "stopped"
    assert worker.call("ECHO", "en", ()) == [["ECHO", "en"]]


def test_a_mistake_of_ours_does_not_end_the_worker(made: Made) -> None:
    worker = made()
    before = worker.call("PID", "en", ())
    assert failure(worker.call, "RAISE", "en", ()) == "failed"
    assert failure(worker.call, "STRANGE", "en", ()) in ("failed", "stopped")
    assert failure(worker.call, "RAISE", "en", ()) == "failed"
    assert worker.call("PID", "en", ()) == before


def test_a_worker_that_does_not_read_blocks_nobody(made: Made) -> None:
    deaf = f"{START}from addin.hosts.calc import worker\nends = worker.own_pipes()\n"
    worker = made(f"{deaf}worker.greet(ends)\ntime.sleep(60)\n", seconds=0.5)
    begun = time.monotonic()
    assert failure(worker.call, "ECHO", "en", ("x" * 10_000_000,)) == "late"
    assert time.monotonic() - begun < 3


BROKEN = {
    "not_started": f"{START}sys.exit(1)",
    "start_late": f"{START}time.sleep(60)",
    "other_version": (
        f"{START}from addin.hosts.calc import worker\n"
        "from addin.hosts.calc.inside import wire\nwire.PROTOCOL = 99\n"
        "ends = worker.own_pipes()\nworker.greet(ends)\ntime.sleep(60)\n"
    ),
    "missing_package": (
        f"{START}from addin.hosts.calc import worker\ndef load(): import numpi\nworker.main(load)\n"
    ),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_worker_that_can_not_be_started(made: Made, code: str) -> None:
    clock = Clock()
    worker = made(BROKEN[code], start_seconds=1.5, clock=clock)
    assert failure(worker.call, "ECHO", "en", ()) == code
    assert worker.pid is None
    begun = time.monotonic()
    assert {failure(worker.call, "ECHO", "en", ()) for _ in range(1000)} == {code}
    assert time.monotonic() - begun < 10
    # After a rest it is tried again, and takes its time again.
    clock.now += client.REST + 1
    assert failure(worker.call, "ECHO", "en", ()) == code
    assert time.monotonic() - begun > 0.02


def test_noise_before_the_greeting_is_not_waited_for(made: Made) -> None:
    worker = made(f"{START}print('Warning: ' * 9, flush=True); time.sleep(60)")
    begun = time.monotonic()
    assert failure(worker.call, "ECHO", "en", ()) == "not_started"
    assert time.monotonic() - begun < 5


def test_a_python_that_does_not_run(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("no program", encoding="utf-8")
    worker = Worker(lambda: settings(python=str(python)))
    assert failure(worker.call, "ECHO", "en", ()) == "not_started"


def test_a_sheet_of_calls_that_are_all_late_comes_to_an_end(made: Made) -> None:
    clock = Clock()
    worker = made(seconds=0.2, clock=clock)
    begun = time.monotonic()
    assert {failure(worker.call, "SLEEP", "en", (30.0,)) for _ in range(500)} == {"late"}
    assert time.monotonic() - begun < 5
    clock.now += client.REST + 1
    assert worker.call("ECHO", "en", ()) == [["ECHO", "en"]]


def test_a_repaired_configuration_is_found(made: Made) -> None:
    clock = Clock()
    told = [AnswerError("not_installed")]

    def read() -> Settings:
        if told:
            raise told[0]
        return settings()

    worker = made(clock=clock)
    worker._read = read
    assert failure(worker.call, "ECHO", "en", ()) == "not_installed"
    told.clear()
    assert failure(worker.call, "ECHO", "en", ()) == "not_installed"
    clock.now += client.REST + 1
    assert worker.call("ECHO", "en", ()) == [["ECHO", "en"]]


# ── many ───────────────────────────────────────────────────────────────────────────────────────


def test_threads_share_a_worker(made: Made) -> None:
    worker = made()
    wrong: list[Any] = []

    def ask(lang: str) -> None:
        for i in range(200):
            rows = worker.call("ECHO", lang, (float(i),))
            if rows != [["ECHO", lang, repr(float(i))]]:
                wrong.append(rows)

    threads = [threading.Thread(target=ask, args=(lang,)) for lang in ("en", "zh")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_restarts_leave_nothing_behind(made: Made) -> None:
    worker = made()
    for _ in range(3):
        worker.call("ECHO", "en", ())
        worker.close()
    threads, files = threading.active_count(), open_files()
    for _ in range(20):
        worker.call("ECHO", "en", ())
        pid = worker.pid
        worker.close()
        assert pid and gone(pid)
    time.sleep(0.2)
    assert threading.active_count() <= threads
    assert open_files() <= files


# ── how it is started, and how it ends ─────────────────────────────────────────────────────────


def test_no_folder_of_a_document_decides_what_runs(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "addin.py").write_text("raise SystemExit('wrong')", encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('wrong')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, str(tmp_path))
    ((folder, isolated, *path),) = made().call("WHERE", "en", ())
    assert isolated == 1
    assert str(tmp_path) not in (folder, *path)
    assert "" not in path
    assert client.command(settings())[1:] == [
        "-I",
        "-X",
        "utf8",
        "-m",
        "addin.hosts.calc.worker",
    ]


def test_a_worker_ends_with_who_started_it(tmp_path: Path) -> None:
    """Also in the middle of a call, and without anybody closing anything."""
    script = tmp_path / "worker.py"
    script.write_text(START + ANSWERS + SERVE, encoding="utf-8")
    program = f"""
import os, sys, threading, time
sys.path.insert(0, {str(ROOT)!r})
from addin.hosts.calc.inside.client import Worker
from addin.hosts.calc.inside.settings import Settings
settings = Settings(sys.executable, "", (3, 11))
worker = Worker(lambda: settings, command=lambda s: [sys.executable, "-I", {str(script)!r}])
print(int(worker.call("PID", "en", ())[0][0]), flush=True)
if sys.argv[1] == "busy":
    threading.Thread(target=worker.call, args=("SLEEP", "en", (60.0,)), daemon=True).start()
    time.sleep(0.3)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), 9)
"""
    for how in ("idle", "busy", "killed"):
        begun = time.monotonic()
        run = subprocess.run(
            [sys.executable, "-c", program, how], stdout=subprocess.PIPE, timeout=20, check=False
        )
        assert time.monotonic() - begun < 5
        assert gone(int(run.stdout), seconds=4), how


# ── answering ──────────────────────────────────────────────────────────────────────────────────


def say(lang: str, key: str, **params: str) -> str:
    return words(lang)(key, **params)


def test_who_answers(made: Made) -> None:
    asked: list[str] = []

    def here(name: str, lang: str, *_: Any) -> list[list[Any]]:
        asked.append(name)
        return [[lang]]

    one = Answering(say, read=settings, load=lambda _: here, worker=made())
    assert one.answer("RFM_TIER", "zh", (1.0, 2.0, 3.0)) == [["zh"]]
    assert one.answer("KMEANS_TIER", "en", (1.0,)) == [["KMEANS_TIER", "en", "1.0"]]
    many = ((1.0,) * 1000,) * 3000
    assert one.answer("RFM_TIER", "en", (many,))[0][:2] == ["RFM_TIER", "en"]
    assert asked == ["RFM_TIER"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_reason_instead_of_an_answer(made: Made, lang: str) -> None:
    one = Answering(say, read=settings, load=lambda _: None, worker=made(seconds=0.3))
    ((told,),) = one.answer("SLEEP", lang, (30.0,))
    assert told == "#N/A " + words(lang)("calc.reason.late", seconds="0.3")
    ((told,),) = one.answer("RAISE", lang, ())
    assert told == "#N/A " + words(lang)("calc.reason.failed")
    assert one.answer("ECHO", lang, ()) == [["ECHO", lang]]


def test_what_is_raised_in_process_is_a_reason_too() -> None:
    def wrong(*_: Any) -> Any:
        raise RecursionError

    one = Answering(say, read=settings, load=lambda _: wrong)
    assert one.answer("RFM_TIER", "en", ()) == [["#N/A " + words("en")("calc.reason.failed")]]


def test_without_words_there_is_still_an_error() -> None:
    def read() -> Settings:
        raise AnswerError("not_installed")

    assert Answering({}.__getitem__, read=read).answer("RFM_TIER", "en", ()) == [["#N/A"]]


def test_a_thousand_cells_without_an_environment_look_for_it_once() -> None:
    clock = Clock()
    found: list[int] = []

    def read() -> Settings:
        found.append(1)
        raise AnswerError("python_gone", python="/gone")

    one = Answering(say, read=read, clock=clock)
    answers = {one.answer("RFM_TIER", "en", (float(i),))[0][0] for i in range(1000)}
    assert answers == {"#N/A " + words("en")("calc.reason.python_gone", python="/gone")}
    # Looked for once, not a thousand times.
    assert len(found) == 1
    clock.now += client.REST + 1
    one.answer("RFM_TIER", "en", ())
    assert len(found) == 2


def test_an_equal_range_is_the_same_one_again() -> None:
    seen: list[Any] = []

    def here(_name: str, _lang: str, given: Sequence[Any]) -> list[list[Any]]:
        seen.append(given[0])
        return [[""]]

    one = Answering(say, read=settings, load=lambda _: here)
    for kind in ("A", "B", "A", "C", "B"):
        one.answer("RFM_TIER", "en", (tuple((kind, f"{i}", float(i)) for i in range(60)),))
    assert [r[0][0] for r in seen] == ["A", "B", "A", "C", "B"]
    assert seen[0] is seen[2] and seen[1] is seen[4]
    for i in range(100):
        one.answer("RFM_TIER", "en", (((float(i),), (2.0,)),))
    assert len(one._ranges) <= 8


# ── in process ─────────────────────────────────────────────────────────────────────────────────


def test_another_python_or_the_wish_for_a_worker_means_the_worker() -> None:
    assert local.load(settings(version=(3, 9))) is None
    assert local.load(settings(mode="worker")) is None


def test_a_package_from_elsewhere_means_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert local.load(settings()) is not None
    before = list(sys.path)
    assert local.load(settings(site=str(tmp_path))) is None
    assert sys.path == before


LOADED = """
import pickle, sys
from addin.functions import call
name, given = pickle.load(sys.stdin.buffer)
call(name, *given, lang="en")
print(*{"pandas", "polars", "scipy", "sklearn"}.intersection(sys.modules))
"""


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_heavy_functions_are_those_that_load_much(name: str) -> None:
    """What a function loads when it answers shows in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", LOADED],
        input=pickle.dumps((name, every.good()[name])),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    assert (name in answering.HEAVY) == bool(run.stdout.strip()), run.stdout


def test_heavy_functions_are_functions() -> None:
    assert set(FUNCTIONS) > answering.HEAVY
