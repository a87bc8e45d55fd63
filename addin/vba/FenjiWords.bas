Attribute VB_Name = "FenjiWords"
' Everything a user reads, from the hidden sheet "words": key | English | Chinese.
' This text is ASCII, so that it survives every code page.
Option Explicit
Option Private Module

Private Const WORDS_SHEET As String = "words"
Private Const KEY_COLUMN As Long = 1
Private Const ENGLISH_COLUMN As Long = 2
Private Const CHINESE_COLUMN As Long = 3
Private Const OFFICE_LANGUAGE As Long = 2   ' msoLanguageIDUI

Private mTable As Variant
Private mLanguage As String

' The text at a key, with its {placeholders} filled: FenjiText(key, "name", value, ...).
Public Function FenjiText(ByVal key As String, ParamArray fillings() As Variant) As String
    Dim found As String
    Dim i As Long
    found = FenjiWordAt(FenjiWordRow(key))
    If found = "" Then found = key
    For i = LBound(fillings) To UBound(fillings) - 1 Step 2
        found = Replace(found, "{" & CStr(fillings(i)) & "}", CStr(fillings(i + 1)))
    Next i
    FenjiText = found
End Function

' How many keys begin so.
Public Function FenjiCount(ByVal prefix As String) As Long
    Dim row As Long
    Dim total As Long
    FenjiRead
    For row = LBound(mTable, 1) To UBound(mTable, 1)
        If FenjiBegins(mTable(row, KEY_COLUMN), prefix) Then total = total + 1
    Next row
    FenjiCount = total
End Function

' What follows the prefix in the key number n (from 1) that begins so.
Public Function FenjiNth(ByVal prefix As String, ByVal n As Long) As String
    Dim row As Long
    Dim seen As Long
    FenjiRead
    For row = LBound(mTable, 1) To UBound(mTable, 1)
        If FenjiBegins(mTable(row, KEY_COLUMN), prefix) Then
            seen = seen + 1
            If seen = n Then
                FenjiNth = Mid$(CStr(mTable(row, KEY_COLUMN)), Len(prefix) + 1)
                Exit Function
            End If
        End If
    Next row
End Function

' "zh" or "en": the language of Office's own menus.
Public Function FenjiLanguage() As String
    Dim id As Long
    If mLanguage = "" Then
        On Error Resume Next
        id = Application.LanguageSettings.LanguageID(OFFICE_LANGUAGE)
        On Error GoTo 0
        mLanguage = FenjiLanguageOf(id)
    End If
    FenjiLanguage = mLanguage
End Function

' The language of an Office language number: the five Chinese ones, all others English.
Public Function FenjiLanguageOf(ByVal id As Long) As String
    Select Case id
        Case 2052, 1028, 3076, 4100, 5124
            FenjiLanguageOf = "zh"
        Case Else
            FenjiLanguageOf = "en"
    End Select
End Function

Private Function FenjiBegins(ByVal key As Variant, ByVal prefix As String) As Boolean
    FenjiBegins = (Left$(CStr(key), Len(prefix)) = prefix)
End Function

Private Function FenjiWordRow(ByVal key As String) As Long
    Dim row As Long
    FenjiRead
    For row = LBound(mTable, 1) To UBound(mTable, 1)
        If CStr(mTable(row, KEY_COLUMN)) = key Then
            FenjiWordRow = row
            Exit Function
        End If
    Next row
End Function

Private Function FenjiWordAt(ByVal row As Long) As String
    If row = 0 Then Exit Function
    If FenjiLanguage() = "zh" Then
        FenjiWordAt = CStr(mTable(row, CHINESE_COLUMN))
    Else
        FenjiWordAt = CStr(mTable(row, ENGLISH_COLUMN))
    End If
End Function

' Read the sheet, once a session.
Private Sub FenjiRead()
    If IsEmpty(mTable) Then mTable = ThisWorkbook.Worksheets(WORDS_SHEET).UsedRange.Value
End Sub
