"""The Windows modules that xlwings imports, in the form of stand-ins, and xlwings on top of them.

What is replaced: pythoncom, pywintypes, win32api, win32con, win32event, win32gui, win32process,
win32timezone, win32com and its parts, and ``ctypes.windll``/``oledll``. xlwings' own
``_xlwindows``, ``udfs`` and ``com_server`` run as they are.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import datetime as dt
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.excel_host.standin.com import LACKING, DispatchBaseClass, com_error, unwrapped

XLWINGS_PARTS = ("_xlwindows", "udfs", "com_server")
DECORATORS = {"func": "xlfunc", "arg": "xlarg", "ret": "xlret", "script": "xlsub", "sub": "xlsub"}
# They take their decorators from xlwings when they are imported.
OURS = tuple(f"addin.hosts.excel.udfs{suffix}" for suffix in ("", "_en", "_zh"))

INSTANCES: list[Any] = []
"""The running stand-ins of Excel, topmost window first."""


class TimeType(dt.datetime):
    """``pywintypes.TimeType``: a datetime that always has a time zone."""


class WindowError(Exception):
    """``pywintypes.error``."""


def instance(hwnd: int) -> Any:
    """The Excel whose main window, desk or sheet window this is."""
    return next((e for e in INSTANCES if e.hwnd <= hwnd < e.hwnd + 3), None)


def _child_window(parent: int, _after: int, name: str, _title: Any) -> int:
    excel = instance(parent)
    if excel is None or (name == "EXCEL7" and not excel.books):
        return 0
    return {"XLDESK": excel.hwnd + 1, "EXCEL7": excel.hwnd + 2}.get(name, 0)


def _next_window(hwnd: int, _order: int) -> int:
    handles = [e.hwnd for e in INSTANCES]
    later = handles[handles.index(hwnd) + 1 :]
    return later[0] if later else 0


def _object_from_window(hwnd: int, _id: int, _iid: Any, pointer: Any) -> int:
    if instance(hwnd) is None:
        raise OSError("no window")
    pointer._obj.value = hwnd
    return 0


class _Library:
    """``PyDLL(pythoncom.__file__)``: turns a window's pointer into an object."""

    def __init__(self, _path: str) -> None:
        def from_unknown(pointer: Any, _iid: Any, _add: bool) -> Any:
            return instance(pointer.value)

        self.PyCom_PyObjectFromIUnknown = from_unknown


def _new_excel(_name: str) -> Any:
    from tests.excel_host.standin.application import FakeExcel  # noqa: PLC0415  (a circle)

    return FakeExcel()


def _ignore(*_: Any, **__: Any) -> None:
    return None


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = f"{name}.dll"
    module.__dict__.update(members)
    return module


def _fakes() -> dict[str, ModuleType]:
    """The modules by name. xlwings replaces CoClassBaseClass by one of its own."""
    client = _module(
        "win32com.client",
        CDispatch=type("CDispatch", (), {}),
        DispatchBaseClass=DispatchBaseClass,
        CoClassBaseClass=type("CoClassBaseClass", (), {}),
        Dispatch=lambda obj, *_, **__: unwrapped(obj),
        DispatchEx=_new_excel,
    )
    server_util = _module(
        "win32com.server.util",
        wrap=lambda obj, *_, **__: SimpleNamespace(_wrapped=obj),
        unwrap=lambda obj: obj._wrapped,
    )
    server = _module("win32com.server", util=server_util)
    dispatcher, policy = (_module(f"win32com.server.{n}") for n in ("dispatcher", "policy"))
    policy.__dict__["DefaultPolicy"] = object
    com = _module("win32com", client=client, server=server)
    iid = "{00020400-0000-0000-C000-000000000046}"
    pythoncom = _module(
        "pythoncom",
        CoInitialize=_ignore,
        CoUninitialize=_ignore,
        com_error=com_error,
        ole_error=com_error,
        IID_IDispatch=iid,
        IID_IEnumVARIANT="{00020404-0000-0000-C000-000000000046}",
        TypeIIDs={iid: type("PyIDispatch", (), {})},
        CoMarshalInterThreadInterfaceInStream=lambda _iid, obj: obj,
        CoGetInterfaceAndReleaseStream=lambda stream, _iid: stream,
    )
    types = _module(
        "pywintypes",
        com_error=com_error,
        error=WindowError,
        TimeType=TimeType,
        IID=str.upper,
        HANDLE=int,
    )
    boxes = ("MB_OK", "MB_OKCANCEL", "MB_YESNO", "MB_YESNOCANCEL")
    con = _module("win32con", **dict.fromkeys((*boxes, "MB_ICONINFORMATION", "MB_ICONWARNING"), 0))
    process = _module(
        "win32process", GetWindowThreadProcessId=lambda hwnd: (1, instance(hwnd).process_id)
    )
    zone = _module("win32timezone", TimeZoneInfo=SimpleNamespace(utc=lambda: dt.UTC))
    known = [com, client, server, server_util, dispatcher, policy, pythoncom, types, con]
    known += [process, zone, _module("win32api"), _module("win32event")]
    known.append(_module("win32gui", FindWindowEx=_child_window))
    return {module.__name__: module for module in known}


