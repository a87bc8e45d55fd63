"""Where Fenji and LibreOffice lie on each kind of computer, from stand-ins of all three."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from addin.hosts.calc.inside import settings as inside
from addin.setup import installing as excel_installing
from addin.setup import removing as excel_removing
from addin.setup.calc import office as offices
from addin.setup.calc import registration
from addin.setup.calc.host import Host, LateError, limited
from addin.setup.calc.installing import found_office, install
from addin.setup.calc.office import Office
from addin.setup.calc.place import CalcPlace, calc_place
from addin.setup.calc.registration import Registered
from addin.setup.calc.removing import uninstall
from addin.setup.errors import SetupError
from addin.setup.machine import COMPUTER, Ran
from tests.setup.sandbox import Sandbox, sandbox

UNO = r"SOFTWARE\LibreOffice\UNO\InstallPath"
SYSTEMS = ("win32", "darwin", "linux")


def host_of(root: Path, platform: str) -> Host:
    home = root / "home/张三"
    home.mkdir(parents=True, exist_ok=True)
    computer = sandbox(root / "C", "win32" if platform == "win32" else "darwin")
    variables = {"HOME": str(home), "USERPROFILE": str(home), "PATH": ""}
    if platform == "win32":
        variables["PROGRAMFILES"] = str(root / "Program Files")
    return Host(
        machine=computer.machine,
        platform=platform,
        variables=variables,
        home=home,
        limited=lambda command, _: Ran(code=1, output=" ".join(command)),
        listens=lambda _: False,
        root=root,
    )


def place_of(host: Host) -> CalcPlace:
    return calc_place(host.platform, host.variables, home=host.home)


def libreoffice(program: Path, version: str = "25.2", *, python: str = "3.10") -> Path:
    """A folder that looks like LibreOffice's programs."""
    program.mkdir(parents=True)
    text = (
        f"[Bootstrap]\nProductKey=LibreOffice {version}\n"
        "UserInstallation=$SYSUSERCONFIG/libreoffice/4\n"
    )
    mac = program.name == "MacOS"
    file = program / ("../Resources/bootstraprc" if mac else "bootstraprc")
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if mac:
        (program / f"../Frameworks/LibreOfficePython.framework/Versions/{python}").mkdir(
            parents=True
        )
    elif python:
        (program / f"python-core-{python}.16").mkdir()
    return program


WHERE = [
    ("win32", "Program Files/LibreOffice/program"),
    ("darwin", "Applications/LibreOffice.app/Contents/MacOS"),
    ("darwin", "home/张三/Applications/LibreOffice.app/Contents/MacOS"),
    ("linux", "usr/lib/libreoffice/program"),
    ("linux", "usr/lib64/libreoffice/program"),
    ("linux", "opt/libreoffice25.2/program"),
]


@pytest.mark.parametrize(("platform", "where"), WHERE)
def test_libreoffice_is_found(platform: str, where: str, tmp_path: Path) -> None:
    host = host_of(tmp_path, platform)
    assert offices.find(host, place_of(host)) is None
    program = libreoffice(tmp_path / where)
    office = offices.find(host, place_of(host))
    assert office is not None
    assert office.program == program.resolve()
    assert (office.version, office.python) == ((25, 2), (3, 10))


def test_where_windows_says_it_lies(tmp_path: Path) -> None:
    host = host_of(tmp_path, "win32")
    program = libreoffice(tmp_path / "D/Office/program")

    def registry(hive: str, key: str) -> dict[str, object]:
        return {"": str(program)} if (hive, key) == (COMPUTER, UNO) else {}

    host = dataclasses.replace(host, machine=dataclasses.replace(host.machine, registry=registry))
    office = offices.find(host, place_of(host))
    assert office
    assert (office.program, office.unopkg.name) == (program, "unopkg.com")


