"""A computer in a folder: a user called 张三, an Excel, and programs that pretend to run.

Only what lies outside Fenji is pretended: making an environment, pip, the environment's Python,
short names, the registry, files that are held open.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

from addin.setup.environment import Source
from addin.setup.machine import Interpreter, Machine, Ran
from addin.setup.place import Place, place
from addin.setup.versions import XLWINGS, fenji_version

USERS = {"win32": "张三 O'Brien", "darwin": "张三 O'Brien"}
SHORT = "ZHANG~1"
APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
SCRIPT = "on VbaHandler(ParameterString)\nend VbaHandler\n"


@dataclass
class Sandbox:
    """The computer and its user."""

    root: Path
    platform: str
    interpreter: Interpreter
    registry: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    code_page: str = "cp936"
    short_names: bool = True
    # Which program fails: "venv", "pip", "build", "ask"; and whether Python may start at all.
    fails: str = ""
    blocked: bool = False
    quarantined: bool = False
    open_files: set[Path] = field(default_factory=set)
    xlwings: str = XLWINGS
    addin: bytes = b""
    ran: list[list[str]] = field(default_factory=list)
    started: list[list[str]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.root / "Users" / USERS[self.platform]

    @property
    def place(self) -> Place:
        return self.at()

    def at(self, folder: Path | None = None) -> Place:
        return place(self.platform, self.variables, home=self.home, folder=folder)

    @property
    def variables(self) -> Mapping[str, str]:
        if self.platform == "darwin":
            return {"HOME": str(self.home)}
        return {
            "USERPROFILE": str(self.home),
            "APPDATA": str(self.home / "AppData/Roaming"),
            "LOCALAPPDATA": str(self.home / "AppData/Local"),
            "PROGRAMFILES": str(self.root / "Program Files"),
        }

    @property
    def machine(self) -> Machine:
        return Machine(
            interpreter=self.interpreter,
            run=self._run,
            start=lambda command: self.started.append(list(command)),
            short_name=self._short_name,
            code_page=self.code_page,
            registry=lambda hive, key: self.registry.get((hive, key), {}),
            locked=lambda path: path in self.open_files,
        )

    def inside(self) -> Machine:
        """The machine as the environment's own Python sees it, started by its short name."""
        short = SHORT if self.platform == "win32" else USERS[self.platform]
        named = str(self.place.environment).replace(USERS[self.platform], short)
        self.interpreter = Interpreter(
            executable=str(Path(named) / self.place.python.relative_to(self.place.environment)),
            prefix=named,
            base=self.interpreter.base,
            bits=64,
        )
        return self.machine

    @property
    def source(self) -> Source:
        """Sources that a test may change to make another version."""
        return Source(checkout=self.root / "Fenji sources")

    def tree(self, *, times: bool = True) -> dict[str, object]:
        """Everything on the computer, with contents and times."""
        found: dict[str, object] = {}
        for path in sorted(self.root.rglob("*")):
            facts = path.lstat()
            content = path.read_bytes() if path.is_file() else None
            when = facts.st_mtime_ns if times and path.is_file() else 0
            found[str(path.relative_to(self.root))] = (content, when)
        return found

    def _short_name(self, path: Path) -> str | None:
        if not path.exists():
            return None
        # Where short names are switched off, Windows gives the long one.
        return str(path).replace(USERS["win32"], SHORT) if self.short_names else str(path)

    def _run(self, command: list[str]) -> Ran:
        command = [str(part) for part in command]
        self.ran.append(command)
        program, rest = Path(command[0]), command[1:]
        if "venv" in rest:
            return self._venv(Path(rest[-1]))
        if program.name.startswith("python") and not program.exists():
            raise FileNotFoundError(command[0])
        if self.blocked:
            raise PermissionError(13, "Access is denied", command[0])
        if "pip" in rest:
            return self._pip(program)
        if "build" in rest:
            return self._build(Path(rest[-1]))
        return self._ask(program)

    def _venv(self, folder: Path) -> Ran:
        if self.fails == "venv":
            return Ran(code=1, output="ensurepip failed")
        windows = self.platform == "win32"
        names = ("Scripts/python.exe", "Scripts/pythonw.exe") if windows else ("bin/python",)
        for name in names:
            _put(folder / name, "a program")
        (folder / "pyvenv.cfg").write_text("home = somewhere", encoding="utf-8")
        return Ran(code=0, output="")

    def _packages(self, environment: Path) -> Path:
        windows = self.platform == "win32"
        return environment / ("Lib" if windows else "lib/python3.12") / "site-packages"

    def _pip(self, program: Path) -> Ran:
        environment = program.parents[1]
        packages = self._packages(environment)
        if self.fails == "pip":
            _put(packages / "half a package", "half")
            return Ran(code=1, output="Collecting\nERROR: no network\n")
        _put(packages / f"xlwings/xlwings-{self.xlwings}.applescript", SCRIPT)
        versions = {"fenji": fenji_version(), "xlwings": self.xlwings}
        _put(packages / "versions.json", json.dumps(versions))
        if self.platform == "win32" and not self.quarantined:
            for bits in (32, 64):
                _put(environment / f"xlwings{bits}-{self.xlwings}.dll", "a library")
        return Ran(code=0, output="")

    def _build(self, folder: Path) -> Ran:
        if self.fails == "build":
            return Ran(code=1, output="Traceback\nKeyError: 'vba'")
        (folder / "Fenji.xlam").write_bytes(self.addin)
        return Ran(code=0, output="")

    def _ask(self, program: Path) -> Ran:
        packages = self._packages(program.parents[1])
        if self.fails == "ask" or not (packages / "versions.json").exists():
            return Ran(code=103, output="No Python at 'C:\\Python312\\python.exe'")
        versions = json.loads((packages / "versions.json").read_text(encoding="utf-8"))
        more = {"folder": str(packages / "xlwings"), "bits": 64, "base": self.interpreter.base}
        return Ran(code=0, output=json.dumps({**versions, **more}))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def addin(path: Path, mark: str = "1", *, signed: bool = False, ribbon: str = "Fenji") -> bytes:
    """A file that looks like the add-in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as package:
        package.writestr("customUI/customUI14.xml", f'<customUI onLoad="{ribbon}RibbonLoad"/>')
        package.writestr("xl/vbaProject.bin", mark)
        if signed:
            package.writestr("xl/vbaProjectSignature.bin", "a signature")
    return path.read_bytes()


def program(path: Path, kind: int = 0x8664) -> None:
    """A Windows program's header: 0x8664 is 64-bit, 0x14c 32-bit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    start = b"MZ" + b"\0" * 58 + struct.pack("<I", 64)
    path.write_bytes(start + b"PE\0\0" + struct.pack("<H", kind))


