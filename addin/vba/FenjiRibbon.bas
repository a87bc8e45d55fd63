Attribute VB_Name = "FenjiRibbon"
' What the ribbon asks and does. Words: ribbon.<id>.label, .tip, .help.
Option Explicit

Private Const INDUSTRY As String = "industry."

' Lost when somebody ends the running code: until Excel starts again the buttons stay as they look,
' and those that can be pressed look before they do anything.
Private mRibbon As IRibbonUI

Public Sub FenjiRibbonLoad(ribbon As IRibbonUI)
    Set mRibbon = ribbon
End Sub

' Let the ribbon ask anew which buttons make sense.
Public Sub FenjiRefresh()
    On Error Resume Next
    ThisWorkbook.FenjiListen
    If Not mRibbon Is Nothing Then mRibbon.Invalidate
End Sub

Public Sub FenjiLabel(control As IRibbonControl, ByRef returned As Variant)
    returned = FenjiText("ribbon." & control.ID & ".label")
End Sub

Public Sub FenjiScreentip(control As IRibbonControl, ByRef returned As Variant)
    returned = FenjiText("ribbon." & control.ID & ".tip")
End Sub

Public Sub FenjiSupertip(control As IRibbonControl, ByRef returned As Variant)
    returned = FenjiText("ribbon." & control.ID & ".help")
End Sub

Public Sub FenjiEnabled(control As IRibbonControl, ByRef returned As Variant)
    On Error Resume Next
    returned = False
    returned = (FenjiObstacle(control.ID) = "")
End Sub

Public Sub FenjiTemplateCount(control As IRibbonControl, ByRef returned As Variant)
    returned = FenjiCount(INDUSTRY)
End Sub

Public Sub FenjiTemplateLabel(control As IRibbonControl, index As Integer, ByRef returned As Variant)
    returned = FenjiText(INDUSTRY & FenjiNth(INDUSTRY, index + 1))
End Sub

Public Sub FenjiTemplatePress(control As IRibbonControl, selectedId As String, selectedIndex As Integer)
    On Error GoTo failed
    If FenjiHindered(control.ID) Then Exit Sub
    FenjiRun "template", FenjiOption("--name", FenjiNth(INDUSTRY, selectedIndex + 1))
    Exit Sub
failed:
    FenjiTell Err.Description, vbExclamation
End Sub

Public Sub FenjiPress(control As IRibbonControl)
    On Error GoTo failed
    If FenjiHindered(control.ID) Then Exit Sub
    Select Case control.ID
        Case "whatif"
            FenjiGo "FenjiModel", "vba.hint_whatif"
        Case "strategy"
            FenjiGo "FenjiStrategy", "vba.hint_strategy"
        Case "settings"
            FenjiGo "FenjiSettings", "vba.hint_settings"
        Case "explain"
            FenjiExplain
        Case "repair"
            FenjiRepair
        Case "stop"
            FenjiStop
        Case Else
            FenjiRun control.ID, ""
    End Select
    Exit Sub
failed:
    FenjiTell Err.Description, vbExclamation
End Sub

' Clear the hint in the status bar.
Public Sub FenjiClearHint()
    Dim running As Boolean
    FenjiAskRunning running
    If Not running Then Application.StatusBar = False
End Sub

' Say why a button cannot work now; True when it cannot.
Private Function FenjiHindered(ByVal id As String) As Boolean
    Dim obstacle As String
    obstacle = FenjiObstacle(id)
    If obstacle = "" Then Exit Function
    FenjiTell FenjiText(obstacle), vbInformation
    FenjiRefresh
    FenjiHindered = True
End Function

' The key of what stands in a button's way; nothing when it makes sense.
Private Function FenjiObstacle(ByVal id As String) As String
    Dim running As Boolean
    FenjiAskRunning running
    If id = "stop" Then
        If Not running Then FenjiObstacle = "vba.nothing_runs"
    ElseIf running Then
        FenjiObstacle = "vba.busy"
    Else
        FenjiObstacle = FenjiMissing(id)
    End If
End Function

' The key of what a button misses in the active workbook.
Private Function FenjiMissing(ByVal id As String) As String
    Select Case id
        Case "template", "help", "repair"
            Exit Function
    End Select
    If ActiveWorkbook Is Nothing Then
        FenjiMissing = "vba.no_book"
        Exit Function
    End If
    Select Case id
        Case "compare"
            If FenjiTableNamed("FenjiCustomers") Is Nothing Then FenjiMissing = "vba.not_graded"
        Case "whatif"
            If FenjiTableNamed("FenjiModel") Is Nothing Then FenjiMissing = "vba.not_graded"
        Case "strategy"
            If FenjiTableNamed("FenjiStrategy") Is Nothing Then FenjiMissing = "vba.not_graded"
        Case "settings"
            If FenjiTableNamed("FenjiSettings") Is Nothing Then FenjiMissing = "vba.not_graded"
    End Select
End Function

' The table of that name in the active workbook, or Nothing.
Private Function FenjiTableNamed(ByVal name As String) As ListObject
    Dim sheet As Worksheet
    Dim table As ListObject
    For Each sheet In ActiveWorkbook.Worksheets
        For Each table In sheet.ListObjects
            If StrComp(table.Name, name, vbTextCompare) = 0 Then
                Set FenjiTableNamed = table
                Exit Function
            End If
        Next table
    Next sheet
End Function

Private Sub FenjiGo(ByVal name As String, ByVal hint As String)
    Dim table As ListObject
    Set table = FenjiTableNamed(name)
    If table.Parent.Visible <> xlSheetVisible Then table.Parent.Visible = xlSheetVisible
    Application.Goto table.Range.Cells(1, 1), True
    Application.StatusBar = FenjiText(hint)
    Application.OnTime FenjiIn(20), FenjiMacro("FenjiClearHint")
End Sub

' A function's error in the selected cell, or else the customer in the selected row.
Private Sub FenjiExplain()
    Dim reason As String
    If TypeName(Selection) <> "Range" Then
        FenjiTell FenjiText("vba.select_customer"), vbInformation
        Exit Sub
    End If
    If IsError(ActiveCell.Value) Then reason = FenjiReasonAt(ActiveCell)
    If reason <> "" Then
        FenjiTell reason, vbInformation
    ElseIf FenjiTableNamed("FenjiCustomers") Is Nothing Then
        FenjiTell FenjiText("vba.not_graded"), vbInformation
    Else
        FenjiRun "explain", FenjiOption("--sheet", ActiveSheet.Name) & FenjiOption("--row", CStr(ActiveCell.Row))
    End If
End Sub
