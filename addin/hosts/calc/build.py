"""Fenji.oxt: made from text and from the sources in `inside`, the same bytes each time."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from addin.hosts.calc import icons, interface, menus
from addin.saving import write_bytes
from addin.setup.versions import fenji_version
from addin.words import LANGUAGES, words

FILE = "Fenji.oxt"
IDENTIFIER = "org.fenji.calc"
# Tables of the language files that LibreOffice itself has to say.
TABLES = ("calc", "excel", "ribbon", "vba")
_INSIDE = "pythonpath/fenji_calc"
_MOMENT = (2020, 1, 1, 0, 0, 0)
_XCU = "application/vnd.sun.star.configuration-data"
_KINDS = {
    "Fenji.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "CalcAddIns.xcu": _XCU,
    "Addons.xcu": _XCU,
    "CalcWindowState.xcu": _XCU,
    "ProtocolHandler.xcu": _XCU,
    "Jobs.xcu": _XCU,
    "component.py": "application/vnd.sun.star.uno-component;type=Python",
}


def build(folder: Path) -> Path:
    """Write Fenji.oxt into a folder; raises FileError."""
    target = folder / FILE
    write_bytes(oxt(), target)
    return target


def oxt() -> bytes:
    """The content of Fenji.oxt."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in sorted(parts().items()):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, content)
    return made.getvalue()


def parts() -> dict[str, bytes]:
    """Every file of the extension by its name."""
    inside = {p.name: p.read_text(encoding="utf-8") for p in _sources()}
    component = inside.pop("component.py")
    texts = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "Fenji.idl": interface.idl(),
        "CalcAddIns.xcu": interface.add_ins(),
        "Addons.xcu": menus.addons(),
        "CalcWindowState.xcu": menus.window_state(),
        "ProtocolHandler.xcu": menus.protocol_handler(),
        "Jobs.xcu": menus.jobs(),
        "component.py": component,
        f"{_INSIDE}/functions.json": interface.functions_json(),
        f"{_INSIDE}/words.json": words_json(),
    }
    texts |= {f"{_INSIDE}/{name}": text for name, text in inside.items()}
    texts |= {f"text/{lang}.txt": words(lang)("calc.extension.about") for lang in LANGUAGES}
    made = {name: text.encode() for name, text in texts.items()}
    for action in menus.ON_BAR:
        for size in icons.SIZES:
            made[f"icons/{action}_{size}.png"] = icons.picture(action, size)
    return made


def _sources() -> list[Any]:
    folder = resources.files("addin.hosts.calc") / "inside"
    return [path for path in folder.iterdir() if path.name.endswith(".py")]


def words_json() -> str:
    """The sentences that LibreOffice has to say without the environment, by language and key."""
    said = {
        lang: {
            key: text for table in TABLES for key, text in _flat(words(lang).section(table), table)
        }
        for lang in LANGUAGES
    }
    return json.dumps(said, ensure_ascii=False, indent=0, sort_keys=True)


def _flat(table: Mapping[str, Any], at: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{at}.{key}")
        else:
            yield f"{at}.{key}", str(value)


def _manifest() -> str:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>\n'
        for name, kind in _KINDS.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n'
        f"{entries}</manifest:manifest>\n"
    )


def _description() -> str:
    names = "".join(
        f'<name lang="{lang}">{words(lang)("calc.extension.name")}</name>' for lang in LANGUAGES
    )
    about = "".join(f'<src xlink:href="text/{g}.txt" lang="{g}"/>' for g in LANGUAGES)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:l="http://libreoffice.org/extensions/description/2011">\n'
        f'<identifier value="{IDENTIFIER}"/>\n<version value="{fenji_version()}"/>\n'
        f"<display-name>{names}</display-name>\n"
        f"<extension-description>{about}</extension-description>\n"
        '<dependencies><l:LibreOffice-minimal-version value="24.2"'
        ' name="LibreOffice 24.2"/></dependencies>\n'
        "</description>\n"
    )
