"""The extension in a user's LibreOffice: put there, taken away, and looked at without starting it.

What is registered stands in ``uno_packages.pmap``, whether it is enabled in the registry of
bundles (``backenddb.xml``): LibreOffice's own files, only ever read here.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from addin.setup.calc.host import Host
from addin.setup.calc.office import Office
from addin.setup.calc.place import EXTENSION, IDENTIFIER
from addin.setup.errors import SetupError
from addin.setup.versions import fenji_version

SECONDS = 180.0
SCRIPT = Path(__file__).parents[2] / "hosts/calc/registering.py"
_CACHE = "uno_packages/cache"
_ENTRY = re.compile(
    rb"\xff?"
    + re.escape(IDENTIFIER).encode()
    + rb"\n([^\xff\n]+)\xff([^\xff\n]+)\xff[^\xff\n]*\xff([^\xff\n]*)"
)
_DESCRIPTION = "http://openoffice.org/extensions/description/2006"
_MANIFEST = "http://openoffice.org/2001/manifest"
_REVOKED = "{http://openoffice.org/extensionmanager/extension-registry/2010}revoked"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """The extension's folder in the profile, its version, and whether it is enabled."""

    folder: Path
    version: str
    enabled: bool


def registered(office: Office) -> Registered | None:
    """What LibreOffice has of Fenji; None for nothing."""
    cache = office.user / _CACHE
    try:
        found = _ENTRY.search((cache / "uno_packages.pmap").read_bytes())
    except OSError:
        return None
    if found is None:
        return None
    name, file, version = (part.decode("utf-8", "replace") for part in found.groups())
    inside = f"{name}_/{file}"
    return Registered(
        folder=cache / "uno_packages" / inside, version=version, enabled=_enabled(cache, inside)
    )


def same(there: Registered, extension: Path) -> bool:
    """Whether what is registered holds exactly the files of that extension."""
    try:
        with zipfile.ZipFile(extension) as package:
            return all(
                (there.folder / name).read_bytes() == package.read(name)
                for name in package.namelist()
                if not name.endswith("/")
            )
    except (OSError, zipfile.BadZipFile):
        return False


def right(there: Registered | None, extension: Path) -> bool:
    """Whether LibreOffice has that extension, of this version, and uses it."""
    if there is None or not there.enabled or there.version != fenji_version():
        return False
    return same(there, extension)


def packed(there: Registered) -> bytes | None:
    """The registered extension as a file again, to put it back; None when it can't be read."""
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(made, "w") as package:
            for path in sorted(there.folder.rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    package.write(path, path.relative_to(there.folder).as_posix())
    except OSError:
        return None
    return made.getvalue()


def add(host: Host, office: Office, extension: Path) -> None:
    """Registers the extension, over an older one. Raises SetupError."""
    problem = SetupError("calc_not_registered", detail=str(extension))
    for _ in range(2):
        try:
            _change(host, office, "add", str(extension))
        except SetupError as error:
            problem = error
        there = registered(office)
        if right(there, extension):
            clean(office)
            return
        # One that was disabled, or broken, hands that on to the one that replaces it.
        if there:
            _change(host, office, "remove", IDENTIFIER)
    raise problem


def remove(host: Host, office: Office) -> None:
    """Takes the extension away. Raises SetupError."""
    _change(host, office, "remove", IDENTIFIER)
    if registered(office) is not None:
        raise SetupError("calc_not_registered", detail=IDENTIFIER)
    clean(office)


def clean(office: Office) -> None:
    """Copies of Fenji that LibreOffice would sweep away at its next start."""
    there = registered(office)
    for folder in (
        office.user / _CACHE / "uno_packages",
        office.user / "extensions/tmp/extensions",
    ):
        for copy in folder.glob(f"*.tmp_/{EXTENSION}"):
            if there and copy == there.folder:
                continue
            with suppress(OSError):
                shutil.rmtree(copy.parent)
                Path(str(copy.parent).removesuffix("_")).unlink(missing_ok=True)


def _mend(there: Registered) -> None:
    """LibreOffice neither renews nor removes an extension that it can't read any more."""
    files = {
        "description.xml": f'<description xmlns="{_DESCRIPTION}">'
        f'<identifier value="{IDENTIFIER}"/><version value="0"/></description>',
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_MANIFEST}"/>',
    }
    for name, text in files.items():
        path = there.folder / name
        try:
            sound = ElementTree.parse(path).getroot().tag == ElementTree.fromstring(text).tag
        except (OSError, ElementTree.ParseError):
            sound = False
        if not sound:
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")


def _change(host: Host, office: Office, what: str, name: str) -> None:
    there = registered(office)
    if there:
        _mend(there)
    if host.administrator:
        command = [_bridge(host, office), "-B", str(SCRIPT), str(office.soffice), what, name]
    else:
        options = ["-f", "-s"] if what == "add" else []
        command = [str(office.unopkg), what, *options, name]
    _run(host, command)


def _bridge(host: Host, office: Office) -> str:
    """A Python that can speak with LibreOffice: unopkg refuses root. Raises SetupError."""
    for path in (office.program / "python", host.root / "usr/bin/python3"):
        with suppress(OSError):
            if path.exists() and host.limited([str(path), "-c", "import uno"], 30.0).code == 0:
                return str(path)
    raise SetupError("calc_root")


def _run(host: Host, command: Sequence[str]) -> None:
    try:
        done = host.limited(command, SECONDS)
    except OSError as error:
        raise SetupError("calc_not_registered", detail=str(error)) from None
    if done.code != 0:
        lines = [line.strip() for line in done.output.splitlines() if line.strip()]
        raise SetupError("calc_not_registered", detail=lines[-1][:300] if lines else str(done.code))


def _enabled(cache: Path, inside: str) -> bool:
    """A disabled extension is marked as revoked, or is in the registry no more."""
    folder = "com.sun.star.comp.deployment.bundle.PackageRegistryBackend"
    try:
        root = ElementTree.parse(cache / "registry" / folder / "backenddb.xml").getroot()
    except (OSError, ElementTree.ParseError):
        return False
    return any(
        entry.get("url", "").endswith(inside)
        and "true" not in (entry.get("revoked"), entry.get(_REVOKED))
        for entry in root
    )
