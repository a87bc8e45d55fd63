"""What a job has planned, done to the document: as one undo step, or not at all."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uno
import unohelper
from com.sun.star.util import XCloseListener

from . import columns
from . import document as documents
from .messages import Told
from .replacing import Replacement
from .transfer import Insertion, Unfit
from .undo import Step

if TYPE_CHECKING:
    from pathlib import Path

Plan = dict[str, Any]


def apply(context: Any, document: Any, plan: Plan, title: str, folder: Path) -> bool:
    """Do what the plan says; whether the folder has to stay, for what can be done again.

    Raises Told; the document is then as it was.
    """
    desktop = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.frame.Desktop", context
    )
    stays = False
    put = plan.get("put")
    if put == "open":
        open_file(desktop, plan["file"])
    elif put or plan.get("columns"):
        stays = _change(desktop, document, plan, title, folder)
    if plan.get("show"):
        documents.show_sheet(document, str(plan["show"]))
    if plan.get("url"):
        _browse(context, str(plan["url"]))
    return stays


def open_file(desktop: Any, path: str, *, nameless: bool = False) -> None:
    """Open a workbook in a window of its own, ``nameless`` as a new document. Raises Told."""
    made = None
    given = (documents.value("AsTemplate", True),) if nameless else ()
    with suppress(Exception):
        made = desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, given)
    if made is None:
        raise Told("calc.document.not_opened", file=path)


def _change(desktop: Any, document: Any, plan: Plan, title: str, folder: Path) -> bool:
    documents.refuse(document)
    controller = document.getCurrentController()
    before = controller.getActiveSheet() if controller is not None else None
    try:
        _write(desktop, document, plan, Step(document, title))
        document.calculate()
        document.setModified(True)
    except Unfit:
        _look_at(controller, before)
        # Under no name: its folder goes when we are done.
        open_file(desktop, str(plan["file"]), nameless=True)
        raise Told("calc.document.unfit") from None
    except Told:
        _look_at(controller, before)
        raise
    except Exception as error:
        _look_at(controller, before)
        raise Told("calc.document.write_failed") from error
    if not plan.get("put"):
        return False
    document.addCloseListener(_Sweeper(folder))
    return True


def _write(desktop: Any, document: Any, plan: Plan, step: Step) -> None:
    put, beside = plan.get("put"), list(plan.get("columns") or ())
    if put == "replace":
        url = uno.systemPathToFileUrl(str(plan["file"]))
        with Replacement(desktop, document, url, plan["sheets"]) as replacement:
            replacement.add(step)
            with step.record():
                replacement.fill(step)
                columns.write(document, beside, step)
        return
    if put == "insert":
        url = uno.systemPathToFileUrl(str(plan["file"]))
        insertion = Insertion(desktop, document, url)
        step.add(insertion.do, insertion.back)
    with step.record():
        columns.write(document, beside, step)


def _look_at(controller: Any, sheet: Any) -> None:
    with suppress(Exception):
        controller.setActiveSheet(sheet)


def _browse(context: Any, url: str) -> None:
    """Open a page of ours in the browser. Raises Told."""
    try:
        shell = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.system.SystemShellExecute", context
        )
        shell.execute(url, "", 1)  # com.sun.star.system.SystemShellExecuteFlags.URIS_ONLY
    except Exception:
        raise Told("calc.document.not_opened", file=url) from None


class _Sweeper(unohelper.Base, XCloseListener):
    """Removes a folder when its document is closed: until then Redo reads the file in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def queryClosing(self, _event: Any, _owns: bool) -> None:  # noqa: N802 (UNO's name)
        pass

    def notifyClosing(self, _event: Any) -> None:  # noqa: N802
        shutil.rmtree(self._folder, ignore_errors=True)

    def disposing(self, _event: Any) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