FAKES = _fakes()
_REAL_PARTS: dict[str, ModuleType] = {}


def _dlls() -> dict[str, Any]:
    user32 = SimpleNamespace(
        GetTopWindow=lambda _: INSTANCES[0].hwnd if INSTANCES else 0,
        GetWindow=_next_window,
        GetForegroundWindow=lambda: 0,
        SetForegroundWindow=_ignore,
        SetWindowPos=_ignore,
    )
    ole32 = SimpleNamespace(CLSIDFromString=_ignore)
    oleacc = SimpleNamespace(AccessibleObjectFromWindow=_object_from_window)
    return {
        "windll": SimpleNamespace(user32=user32),
        "oledll": SimpleNamespace(ole32=ole32, oleacc=oleacc),
        "PyDLL": _Library,
    }


@contextlib.contextmanager
def _attributes(owner: Any, **values: Any) -> Iterator[None]:
    """Attributes set for a while."""
    missing = object()
    before = {name: getattr(owner, name, missing) for name in values}
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


def _load_parts() -> dict[str, ModuleType]:
    """xlwings' modules for Windows, imported once; their memory is emptied each time."""
    for part in XLWINGS_PARTS:
        name = f"xlwings.{part}"
        if name not in _REAL_PARTS:
            with _attributes(ctypes, **_dlls()):
                _REAL_PARTS[name] = importlib.import_module(name)
        sys.modules[name] = _REAL_PARTS[name]
    windows, udfs = _REAL_PARTS["xlwings._xlwindows"], _REAL_PARTS["xlwings.udfs"]
    # It asks Windows for its list of processes when Python ends.
    atexit.unregister(windows.cleanup)
    windows.BOOK_CALLER = None
    udfs.udf_modules.clear()
    udfs.cache.clear()
    udfs.has_dynamic_array.cache_clear()
    return _REAL_PARTS


def _forget(*names: str) -> None:
    """Unload modules, so that the next import runs them anew."""
    for name in names:
        sys.modules.pop(name, None)
        package, _, last = name.rpartition(".")
        if package in sys.modules and hasattr(sys.modules[package], last):
            delattr(sys.modules[package], last)


@contextlib.contextmanager
def windows_xlwings() -> Iterator[ModuleType]:
    """xlwings as on Windows: its engine, its decorators, ``call_udf``. Gives ``xlwings``."""
    import xlwings as xw  # noqa: PLC0415  (only tests of the Excel host need it)

    before = dict(sys.modules)
    engines = (xw.engines.active, list(xw.engines.engines), dict(xw.engines.engines_by_name))
    sys.modules.update(FAKES)
    sys.modules["xlwings"] = xw
    _forget(*OURS)
    LACKING.clear()
    try:
        parts = _load_parts()
        udfs = parts["xlwings.udfs"]
        for part in XLWINGS_PARTS:
            setattr(xw, part, parts[f"xlwings.{part}"])
        with _attributes(xw, **{name: getattr(udfs, real) for name, real in DECORATORS.items()}):
            xw.engines.add(xw.Engine(impl=parts["xlwings._xlwindows"].engine))
            xw.engines.active = xw.engines["excel"]
            yield xw
    finally:
        xw.engines.active, xw.engines.engines, xw.engines.engines_by_name = engines
        INSTANCES.clear()
        _forget(*FAKES, *(f"xlwings.{part}" for part in XLWINGS_PARTS), *OURS)
        sys.modules.update({name: before[name] for name in FAKES if name in before})