def test_the_path_comes_first_and_a_new_one_before_an_old_one(tmp_path: Path) -> None:
    host = host_of(tmp_path, "linux")
    old = libreoffice(tmp_path / "usr/lib/libreoffice/program", "7.4")
    first = offices.find(host, place_of(host))
    assert first
    assert first.program == old
    with pytest.raises(SetupError) as refused:
        found_office(host, place_of(host))
    assert refused.value.code == "calc_old"
    assert refused.value.params == {"have": "7.4", "need": "24.2"}
    libreoffice(tmp_path / "opt/libreoffice24.8/program", "24.8")
    libreoffice(tmp_path / "opt/libreoffice25.2/program", "25.2")
    newest = found_office(host, place_of(host))
    assert newest.said == "25.2"
    own = libreoffice(tmp_path / "own/program", "24.2")
    (own / "soffice").write_text("a program", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/soffice").symlink_to(own / "soffice")
    variables = {**host.variables, "PATH": str(tmp_path / "bin")}
    assert (
        found_office(dataclasses.replace(host, variables=variables), place_of(host)).program == own
    )


@pytest.mark.parametrize(
    "where",
    [
        "snap/libreoffice",
        "var/lib/flatpak/app/org.libreoffice.LibreOffice",
        "home/张三/.local/share/flatpak/app/org.libreoffice.LibreOffice",
    ],
)
def test_a_sandbox_is_refused(where: str, tmp_path: Path) -> None:
    host = host_of(tmp_path, "linux")
    with pytest.raises(SetupError) as missing:
        found_office(host, place_of(host))
    assert missing.value.code == "calc_missing"
    (tmp_path / where).mkdir(parents=True)
    with pytest.raises(SetupError) as refused:
        found_office(host, place_of(host))
    assert (refused.value.code, refused.value.params["file"]) == (
        "calc_confined",
        str(tmp_path / where),
    )
    libreoffice(tmp_path / "usr/lib/libreoffice/program")
    assert found_office(host, place_of(host)).said == "25.2"


def test_one_without_python_is_refused(tmp_path: Path) -> None:
    host = host_of(tmp_path, "linux")
    program = libreoffice(tmp_path / "usr/lib/libreoffice/program", python="")
    with pytest.raises(SetupError) as refused:
        found_office(host, place_of(host))
    assert refused.value.code == "calc_no_python"
    (program / "libpyuno.so").write_bytes(b"\x7fELF\0libpython3.13.so.1.0\0")
    assert found_office(host, place_of(host)).python == (3, 13)


@pytest.mark.parametrize("platform", SYSTEMS)
def test_the_extension_reads_the_file_that_is_written(platform: str, tmp_path: Path) -> None:
    host = host_of(tmp_path, platform)
    read = inside.file(host.variables, platform)
    assert str(read).replace("\\", "/") == str(place_of(host).settings)


def test_the_users_own_folders_on_linux(tmp_path: Path) -> None:
    host = host_of(tmp_path, "linux")
    plain = place_of(host)
    assert plain.fenji.environment == host.home / ".local/share/fenji/env"
    assert plain.settings == host.home / ".config/fenji/calc.json"
    variables = {**host.variables, "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "not/absolute"}
    named = calc_place("linux", variables, home=host.home, folder=None)
    assert named.fenji.environment == Path("/data/fenji/env")
    assert named.settings == plain.settings
    chosen = calc_place("linux", variables, home=host.home, folder=Path("/srv/fenji"))
    assert chosen.fenji.environment == Path("/srv/fenji/env")


class Pretended:
    """LibreOffice's list of extensions, and an environment that answers."""

    def __init__(self, computer: Sandbox, platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
        program = {
            "win32": computer.root / "Program Files/LibreOffice/program",
            "darwin": computer.root / "Applications/LibreOffice.app/Contents/MacOS",
        }[platform]
        libreoffice(program)
        self.computer = computer
        self.listed: bytes | None = None
        self.ran: list[list[str]] = []
        self.host = Host(
            machine=computer.machine,
            platform=platform,
            variables=computer.variables,
            home=computer.home,
            limited=self.run,
            listens=lambda _: False,
            root=computer.root,
        )
        monkeypatch.setattr(registration, "registered", self.registered)
        monkeypatch.setattr(registration, "_mend", lambda _: None)
        monkeypatch.setattr(
            registration, "same", lambda _, extension: extension.read_bytes() == self.listed
        )

    def registered(self, _: Office) -> Registered | None:
        if self.listed is None:
            return None
        return Registered(folder=self.computer.root / "listed", version="0.1.0", enabled=True)

    def run(self, command: list[str], seconds: float) -> Ran:
        assert seconds > 0
        self.ran.append(list(command))
        code = command[-1]
        if "add" in command:
            self.listed = Path(code).read_bytes()
        elif "remove" in command:
            self.listed = None
        elif code.endswith("Fenji.oxt"):
            Path(code).write_bytes(b"an extension")
        elif "sysconfig" in code:
            return Ran(code=0, output=json.dumps({"version": [3, 12], "site": "packages"}))
        else:
            return Ran(code=0, output="[[555.0], [333.0], [111.0]]")
        return Ran(code=0, output="")


@pytest.fixture
def pretended(computer: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Pretended:
    return Pretended(computer, computer.platform, monkeypatch)


Step = Callable[[Pretended], None]


def _calc(pretended: Pretended) -> CalcPlace:
    computer = pretended.computer
    return calc_place(computer.platform, computer.variables, home=computer.home)


def _calc_in(pretended: Pretended) -> None:
    install(_calc(pretended), pretended.host, pretended.computer.source)


def _calc_out(pretended: Pretended) -> None:
    uninstall(_calc(pretended), pretended.host)


def _excel_in(pretended: Pretended) -> None:
    computer = pretended.computer
    excel_installing.install(computer.place, computer.machine, computer.source)


def _excel_out(pretended: Pretended) -> None:
    excel_removing.uninstall(pretended.computer.place, pretended.computer.machine)


ORDERS: list[tuple[Step, ...]] = [
    (_calc_in, _calc_out),
    (_calc_in, _excel_in, _excel_out, _calc_out),
    (_calc_in, _excel_in, _calc_out, _excel_out),
    (_excel_in, _calc_in, _calc_out, _excel_out),
    (_excel_in, _calc_in, _excel_out, _calc_out),
]


@pytest.mark.parametrize("steps", ORDERS)
def test_excel_and_calc_share_one_environment(
    pretended: Pretended, steps: tuple[Step, ...]
) -> None:
    computer = pretended.computer
    before = computer.tree(times=False)
    made = 0
    for number, step in enumerate(steps):
        step(pretended)
        inside_now = {each.__name__ for each in steps[: number + 1]}
        calc = "_calc_in" in inside_now and "_calc_out" not in inside_now
        excel = "_excel_in" in inside_now and "_excel_out" not in inside_now
        assert computer.place.python.exists() is (calc or excel)
        assert _calc(pretended).settings.exists() is calc
        assert (pretended.listed is not None) is calc
        assert computer.place.addin.exists() is excel
        made = sum("venv" in command for command in computer.ran)
    assert made == 1
    assert computer.tree(times=False) == before


def test_what_calc_json_says(pretended: Pretended) -> None:
    _calc_in(pretended)
    place = _calc(pretended)
    told = json.loads(place.settings.read_text(encoding="utf-8"))
    assert told == {
        "format": 1,
        "fenji": excel_installing.fenji_version(),
        "python": str(place.fenji.python),
        "site": "packages",
        "version": [3, 12],
        "mode": "auto",
    }
    added = next(command for command in pretended.ran if "add" in command)
    assert added[1:4] == ["add", "-f", "-s"]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell")
def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    # The grandchild keeps the output open; nobody waits for it.
    start = "import subprocess, sys, time; subprocess.Popen(['sleep', '5'])"
    code = f"{start}; open(sys.argv[1], 'w'); time.sleep(60)"
    with pytest.raises(LateError):
        limited([sys.executable, "-I", "-c", code, str(tmp_path / "on")], 1.5)
    assert (tmp_path / "on").exists()
    done = limited([sys.executable, "-I", "-c", start], 4)
    assert done.code == 0


def test_python_settings_of_a_terminal_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    done = limited([sys.executable, "-c", "print('well')"], 20)
    assert (done.code, done.output) == (0, "well")
