Attribute VB_Name = "xlwings"
' In place of xlwings' module, which calls a Windows library.
Public Const XLWINGS_VERSION As String = "0.37.8"
Public Const PROJECT_NAME As String = "fenji"

Public Function XLPy()
    XLPyLoadDLL
    Set XLPy = New FakePython
End Function

Public Sub KillPy()
    heard = heard & "killed/"
End Sub
