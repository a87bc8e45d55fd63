"""Fenji in a real LibreOffice Calc, from the installation to the last file removed.

The user's home is a temporary folder; only pip is spared (see test_real).
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from addin.cli import main
from addin.setup.calc import command, installing, registration
from addin.setup.calc.doctor import diagnose, look
from addin.setup.calc.installing import install
from addin.setup.calc.removing import uninstall
from addin.setup.checks import Check
from addin.setup.errors import SetupError
from tests.office.tools import MissingToolError, libreoffice_path
from tests.setup.calc_sandbox import Calc, calc_user, calculated
from tests.test_words import texts_of


def _missing() -> str:
    if not sys.platform.startswith("linux") or importlib.util.find_spec("ensurepip") is None:
        return "Linux, and a Python that can make environments"
    try:
        libreoffice_path()
    except MissingToolError as error:
        return str(error)
    return ""


pytestmark = pytest.mark.skipif(bool(_missing()), reason=_missing() or "all there")

# The scores of three customers, the first of whom is best in everything.
FORMULA = "=SUM(RFM_SCORE({5;50;500};{9;3;1};{900;300;10}))"
ANSWER = str(555 + 333 + 111)


@pytest.fixture
def calc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calc:
    return calc_user(tmp_path / "张三", monkeypatch)


@pytest.fixture
def done(calc: Calc) -> Calc:
    """Fenji is installed."""
    assert install(calc.place, calc.host, calc.source).changed
    return calc


def problems(checks: list[Check]) -> dict[str, str]:
    return {check.key: check.code for check in checks if check.state == "problem"}


def test_a_life_of_an_installation(done: Calc) -> None:
    assert problems(look(done.place, done.host)) == {}
    assert calculated(FORMULA) == ANSWER
    before = {path: path.stat().st_mtime_ns for path in map(done.home.joinpath, done.files())}
    assert not install(done.place, done.host, done.source).changed
    after = {path: path.stat().st_mtime_ns for path in map(done.home.joinpath, done.files())}
    # LibreOffice itself may write beside its copy of the extension; Fenji's own files stay.
    own = [path for path in before if "libreoffice" not in path.parts]
    assert [before[path] for path in own] == [after[path] for path in own]
    document = done.home / "my customers.ods"
    document.write_bytes(b"mine")
    assert uninstall(done.place, done.host).gone
    assert done.files() == set()
    assert document.read_bytes() == b"mine"
    assert calculated(FORMULA) == "#NAME?"
    assert uninstall(done.place, done.host).gone == ()


def _remove_settings(calc: Calc) -> None:
    calc.place.settings.unlink()


def _spoil_settings(calc: Calc) -> None:
    calc.place.settings.write_text("{", encoding="utf-8")


def _other_python(calc: Calc) -> None:
    told = json.loads(calc.place.settings.read_text(encoding="utf-8"))
    told["python"] = "/nowhere/python"
    calc.place.settings.write_text(json.dumps(told), encoding="utf-8")


def _remove_extension(calc: Calc) -> None:
    registration.remove(calc.host, calc.office)


def _folder(calc: Calc) -> Path:
    there = registration.registered(calc.office)
    assert there
    return there.folder


def _change_extension(calc: Calc) -> None:
    code = next(_folder(calc).glob("*.py"))
    code.write_text(code.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")


def _spoil_extension(calc: Calc) -> None:
    (_folder(calc) / "description.xml").write_text("<changed/>", encoding="utf-8")


def _empty_extension(calc: Calc) -> None:
    shutil.rmtree(_folder(calc))


def _disable_extension(calc: Calc) -> None:
    registry = calc.office.user / "uno_packages/cache/registry"
    (file,) = registry.glob("*.bundle.PackageRegistryBackend/backenddb.xml")
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"<ext:extension url=", '<ext:extension revoked="true" url=', text))


def _old_extension(calc: Calc) -> None:
    cache = calc.office.user / "uno_packages/cache/uno_packages.pmap"
    there = registration.registered(calc.office)
    assert there
    cache.write_bytes(cache.read_bytes().replace(there.version.encode(), b"0.0.1"))


def _break_python(calc: Calc) -> None:
    calc.place.fenji.python.unlink()
    calc.place.fenji.python.write_text("#!/bin/sh\necho broken; exit 1\n", encoding="utf-8")
    calc.place.fenji.python.chmod(0o755)


def _remove_environment(calc: Calc) -> None:
    shutil.rmtree(calc.place.fenji.environment)


BREAKS: list[tuple[Callable[[Calc], None], dict[str, str]]] = [
    (_remove_settings, {"calc.configuration": "calc_conf_missing"}),
    (_spoil_settings, {"calc.configuration": "calc_conf_unreadable"}),
    (_other_python, {"calc.configuration": "calc_conf_other"}),
    (_remove_extension, {"calc.extension": "calc_extension_missing"}),
    (_change_extension, {"calc.extension": "calc_extension_changed"}),
    (_spoil_extension, {"calc.extension": "calc_extension_changed"}),
    (_empty_extension, {"calc.extension": "calc_extension_changed"}),
    (_disable_extension, {"calc.extension": "calc_extension_off"}),
    (_old_extension, {"calc.extension": "calc_extension_other"}),
    (_break_python, {"calc.python": "calc_python_broken"}),
    (
        _remove_environment,
        {"calc.python": "calc_python_missing", "calc.extension": "calc_extension_changed"},
    ),
]


def test_everything_that_can_break_is_said_and_repaired(done: Calc) -> None:
    # What one repair leaves behind, the next look would find.
    for damage, expected in BREAKS:
        damage(done)
        assert problems(look(done.place, done.host)) == expected, damage.__name__
        assert install(done.place, done.host, done.source).changed
    _remove_settings(done)
    _disable_extension(done)
    after = diagnose(True, done.place, done.host, done.source)
    assert problems(after) == {}
    repaired = {check.key for check in after if check.state == "repaired"}
    assert repaired == {"calc.configuration", "calc.extension"}
    assert calculated(FORMULA) == ANSWER
    _what_the_user_set_stays(done)
    # A removal copes with what is broken, too.
    _empty_extension(done)
    _remove_environment(done)
    _spoil_settings(done)
    uninstall(done.place, done.host)
    assert done.files() == set()


def _what_the_user_set_stays(done: Calc) -> None:
    told = json.loads(done.place.settings.read_text(encoding="utf-8"))
    told |= {"mode": "worker", "seconds": 5, "version": [3, 1]}
    done.place.settings.write_text(json.dumps(told), encoding="utf-8")
    after = diagnose(True, done.place, done.host, done.source)
    assert problems(after) == {}
    kept = json.loads(done.place.settings.read_text(encoding="utf-8"))
    assert (kept["mode"], kept["seconds"]) == ("worker", 5)
    assert kept["version"] == list(sys.version_info[:2])
    assert "calc.worker" in {check.key for check in after}


@pytest.fixture
def opened(done: Calc) -> Iterator[Calc]:
    """LibreOffice runs."""
    options = ["--headless", "--norestore", "--nologo", "--nodefault"]
    office = subprocess.Popen(
        [str(done.office.soffice), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 30
    while not done.host.listens(done.office.pipe) and time.monotonic() < until:
        time.sleep(0.1)
    yield done
    os.killpg(office.pid, 9)
    office.wait(20)


def test_a_libreoffice_that_is_open(opened: Calc) -> None:
    assert "calc.running" in {check.key for check in look(opened.place, opened.host)}
    before = opened.files()
    with pytest.raises(SetupError) as refused:
        uninstall(opened.place, opened.host)
    assert refused.value.code == "calc_open"
    assert not install(opened.place, opened.host, opened.source).changed
    # The button Repair runs there: what it can, it does, and says the rest.
    _remove_settings(opened)
    _change_extension(opened)
    after = diagnose(True, opened.place, opened.host, opened.source)
    assert problems(after) == {"calc.extension": "calc_extension_changed", "repair": "calc_open"}
    assert opened.place.settings.exists()
    assert opened.files() == before


def test_a_failure_half_way_leaves_nothing(calc: Calc, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(installing, "_remember", refuse)
    with pytest.raises(SetupError) as failed:
        install(calc.place, calc.host, calc.source)
    assert failed.value.code == "failed"
    assert calc.files() == set()
    assert registration.registered(calc.office) is None


def test_a_failed_renewal_leaves_what_was_there(
    done: Calc, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    assert done.source.checkout
    with (done.source.checkout / "addin/__init__.py").open("a", encoding="utf-8") as file:
        file.write("# a newer one\n")
    _change_extension(done)
    with monkeypatch.context() as patched:
        patched.setattr(installing, "_remember", refuse)
        with pytest.raises(SetupError):
            install(done.place, done.host, done.source)
    left = problems(look(done.place, done.host))
    assert left == {"calc.extension": "calc_extension_changed"}
    assert install(done.place, done.host, done.source).changed
    assert problems(look(done.place, done.host)) == {}


def test_what_the_user_reads(
    calc: Calc, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lang = "zh"  # every key is in both: test_words
    say = texts_of(lang)
    monkeypatch.setattr(command, "this_host", lambda: calc.host)
    monkeypatch.setattr("addin.setup.calc.doctor.this_host", lambda: calc.host)
    monkeypatch.setattr("addin.setup.environment.checkout", lambda: calc.source.checkout)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--calc", "--lang", lang])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    code, out, err = run("install")
    menu, have = say["ribbon.fenji.label"], calc.office.said
    assert (code, out) == (0, say["setup.done.calc_installed"].format(menu=menu, have=have) + "\n")
    steps = ("making", "installing", "extension", "registering")
    assert err.splitlines() == [say[f"setup.step.{step}"] for step in steps]
    assert run("install") == (0, say["setup.done.nothing"] + "\n", "")
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == say["setup.done.well"]
    _remove_extension(calc)
    code, out, err = run("doctor", "--json")
    found = json.loads(out)
    assert (code, found["problems"]) == (3, 1)
    assert run("doctor", "--repair")[0] == 0
    assert run("uninstall") == (0, say["setup.done.calc_uninstalled"] + "\n", "")
    assert run("uninstall") == (0, say["setup.done.not_installed"] + "\n", "")
    assert calc.files() == set()
