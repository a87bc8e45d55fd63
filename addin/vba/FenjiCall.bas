Attribute VB_Name = "FenjiCall"
' One call of a function from a cell: ranges become values, failures become Excel's errors, and
' the reason of each is kept until somebody asks.
Option Explicit
Option Private Module

Private Const ERROR_VALUE As Long = 2015    ' xlErrValue
Private Const ERROR_NA As Long = 2042       ' xlErrNA
Private Const MOST_CALLERS As Long = 5000
Private Const MOST_REASONS As Long = 1000

' Reasons by the address of the calling cell: lines of row, column and reason.
Private mReasons As Collection
Private mKept As Long       ' reasons kept of the call at hand

' What the function NAME gives for these arguments; kinds are the arguments' kinds with commas.
Public Function FenjiAnswer(ByVal name As String, ByVal kinds As String, ByVal given As Variant) As Variant
    Dim kind() As String
    Dim answer As Variant
    Dim reasons As String
    Dim last As Long
    Dim i As Long
    On Error GoTo failed
    kind = Split(kinds, ",")
    last = FenjiLastRow(given)
    For i = LBound(given) To UBound(given)
        given(i) = FenjiValues(given(i), kind(i - LBound(given)), last)
    Next i
    ' In brackets, so that Python gets values rather than references to variables.
    answer = XLPy.CallUDF("addin.hosts.excel.udfs_" & FenjiLanguage(), (name), (given))
    FenjiAnswer = FenjiCells(answer, reasons)
    FenjiRemember reasons
    Exit Function
failed:
    reasons = FenjiReasonLine(0, 0, FenjiPlainError(Err.Description))
    FenjiAnswer = CVErr(ERROR_VALUE)
    On Error Resume Next
    FenjiRemember reasons
End Function

' The reason why a cell shows an error, or nothing.
Public Function FenjiReasonAt(ByVal cell As Object) As String
    Dim anchor As Object
    Dim lines() As String
    Dim parts() As String
    Dim i As Long
    If mReasons Is Nothing Then Exit Function
    Set anchor = FenjiAnchor(cell)
    On Error Resume Next
    lines = Split(mReasons.Item(FenjiKey(anchor)), vbLf)
    If Err.Number <> 0 Then Exit Function
    On Error GoTo 0
    For i = LBound(lines) To UBound(lines)
        parts = Split(lines(i), vbTab, 3)
        If UBound(parts) = 2 Then
            If CLng(parts(0)) = cell.Row - anchor.Row And CLng(parts(1)) = cell.Column - anchor.Column Then
                FenjiReasonAt = parts(2)
                Exit Function
            End If
        End If
    Next i
End Function

' Excel's number of the error that a text stands for; 0 for any other text.
Public Function FenjiErrorOf(ByVal text As String) As Long
    If Left$(text, 8) = "#VALUE! " Then
        FenjiErrorOf = ERROR_VALUE
    ElseIf Left$(text, 5) = "#N/A " Then
        FenjiErrorOf = ERROR_NA
    End If
End Function

' The reason in such a text.
Public Function FenjiReasonOf(ByVal text As String) As String
    FenjiReasonOf = Mid$(text, InStr(text, " ") + 1)
End Function

' What went wrong, for a user: of a Python traceback the last line.
Public Function FenjiPlainError(ByVal text As String) As String
    Dim lines() As String
    Dim i As Long
    FenjiPlainError = text
    If InStr(text, "Traceback (") = 0 Then Exit Function
    lines = Split(Replace(text, vbCr, ""), vbLf)
    For i = UBound(lines) To LBound(lines) Step -1
        If Trim$(lines(i)) <> "" Then
            FenjiPlainError = FenjiText("vba.python_failed", "detail", Trim$(lines(i)))
            Exit Function
        End If
    Next i
End Function

' How many rows of a range are meant: all, or those down to the last used one of a range that ends
' where the sheet does, such as A:A and A2:A1048576.
Public Function FenjiRowsMeant(ByVal rows As Long, ByVal first As Long, ByVal sheetRows As Long, ByVal last As Long) As Long
    If first + rows - 1 < sheetRows Then
        FenjiRowsMeant = rows
    ElseIf last < first Then
        FenjiRowsMeant = 1
    Else
        FenjiRowsMeant = last - first + 1
    End If
End Function

' Keep the reasons of a calling cell, or forget those that it had.
Public Sub FenjiKeep(ByVal caller As Object, ByVal reasons As String)
    Dim key As String
    key = FenjiKey(caller)
    If Not FenjiNothingKept() Then
        On Error Resume Next
        mReasons.Remove key
        On Error GoTo 0
    End If
    If reasons = "" Then Exit Sub
    If mReasons.Count >= MOST_CALLERS Then Set mReasons = New Collection
    mReasons.Add reasons, key
End Sub

