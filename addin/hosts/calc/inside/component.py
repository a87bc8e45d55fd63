"""What LibreOffice loads of Fenji: the functions, the commands, the job on loading a document."""

import unohelper
from fenji_calc import commands, functions, mending  # type: ignore[import-not-found]

g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 (UNO asks for this name)
g_ImplementationHelper.addImplementation(
    functions.Functions, functions.NAME, ("com.sun.star.sheet.AddIn", functions.NAME)
)
g_ImplementationHelper.addImplementation(
    commands.Commands, commands.NAME, ("com.sun.star.frame.ProtocolHandler", commands.NAME)
)
g_ImplementationHelper.addImplementation(
    mending.Mending, mending.NAME, ("com.sun.star.task.Job", mending.NAME)
)
