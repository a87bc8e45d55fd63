Attribute VB_Name = "FenjiHelp"
' What Excel's Insert Function shows: our category, and help for each function and argument.
Option Explicit

Private Const ARGUMENTS_OF As String = "arguments."

Private Const MOST_TRIES As Long = 10
Private Const TRY_SECONDS As Long = 3

Private mDone As Boolean
Private mTries As Long

' Excel refuses while no workbook is in sight, so this is called whenever one comes up, and tried
' again while Excel is still opening it.
Public Sub FenjiRegister()
    Dim i As Long
    If mDone Then Exit Sub
    If ActiveWorkbook Is Nothing Then Exit Sub
    On Error GoTo later
    For i = 1 To FenjiCount(ARGUMENTS_OF)
        FenjiDescribe FenjiNth(ARGUMENTS_OF, i)
    Next i
    mDone = True
    ' Help is no change that anybody should be asked to save.
    ThisWorkbook.Saved = True
    Exit Sub
later:
    mTries = mTries + 1
    If mTries < MOST_TRIES Then
        Application.OnTime FenjiIn(TRY_SECONDS), FenjiMacro("FenjiRegister")
    End If
End Sub

Private Sub FenjiDescribe(ByVal name As String)
    Dim arguments() As String
    Dim helps() As String
    Dim i As Long
    arguments = Split(FenjiText(ARGUMENTS_OF & name), ",")
    ReDim helps(0 To UBound(arguments))
    For i = 0 To UBound(arguments)
        helps(i) = FenjiText("function." & name & "." & arguments(i))
    Next i
    Application.MacroOptions Macro:=FenjiMacro(name), _
        Description:=FenjiText("function." & name & ".help"), _
        Category:="Fenji", _
        ArgumentDescriptions:=helps
End Sub
