Attribute VB_Name = "FenjiConfig"
' Which Python runs, and how. The one source is the user's own file, written by the installation:
' never a sheet, never a file beside a workbook, never whatever "python" a search path finds.
' XLPyCommand and XLPyLoadDLL stand in for xlwings' own, which ask all of those.
Option Explicit
Option Private Module

Public Const FENJI_ERROR As Long = -2147220991     ' vbObjectError + 513

Private mSettings As String     ' the text of the file, read once a session
Private mRead As Boolean
Private mCommand As String
Private mLoaded As Boolean

' Read everything anew at the next call: after Repair the file may say something else.
Public Sub FenjiForget()
    mSettings = ""
    mRead = False
    mCommand = ""
    mLoaded = False
End Sub

' The full path of our Python. Raises an error that a user understands.
Public Function FenjiInterpreter() As String
    Dim path As String
    path = FenjiSetting(FenjiInterpreterKey())
    If Not FenjiIsFullPath(path) Then
        Err.Raise FENJI_ERROR, PROJECT_NAME, FenjiText("vba.no_configuration", "file", FenjiConfigFile())
    End If
    If Not FenjiFileThere(path) Then
        Err.Raise FENJI_ERROR, PROJECT_NAME, FenjiText("vba.no_interpreter", "file", path)
    End If
    FenjiInterpreter = path
End Function

' The command that starts the one Python for all cells of all workbooks.
Public Function XLPyCommand() As String
    If mCommand = "" Then
        mCommand = FenjiServerCommand(FenjiPlainPath(FenjiInterpreter()))
    End If
    XLPyCommand = mCommand
End Function