' The answer with Excel's errors in place of texts such as "#N/A reason"; reasons collects those.
Public Function FenjiCells(ByVal answer As Variant, ByRef reasons As String) As Variant
    Dim r As Long
    Dim c As Long
    mKept = 0
    Select Case FenjiDimensions(answer)
        Case 0
            answer = FenjiCell(answer, 0, 0, reasons)
        Case 1
            For c = LBound(answer) To UBound(answer)
                answer(c) = FenjiCell(answer(c), 0, c - LBound(answer), reasons)
            Next c
        Case Else
            For r = LBound(answer, 1) To UBound(answer, 1)
                For c = LBound(answer, 2) To UBound(answer, 2)
                    answer(r, c) = FenjiCell(answer(r, c), r - LBound(answer, 1), c - LBound(answer, 2), reasons)
                Next c
            Next r
    End Select
    FenjiCells = answer
End Function

Private Function FenjiCell(ByVal value As Variant, ByVal row As Long, ByVal column As Long, ByRef reasons As String) As Variant
    FenjiCell = value
    If IsNull(value) Or IsEmpty(value) Then
        FenjiCell = ""      ' Excel would show 0
    ElseIf VarType(value) = vbString Then
        If FenjiErrorOf(value) <> 0 Then
            FenjiCell = CVErr(FenjiErrorOf(value))
            mKept = mKept + 1
            If mKept <= MOST_REASONS Then
                reasons = reasons & FenjiReasonLine(row, column, FenjiReasonOf(value))
            End If
        End If
    End If
End Function

Private Function FenjiReasonLine(ByVal row As Long, ByVal column As Long, ByVal reason As String) As String
    FenjiReasonLine = row & vbTab & column & vbTab & Replace(Replace(reason, vbCr, ""), vbLf, " ") & vbLf
End Function

Private Function FenjiDimensions(ByRef value As Variant) As Long
    Dim bound As Long
    If Not IsArray(value) Then Exit Function
    On Error GoTo one
    bound = UBound(value, 2)
    FenjiDimensions = 2
    Exit Function
one:
    FenjiDimensions = 1
End Function

' The values of an argument. Dates come as dates, so that 1904 books need no care; the rest comes
' without formats, which is far faster.
Private Function FenjiValues(ByVal given As Variant, ByVal kind As String, ByVal last As Long) As Variant
    Dim cells As Range
    Dim rows As Long
    If TypeName(given) <> "Range" Then
        FenjiValues = given
        Exit Function
    End If
    Set cells = given
    If cells.Areas.Count > 1 Then Err.Raise FENJI_ERROR, PROJECT_NAME, FenjiText("vba.one_area")
    rows = FenjiRowsMeant(cells.Rows.Count, cells.Row, cells.Worksheet.Rows.Count, last)
    If rows < cells.Rows.Count Then Set cells = cells.Resize(rows)
    If kind = "date" Then
        On Error GoTo no_date
        FenjiValues = cells.Value
        Exit Function
    End If
plain:
    On Error GoTo 0
    FenjiValues = cells.Value2
    Exit Function
no_date:
    ' A number that no calendar has, in a cell that looks like a date.
    Resume plain
End Function

' The last used row of all sheets that such ranges come from, so that all are cut alike.
Private Function FenjiLastRow(ByVal given As Variant) As Long
    Dim cells As Range
    Dim used As Range
    Dim last As Long
    Dim i As Long
    For i = LBound(given) To UBound(given)
        If TypeName(given(i)) = "Range" Then
            Set cells = given(i)
            If cells.Row + cells.Rows.Count - 1 = cells.Worksheet.Rows.Count Then
                Set used = cells.Worksheet.UsedRange
                If used.Row + used.Rows.Count - 1 > last Then last = used.Row + used.Rows.Count - 1
            End If
        End If
    Next i
    FenjiLastRow = last
End Function

Private Sub FenjiRemember(ByVal reasons As String)
    If reasons = "" And FenjiNothingKept() Then Exit Sub
    If TypeName(Application.Caller) = "Range" Then FenjiKeep Application.Caller, reasons
End Sub

Private Function FenjiNothingKept() As Boolean
    If mReasons Is Nothing Then Set mReasons = New Collection
    FenjiNothingKept = (mReasons.Count = 0)
End Function

' A calling cell's place in all open workbooks.
Private Function FenjiKey(ByVal cells As Object) As String
    FenjiKey = cells.Cells(1, 1).Address(External:=True)
End Function

' The cell that holds the formula of a cell: its own, or that of the range it spilled from.
Private Function FenjiAnchor(ByVal cell As Object) As Object
    Dim spills As Boolean
    Set FenjiAnchor = cell
    On Error Resume Next
    spills = cell.HasSpill      ' unknown to Excel 2016 and 2019
    If spills Then
        Set FenjiAnchor = cell.SpillParent
    ElseIf cell.HasArray Then
        Set FenjiAnchor = cell.CurrentArray.Cells(1, 1)
    End If
End Function
