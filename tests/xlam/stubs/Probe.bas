Attribute VB_Name = "Probe"
' What the tests ask for; every answer is text.
Option Explicit

' Forget what earlier probes did, and configure this interpreter.
Private Sub Begin(ByVal interpreter As String)
    heard = ""
    launched = ""
    touched = ""
    loaded = ""
    reads = 0
    settings = ""
    If interpreter <> "" Then settings = """INTERPRETER_WIN"",""" & interpreter & """"
    FenjiForget
End Sub

Public Function Table() As String
    Dim cells(1 To 2, 1 To 2) As Variant
    Dim found As Variant
    Dim reasons As String
    cells(1, 1) = "A"
    cells(1, 2) = "#VALUE! bad number"
    cells(2, 1) = "#N/A none" & vbLf & "at all"
    cells(2, 2) = 5
    found = FenjiCells(cells, reasons)
    Table = found(1, 1) & "|" & IsError(found(1, 2)) & "|" & IsError(found(2, 1)) & "|" & found(2, 2) & "|" & reasons
End Function

Public Function OneRow() As String
    Dim found As Variant
    Dim reasons As String
    found = FenjiCells(Array("x", Null, "#N/A no", "#N/A", "#NAME? x"), reasons)
    OneRow = found(0) & "|" & found(1) & "|" & IsError(found(2)) & "|" & found(3) & "|" & found(4) & "|" & reasons
End Function

Public Function OneCell() As String
    Dim reasons As String
    OneCell = IsError(FenjiCells("#VALUE! no", reasons)) & "|" & reasons
End Function

Public Function Many(ByVal rows As Long) As String
    Dim cells() As Variant
    Dim found As Variant
    Dim reasons As String
    Dim i As Long
    ReDim cells(1 To rows, 1 To 1)
    For i = 1 To rows
        cells(i, 1) = "#N/A x"
    Next i
    found = FenjiCells(cells, reasons)
    Many = IsError(found(rows, 1)) & "|" & (Len(reasons) - Len(Replace(reasons, vbLf, "")))
End Function

Private Function Reason(ByVal row As Long, ByVal column As Long, ByVal text As String) As String
    Reason = row & vbTab & column & vbTab & text & vbLf
End Function

' Reasons are kept by cell: the last ones count, an answer without any forgets them, and a cell of an
' array formula has its own.
Public Function Reasons() As String
    Dim one As Object
    Dim many As Object
    Set one = ThisWorkbook.Worksheets(1).Range("B15")
    Set many = ThisWorkbook.Worksheets(1).Range("D15:E16")
    many.FormulaArray = "={1,2;3,4}"
    Reasons = FenjiReasonAt(one) & "|"
    FenjiKeep one, Reason(0, 0, "first")
    FenjiKeep one, Reason(0, 0, "second")
    FenjiKeep many, Reason(0, 0, "a") & Reason(1, 1, "b")
    Reasons = Reasons & FenjiReasonAt(one) & "|" & FenjiReasonAt(many.Cells(1, 1)) & "|"
    Reasons = Reasons & FenjiReasonAt(many.Cells(2, 2)) & "|" & FenjiReasonAt(many.Cells(1, 2)) & "|"
    FenjiKeep one, ""
    Reasons = Reasons & FenjiReasonAt(one) & "|" & FenjiReasonAt(many.Cells(1, 1))
End Function

' What reaches Python of a call: the reason is what FakePython was given.
Public Function Wrapped() As String
    Dim kept As String
    Begin "C:\Fenji\Scripts\python.exe"
    Wrapped = FenjiCells(XLPy.CallUDF("s", "N", Array(1, "a")), kept) & "|" & kept & "|" & loaded
    Wrapped = Wrapped & IsError(RFM_TIER(1, 2, 3))
End Function

Public Function Server(ByVal interpreter As String) As String
    Begin interpreter
    Server = XLPyCommand()
    Server = Server & "|" & (XLPyCommand() = Server) & "|" & reads
End Function

Public Function Unconfigured(ByVal interpreter As String) As String
    Begin interpreter
    On Error GoTo failed
    Unconfigured = FenjiInterpreter()
    Exit Function
failed:
    Unconfigured = Err.Description
End Function

Public Function Grade() As String
    Begin "C:\Fenji\Scripts\python.exe"
    FenjiRun "grade", FenjiOption("--sheet", "it's ""%TEMP%"" $(x)") & FenjiOption("--row", "5")
    Grade = launched & "|" & heard
End Function

' The name of the running job, by stopping it.
Private Function JobName() As String
    FenjiStop
    JobName = Mid$(touched, Len("folder/") + 1, Len(touched) - Len("folder/.stop"))
End Function

' After Grade: the job is busy, is stopped, ends, says so once.
Public Function Life() As String
    Dim running As Boolean
    Dim id As String
    heard = ""
    FenjiRun "check", ""
    id = JobName()
    FenjiStarted id
    FenjiWatch
    FenjiDone "another", "problem", "other title", "other text"
    FenjiAskRunning running
    Life = running & "|"
    FenjiDone id, "done", "title", "text"
    FenjiAskRunning running
    Life = Life & running & "|"
    FenjiShow
    FenjiShow
    Life = Life & heard
End Function

' A job that nobody started here: the watch gave up on it, and then it came.
Public Function Late() As String
    Dim running As Boolean
    Begin "C:\Fenji\Scripts\python.exe"
    FenjiStarted "late"
    FenjiAskRunning running
    Late = running & "|"
    FenjiStarted "stray"
    Late = Late & touched & "|"
    FenjiWatch
    FenjiDone "late", "stopped", "title", "text"
    FenjiShow
    FenjiAskRunning running
    Late = Late & running & "|" & heard
End Function

Public Function Failing() As String
    Dim running As Boolean
    Begin ""
    FenjiRun "grade", ""
    FenjiAskRunning running
    Failing = running & "|" & launched & "|" & heard
End Function

' Repair ends the cells' Python, runs, and what is remembered of the configuration is read anew.
Public Function Repairing() As String
    Dim running As Boolean
    Begin "C:\Fenji\Scripts\python.exe"
    FenjiRepair
    Repairing = heard & "|" & (launched <> "") & "|"
    settings = """INTERPRETER_WIN"",""C:\Other\python.exe"""
    Repairing = Repairing & FenjiInterpreter() & "|"
    FenjiDone JobName(), "done", "title", "text"
    FenjiAskRunning running
    Repairing = Repairing & running & "|" & FenjiInterpreter()
    FenjiShow
End Function

Private Function Pressed(ByVal id As String) As Object
    Dim control As Object
    Set control = New FakeControl
    control.Name id
    Set Pressed = control
End Function

Public Function Says(ByVal id As String) As String
    Dim label As Variant
    Dim tip As Variant
    Dim help As Variant
    FenjiLabel Pressed(id), label
    FenjiScreentip Pressed(id), tip
    FenjiSupertip Pressed(id), help
    Says = label & "|" & tip & "|" & help
End Function

Public Function Enabled(ByVal id As String) As String
    Dim answer As Variant
    FenjiEnabled Pressed(id), answer
    Enabled = answer
End Function

Public Function Industries() As String
    Dim count As Variant
    Dim label As Variant
    Dim i As Integer
    FenjiTemplateCount Pressed("template"), count
    For i = 0 To count - 1
        FenjiTemplateLabel Pressed("template"), i, label
        Industries = Industries & label & "|"
    Next i
End Function

Public Function Template(ByVal index As Integer) As String
    Begin "C:\Fenji\Scripts\python.exe"
    FenjiTemplatePress Pressed("template"), "", index
    Template = launched
End Function
