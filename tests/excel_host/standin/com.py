"""How COM objects behave through pywin32: errors, collections, a log of calls, injected faults.

xlwings' Windows engine works with early-bound objects (xlwings calls ``gencache.EnsureModule``):
properties that Excel lets take arguments are then reached by ``GetResize``, ``GetOffset`` and
``GetAddress``; ``range.Resize(2, 3)`` would silently mean ``range.Resize.Item(2, 3)``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

EXCEPTION = -2147352567  # DISP_E_EXCEPTION: Excel itself refuses; the scode says why
BAD_INDEX = -2147352565  # DISP_E_BADINDEX: no such item
UNKNOWN_NAME = -2147352570  # DISP_E_UNKNOWNNAME
CALL_REJECTED = -2147418111  # RPC_E_CALL_REJECTED: Excel is busy, a cell is being edited
SERVER_GONE = -2147023174  # RPC_S_SERVER_UNAVAILABLE
APPLICATION_ERROR = -2146827284  # 0x800A03EC, VBA's error 1004


class com_error(Exception):  # noqa: N801, N818  (pywin32's name)
    """``pywintypes.com_error``: (hresult, text, (wcode, source, text, help, id, scode), arg)."""

    def __init__(self, hresult, strerror="", excepinfo=None, argerror=None):
        super().__init__(hresult, strerror, excepinfo, argerror)
        self.hresult, self.strerror = hresult, strerror
        self.excepinfo, self.argerror = excepinfo, argerror


def refused(text: str = "", scode: int = APPLICATION_ERROR) -> com_error:
    """Excel's answer to what it will not do: VBA's error 1004."""
    about = (0, "Microsoft Excel", text, "xlmain11.chm", 0, scode)
    return com_error(EXCEPTION, "Exception occurred.", about)


def no_such_item() -> com_error:
    """A collection was asked for what it does not have."""
    return com_error(BAD_INDEX, "Invalid index.")


def busy() -> com_error:
    """Excel has no time: it calculates, shows a dialog, or a cell is being edited."""
    return com_error(CALL_REJECTED, "Call was rejected by callee.")


LACKING: list[str] = []
"""What was asked of the stand-in that it does not have, for callers that take any exception."""


class NotInStandin(Exception):  # noqa: N818  (it says what is missing, it is no outcome of Excel)
    """Excel may well have it; the stand-in does not. Add it there, or do without."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        LACKING.append(what)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call from Python to Excel: ``Range.Value``, ``set``, ``[Book1]Sheet1!$A$1:$B$2``."""

    member: str
    kind: str
    target: str
    args: tuple[Any, ...]


@dataclass(kw_only=True)
class Fault:
    """Raise ``error`` at the ``nth`` matching call, and at the ``times - 1`` ones after it."""

    member: str
    kind: str | None
    target: str
    nth: int
    times: int
    error: BaseException
    seen: int = 0

    def strikes(self, call: Call) -> bool:
        matches = call.member == self.member and self.kind in (None, call.kind)
        if not matches or self.target not in call.target:
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class DispatchBaseClass:
    """pywin32's base of early-bound classes; xlwings asks ``isinstance`` of it."""

    CLSID = ""


def unwrapped(value: Any) -> Any:
    """The object inside xlwings' COMRetryObjectWrapper."""
    return object.__getattribute__(value, "_inner") if _is_wrapper(value) else value


def _is_wrapper(value: Any) -> bool:
    return type(value).__name__ == "COMRetryObjectWrapper"


class _TypeInfo:
    """As much of ITypeInfo as ``xlwings._xlwindows.is_range_instance`` asks for."""

    def __init__(self, iid: str) -> None:
        self.iid = iid

    def GetTypeInfo(self) -> _TypeInfo:  # noqa: N802
        return self

    def GetTypeAttr(self) -> _TypeInfo:  # noqa: N802
        return self

    def GetIDsOfNames(self, *_: Any) -> None:  # noqa: N802
        raise com_error(UNKNOWN_NAME, "Unknown name.")


class ComObject(DispatchBaseClass):
    """An object of Excel. Members with a capital are what COM offers: each call from outside is
    logged and may meet a fault. The rest is the stand-in's own."""

    IID: ClassVar[str] = "{00020400-0000-0000-C000-000000000046}"
    KIND: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        for name, member in list(vars(cls).items()):
            if name[0].isupper() and name not in ("IID", "KIND", "CLSID"):
                setattr(cls, name, _heard(name, member))

    def __init__(self, excel: Any) -> None:
        object.__setattr__(self, "excel", excel)

    @property
    def _oleobj_(self) -> _TypeInfo:
        return _TypeInfo(self.IID)

    @property
    def Application(self) -> Any:  # noqa: N802
        return self.excel

    @property
    def target(self) -> str:
        """What the log calls this object."""
        return ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not name[:1].isupper():
            raise AttributeError(name)
        raise NotInStandin(f"{type(self).__name__}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name[0].isupper() and not isinstance(getattr(type(self), name, None), property):
            raise NotInStandin(f"{type(self).__name__}.{name} = …")
        object.__setattr__(self, name, value)


def _heard(name: str, member: Any) -> Any:
    if isinstance(member, property):
        return property(
            member.fget and _hook(name, "get", member.fget),
            member.fset and _hook(name, "set", member.fset),
        )
    return _hook(name, "call", member) if callable(member) else member


def _hook(name: str, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(self: ComObject, *args: Any, **kwargs: Any) -> Any:
        args = tuple(map(unwrapped, args))
        kwargs = {name: unwrapped(value) for name, value in kwargs.items()}
        with self.excel.hearing(self, f"{self.KIND or type(self).__name__}.{name}", kind, args):
            return function(self, *args, **kwargs)

    return call


class Collection(ComObject):
    """Items by number from 1, or by name in any case; called like a function."""

    def items(self) -> list[Any]:
        raise NotImplementedError

    def named(self, item: Any) -> str:
        return str(item.Name)

    def find(self, key: Any) -> Any:
        items = self.items()
        if isinstance(key, str):
            found = [i for i in items if self.named(i).casefold() == key.casefold()]
            if found:
                return found[0]
        elif isinstance(key, int | float) and 1 <= key <= len(items):
            return items[int(key) - 1]
        raise no_such_item()

    def Item(self, Index: Any) -> Any:  # noqa: N802, N803
        return self.find(Index)

    def __call__(self, Index: Any) -> Any:  # noqa: N803
        return self.Item(Index)

    @property
    def Count(self) -> int:  # noqa: N802
        return len(self.items())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items())

    def __len__(self) -> int:
        return len(self.items())