def sandbox(root: Path, platform: str) -> Sandbox:
    """A fresh computer with Excel, on which Excel ran once."""
    made = Sandbox(
        root=root,
        platform=platform,
        interpreter=Interpreter(
            executable=str(root / "Python312/python.exe"),
            prefix=str(root / "Python312"),
            base=str(root / "Python312"),
            bits=64,
        ),
    )
    made.home.mkdir(parents=True)
    if platform == "win32":
        excel = root / "Program Files/Microsoft Office/root/Office16/EXCEL.EXE"
        program(excel)
        made.registry["HKEY_LOCAL_MACHINE", APP_PATHS] = {"": str(excel)}
        (made.home / "AppData/Roaming/Microsoft/Excel").mkdir(parents=True)
        (made.home / "AppData/Local").mkdir(parents=True)
        (made.home.parent / SHORT).symlink_to(made.home)
    else:
        (made.home / "Applications/Microsoft Excel.app").mkdir(parents=True)
        (made.home / "Library/Application Support").mkdir(parents=True)
        (made.home / "Library/Containers/com.microsoft.Excel/Data").mkdir(parents=True)
    made.addin = addin(root / "spare/Fenji.xlam")
    for name in ("pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
        _put(made.root / "Fenji sources" / name, name)
    for name in ("segmentation", "addin", "templates"):
        _put(made.root / "Fenji sources" / name / "__init__.py", name)
    return made