' Load xlwings' library, once a session.
Public Sub XLPyLoadDLL()
    Dim folder As String
    If mLoaded Then Exit Sub
    If Not FenjiHasFunctions() Then
        Err.Raise FENJI_ERROR, PROJECT_NAME, FenjiText("vba.no_functions_on_mac")
    End If
    folder = FenjiParent(FenjiInterpreter())
    If Not FenjiLoad(folder & "\" & FenjiLibraryName()) Then
        ' An environment has its interpreter one folder below its own.
        folder = FenjiParent(folder)
        If Not FenjiLoad(folder & "\" & FenjiLibraryName()) Then
            Err.Raise FENJI_ERROR, PROJECT_NAME, _
                FenjiText("vba.no_library", "file", folder & "\" & FenjiLibraryName())
        End If
    End If
    mLoaded = True
End Sub

' The command for xlwings' library. It names no workbook, because the library starts another Python
' for every command that differs. Not through cmd.exe, as xlwings has it: that is what rules against
' child processes stop, and it lives on where Python ends, so that Excel would wait for nobody.
' -I: no code from the current folder, which may be a workbook's.
Public Function FenjiServerCommand(ByVal python As String) As String
    FenjiServerCommand = """" & python & """ -B -I -c ""import xlwings; xlwings.serve('$(CLSID)')"""
End Function

' The Python code of a job with these arguments. They go as hexadecimal digits: no name of a workbook
' or a sheet can then mean anything to a shell, to Windows or to Python.
Public Function FenjiJobCode(ByVal arguments As String) As String
    FenjiJobCode = "import addin.hosts.excel.job as j;" & _
        "j.main(bytes.fromhex('" & FenjiHex(arguments) & "').decode('utf-16-le').split(chr(0)))"
End Function

' An option and its value as further arguments of a job.
Public Function FenjiOption(ByVal name As String, ByVal value As String) As String
    FenjiOption = vbNullChar & name & vbNullChar & value
End Function

' When a number of seconds have passed, as Excel's OnTime takes it.
Public Function FenjiIn(ByVal seconds As Long) As Double
    FenjiIn = CDbl(Now + TimeSerial(0, 0, seconds))
End Function

' Text as the hexadecimal digits of its UTF-16 little-endian bytes.
Public Function FenjiHex(ByVal text As String) As String
    Dim pieces() As String
    Dim code As Long
    Dim i As Long
    If text = "" Then Exit Function
    ReDim pieces(1 To Len(text))
    For i = 1 To Len(text)
        code = AscW(Mid$(text, i, 1))
        If code < 0 Then code = code + 65536
        pieces(i) = Right$("0" & Hex$(code Mod 256), 2) & Right$("0" & Hex$(code \ 256), 2)
    Next i
    FenjiHex = Join(pieces, "")
End Function

' A macro of ours as Excel's Run and OnTime take it.
Public Function FenjiMacro(ByVal name As String) As String
    FenjiMacro = "'" & ThisWorkbook.Name & "'!" & name
End Function

' Whether a path says where: C:\..., \\server\... or /...; a bare name would be searched for.
Public Function FenjiIsFullPath(ByVal path As String) As Boolean
    If Len(path) < 4 Then Exit Function
    FenjiIsFullPath = (Mid$(path, 2, 2) = ":\") Or (Left$(path, 2) = "\\") Or (Left$(path, 1) = "/")
End Function

' The value of a key in lines of "KEY","value"; empty where the key is not there.
Public Function FenjiValueOf(ByVal settings As String, ByVal key As String) As String
    Dim rows() As String
    Dim parts() As String
    Dim value As String
    Dim i As Long
    rows = Split(Replace(settings, vbCr, ""), vbLf)
    For i = LBound(rows) To UBound(rows)
        parts = Split(Trim$(rows(i)), """,""")
        If UBound(parts) = 1 Then
            If UCase$(Replace(parts(0), """", "")) = UCase$(key) Then
                value = parts(1)
                If Right$(value, 1) = """" Then value = Left$(value, Len(value) - 1)
                FenjiValueOf = Replace(value, """""", """")
                Exit Function
            End If
        End If
    Next i
End Function

' The folder that a file or folder lies in.
Public Function FenjiParent(ByVal path As String) As String
    FenjiParent = Left$(path, InStrRev(path, "\") - 1)
End Function

' UTF-8 bytes as text, without a leading byte order mark.
Public Function FenjiFromUtf8(ByVal bytes As Variant) As String
    Dim i As Long
    Dim k As Long
    Dim more As Long
    Dim code As Long
    Dim text As String
    i = LBound(bytes)
    Do While i <= UBound(bytes)
        code = bytes(i)
        more = 0
        If code >= 240 Then
            more = 3
            code = code And 7
        ElseIf code >= 224 Then
            more = 2
            code = code And 15
        ElseIf code >= 192 Then
            more = 1
            code = code And 31
        End If
        For k = 1 To more
            If i + k <= UBound(bytes) Then code = code * 64 + (bytes(i + k) And 63)
        Next k
        i = i + more + 1
        If code > 65535 Then
            code = code - 65536
            text = text & ChrW(55296 + code \ 1024) & ChrW(56320 + code Mod 1024)
        ElseIf code <> 65279 Then
            text = text & ChrW(code)
        End If
    Loop
    FenjiFromUtf8 = text
End Function

Private Function FenjiConfigFile() As String
    FenjiConfigFile = FenjiFile(PROJECT_NAME & ".conf")
End Function

Private Function FenjiSetting(ByVal key As String) As String
    If Not mRead Then
        mSettings = FenjiReadUtf8(FenjiConfigFile())
        mRead = True
    End If
    FenjiSetting = FenjiValueOf(mSettings, key)
End Function

' A path that survives the library's ANSI command line.
Private Function FenjiPlainPath(ByVal path As String) As String
    Dim i As Long
    FenjiPlainPath = path
    For i = 1 To Len(path)
        If AscW(Mid$(path, i, 1)) < 0 Or AscW(Mid$(path, i, 1)) > 126 Then
            FenjiPlainPath = FenjiShortPath(path)
            Exit Function
        End If
    Next i
End Function
