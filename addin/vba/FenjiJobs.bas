Attribute VB_Name = "FenjiJobs"
' Long work, in a Python process of its own: Excel stays alive, and the work can be stopped.
' Python calls FenjiStarted and FenjiDone, and looks for the file <job>.stop at every step.
Option Explicit

Private Const START_SECONDS As Long = 30
Private Const STOP_SECONDS As Long = 20
Private Const NEVER As Long = 0

Private mJob As String          ' the job that runs; empty when none does
Private mAction As String
Private mStarted As Boolean     ' Python has called
Private mSince As Date
Private mStopped As Date        ' when Stop was pressed; 0 when it was not
Private mMessages As Collection

' Start an action of addin.hosts.excel; options are further arguments, from FenjiOption.
Public Sub FenjiRun(ByVal action As String, ByVal options As String)
    Dim job As String
    On Error GoTo failed
    If mJob <> "" Then
        FenjiTell FenjiText("vba.busy"), vbExclamation
        Exit Sub
    End If
    job = Format$(Now, "yyyymmdd") & "-" & CStr(CLng(Timer * 100))
    FenjiLaunch FenjiInterpreter(), FenjiJobCode(FenjiArguments(action, job) & options)
    mJob = job
    mAction = action
    mStarted = False
    mSince = Now
    mStopped = NEVER
    Application.StatusBar = FenjiText("vba.starting")
    Application.OnTime FenjiIn(START_SECONDS), FenjiMacro("FenjiWatch")
    FenjiRefresh
    Exit Sub
failed:
    mJob = ""
    FenjiTell Err.Description, vbExclamation
End Sub

' Called by Python once, when it has begun.
Public Sub FenjiStarted(ByVal id As String)
    ' Also when the watch has given up already: some virus scanners take their time.
    If mJob = "" Then mJob = id
    If id = mJob Then
        mStarted = True
    Else
        ' Another one has been started meanwhile, and two at a time would disturb each other.
        On Error Resume Next
        FenjiTouch FenjiFile(id & ".stop")
    End If
    FenjiRefresh
End Sub

' Called by Python at the end; kind is done, problem or stopped. Answers at once: what there is to
' say is shown when Python has left.
Public Sub FenjiDone(ByVal id As String, ByVal kind As String, ByVal title As String, ByVal message As String)
    If mMessages Is Nothing Then Set mMessages = New Collection
    mMessages.Add kind & vbNullChar & title & vbNullChar & message
    If id = mJob Then FenjiRelease
    Application.OnTime FenjiIn(0), FenjiMacro("FenjiShow")
End Sub

' Called by Python on a Mac, where AppleScript can not save a copy.
Public Sub FenjiSaveCopy(ByVal book As String, ByVal path As String)
    ' An error would stop Excel with a dialog; Python looks whether the copy is there.
    On Error Resume Next
    Workbooks(book).SaveCopyAs path
End Sub

' Show what has come from Python.
Public Sub FenjiShow()
    Dim parts() As String
    If mMessages Is Nothing Then Exit Sub
    Do While mMessages.Count > 0
        parts = Split(mMessages.Item(1), vbNullChar, 3)
        mMessages.Remove 1
        FenjiMessage parts(2), parts(1), FenjiStyle(parts(0))
    Loop
    FenjiRefresh
End Sub

' Ask the running job to stop at its next step.
Public Sub FenjiStop()
    On Error GoTo failed
    If mJob = "" Then Exit Sub
    FenjiTouch FenjiFile(mJob & ".stop")
    mStopped = Now
    Application.StatusBar = FenjiText("vba.stopping")
    Application.OnTime FenjiIn(STOP_SECONDS), FenjiMacro("FenjiWatch")
    Exit Sub
failed:
    FenjiTell Err.Description, vbExclamation
End Sub

' Whether a Python that should have called or stopped has not.
Public Sub FenjiWatch()
    Dim text As String
    If mJob = "" Then Exit Sub
    If Not mStarted And FenjiSecondsSince(mSince) >= START_SECONDS - 1 Then
        text = FenjiText("vba.not_started", "seconds", START_SECONDS)
    ElseIf mStopped <> NEVER And FenjiSecondsSince(mStopped) >= STOP_SECONDS - 1 Then
        text = FenjiText("vba.not_stopped", "seconds", STOP_SECONDS)
    End If
    If text = "" Then Exit Sub
    FenjiRelease
    FenjiTell text, vbExclamation
    FenjiRefresh
End Sub

' Make the installation good: forget what is remembered, end the cells' Python, let Python look.
Public Sub FenjiRepair()
    On Error Resume Next
    KillPy
    On Error GoTo 0
    FenjiForget
    FenjiRun "repair", ""
End Sub

' Whether a job runs, for the ribbon.
Public Sub FenjiAskRunning(ByRef running As Boolean)
    running = (mJob <> "")
End Sub

' A message in front of Excel.
Public Sub FenjiTell(ByVal text As String, ByVal style As Long)
    FenjiMessage text, FenjiText("vba.title"), style
End Sub

' The arguments of a job, with a null character between.
Private Function FenjiArguments(ByVal action As String, ByVal job As String) As String
    Dim text As String
    text = action & FenjiOption("--lang", FenjiLanguage()) & FenjiOption("--job", job)
    text = text & FenjiOption("--hwnd", FenjiWindow())
    If Not ActiveWorkbook Is Nothing Then text = text & FenjiOption("--book", ActiveWorkbook.Name)
    FenjiArguments = text
End Function

Private Sub FenjiRelease()
    ' After Repair the configuration may say something else.
    If mAction = "repair" Then FenjiForget
    mJob = ""
    mAction = ""
    mStarted = False
    mStopped = NEVER
    Application.StatusBar = False
End Sub

Private Function FenjiStyle(ByVal kind As String) As Long
    If kind = "problem" Then FenjiStyle = vbExclamation Else FenjiStyle = vbInformation
End Function

' Not DateDiff: since "never" it overflows, and And looks at both sides.
Private Function FenjiSecondsSince(ByVal moment As Date) As Double
    FenjiSecondsSince = (CDbl(Now) - CDbl(moment)) * 86400
End Function
