"""Fenji without any set-up by hand. Needs Python 3.11 or newer with pip, nothing else.

    python3 start.py demo [--lang zh|en] [-o DIR]   grade the sample orders
    python3 start.py test [pytest options]          run every check of the project
    python3 start.py fenji ...                      run the fenji command line
    python3 start.py install | uninstall | doctor   Fenji in Excel, for this user

The environment lives in .venv beside this file and is made or renewed when needed; Excel's is
another one, in the user's own folders.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MINIMUM = (3, 11)

# This file stays readable for every Python 3 that is still about, so that an old one gets here.
if sys.version_info < MINIMUM:
    for newer in ("python3.13", "python3.12", "python3.11", "python3.14"):
        works = [newer, "-c", "import venv"]
        if shutil.which(newer) and subprocess.call(works, stderr=subprocess.DEVNULL) == 0:
            os.execvp(newer, [newer, *sys.argv])
    sys.exit(
        f"Fenji needs Python 3.11 or newer; this is Python {sys.version.split()[0]}. "
        "Get one from python.org. / 需要 Python 3.11 或更新版本,请到 python.org 下载。"
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "fenji-installed"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
FENJI = BIN / ("fenji.exe" if os.name == "nt" else "fenji")
PACKAGES = ("segmentation", "addin", "templates")
SETUP = ("install", "uninstall", "doctor")


class SetupError(Exception):
    """The environment cannot be made; the text says what to do."""


def say(english: str, chinese: str = "") -> None:
    """One line for whoever is waiting, in both languages where a business user reads it."""
    print(f"{english} / {chinese}" if chinese else english, file=sys.stderr, flush=True)


def run(*command: object) -> int:
    """Run a command in the user's own folder; its exit code."""
    return subprocess.run([str(part) for part in command], check=False).returncode


def quiet(*command: object) -> "subprocess.CompletedProcess[str]":
    """Run a command and keep what it prints (standard error included)."""
    return subprocess.run(
        [str(part) for part in command],
        check=False,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def venv_works() -> bool:
    """Whether .venv holds a Python that runs and is new enough (a moved or old one does not)."""
    code = f"import sys; sys.exit(sys.version_info < {MINIMUM})"
    return PYTHON.exists() and quiet(PYTHON, "-c", code).returncode == 0


def make_venv() -> None:
    """Make .venv, with pip inside where this Python can give it one."""
    first = quiet(sys.executable, "-m", "venv", "--clear", VENV)
    if first.returncode == 0:
        return
    # Debian splits ensurepip off into python3-venv; the pip of the system can serve instead.
    if quiet(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV).returncode == 0 and (
        quiet(sys.executable, "-m", "pip", "--python", PYTHON, "--version").returncode == 0
    ):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    raise SetupError(
        f"{first.stdout.strip()}\n"
        "This Python cannot make a virtual environment; on Debian or Ubuntu install it with: "
        "sudo apt install python3-venv / 此 Python 无法创建虚拟环境,请先安装 python3-venv。"
    )


def pip() -> "list[object]":
    """The pip that installs into .venv."""
    if quiet(PYTHON, "-c", "import pip").returncode == 0:
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def digest(*, developer: bool, building: bool = False) -> str:
    """What an installation was made from; an editable one follows the sources by itself."""
    files = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    if not developer:
        files += [
            path
            for package in PACKAGES
            for path in sorted((ROOT / package).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]
    found = hashlib.sha256(f"{developer} {building} {ROOT}".encode())
    for path in files:
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def prepare(*, developer: bool, building: bool = False) -> None:
    """Have .venv hold this checkout, and what ``fenji build`` needs where it is asked for.

    Does nothing when it already does.
    """
    wanted = digest(developer=developer, building=building)
    enough = {wanted, digest(developer=True), digest(developer=False, building=True)}
    if venv_works():
        if FENJI.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") in enough:
            return
    else:
        say("Setting up, once; about a minute …", "首次准备,约一分钟……")
        make_venv()
    say("Installing Fenji …", "正在安装分级……")
    STAMP.unlink(missing_ok=True)
    # setuptools would put modules that were deleted since back into the wheel.
    shutil.rmtree(ROOT / "build" / "lib", ignore_errors=True)
    plain = f"{ROOT}[excel]" if building else ROOT
    target = ["-e", f"{ROOT}[dev]"] if developer else [plain]
    options = ["--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt"]
    done = quiet(*pip(), "install", *options, *target)
    if done.returncode != 0:
        raise SetupError(
            f"{done.stdout.strip()}\n"
            "The installation failed, see above; is the internet reachable? "
            "/ 安装失败,原因见上;请检查网络。"
        )
    STAMP.write_text(wanted, encoding="utf-8")


def fenji(*arguments: str) -> int:
    """Run the installed command line."""
    if arguments and arguments[0] in SETUP:
        return set_up(*arguments)
    prepare(developer=False, building=arguments[:1] == ("build",))
    return run(FENJI, *arguments)


def set_up(*arguments: str) -> int:
    """Install into Excel, remove or repair; the sources do it, with this very Python."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from addin.cli import main as cli  # noqa: PLC0415

    return cli(arguments)


def check(name: str, *command: object) -> "tuple[str, bool]":
    """Run one check and print its line, and what it said when it failed."""
    begun = time.monotonic()
    done = quiet(PYTHON, "-m", *command)
    passed = done.returncode == 0
    line = f"{'ok    ' if passed else 'FAILED'}  {name}  {time.monotonic() - begun:.1f} s"
    print(line if passed else f"{line}\n{done.stdout.rstrip()}", flush=True)
    return name, passed


def test(*arguments: str) -> int:
    """Run every check; pytest comes last and gets the arguments."""
    os.chdir(ROOT)
    prepare(developer=True)
    say("Checking; a few minutes …")
    with ThreadPoolExecutor() as pool:
        tools = pool.submit(run, PYTHON, "-m", "tests.office.install")
        checks = [
            pool.submit(check, "ruff format", "ruff", "format", "--check", "."),
            pool.submit(check, "ruff check", "ruff", "check", "."),
            pool.submit(check, "mypy", "mypy"),
        ]
        results = dict(each.result() for each in checks)
        results["office tools"] = tools.result() == 0
    failed = [name for name, passed in results.items() if not passed]
    if failed:
        print(f"failed so far: {', '.join(failed)}", flush=True)
    # Some tests take minutes; whoever has nothing left takes over from who has them.
    if run(PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *arguments) != 0:
        failed.append("pytest")
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def main(arguments: "list[str]") -> int:
    """Do what the first argument says; gives the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        if command == "fenji":
            return fenji(*rest)
        if command in ("demo", *SETUP):
            return fenji(command, *rest)
        if command == "test":
            return test(*rest)
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
