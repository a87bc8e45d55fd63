Attribute VB_Name = "FenjiSystem"
' All that differs between Windows and Mac.
Option Explicit
Option Private Module

#If Mac Then
#Else
    Private Declare PtrSafe Function LoadLibraryW Lib "kernel32" (ByVal path As LongPtr) As LongPtr
    Private Declare PtrSafe Function MessageBoxW Lib "user32" (ByVal window As LongPtr, ByVal text As LongPtr, ByVal title As LongPtr, ByVal style As Long) As Long
#End If

' The folder of the user's own configuration.
Public Function FenjiFolder() As String
    #If Mac Then
        Dim home As String
        home = Environ$("HOME")
        If InStr(home, "/Library/Containers/") = 0 Then
            home = home & "/Library/Containers/com.microsoft.Excel/Data"
        End If
        FenjiFolder = home & "/" & PROJECT_NAME
    #Else
        ' Not Environ: it loses characters that the machine's code page does not have.
        FenjiFolder = FenjiShell().ExpandEnvironmentStrings("%USERPROFILE%") & "\." & PROJECT_NAME
    #End If
End Function

' A file in that folder.
Public Function FenjiFile(ByVal name As String) As String
    #If Mac Then
        FenjiFile = FenjiFolder() & "/" & name
    #Else
        FenjiFile = FenjiFolder() & "\" & name
    #End If
End Function

' The key of the interpreter in the configuration.
Public Function FenjiInterpreterKey() As String
    #If Mac Then
        FenjiInterpreterKey = "INTERPRETER_MAC"
    #Else
        FenjiInterpreterKey = "INTERPRETER_WIN"
    #End If
End Function

' Whether a file is there. On a Mac, Excel may not look outside its own folders.
Public Function FenjiFileThere(ByVal path As String) As Boolean
    #If Mac Then
        FenjiFileThere = True
    #Else
        FenjiFileThere = FenjiFiles().FileExists(path)
    #End If
End Function

' The text of a UTF-8 file; empty where there is none.
Public Function FenjiReadUtf8(ByVal path As String) As String
    On Error GoTo missing
    #If Mac Then
        Dim number As Integer
        Dim bytes() As Byte
        number = FreeFile
        Open path For Binary Access Read As #number
        ReDim bytes(0 To LOF(number) - 1)
        Get #number, , bytes
        Close #number
        FenjiReadUtf8 = FenjiFromUtf8(bytes)
    #Else
        Dim stream As Object
        Set stream = CreateObject("ADODB.Stream")
        stream.Type = 2     ' adTypeText
        stream.Charset = "utf-8"
        stream.Open
        stream.LoadFromFile path
        FenjiReadUtf8 = stream.ReadText
        stream.Close
    #End If
missing:
End Function

' Make an empty file.
Public Sub FenjiTouch(ByVal path As String)
    #If Mac Then
        Dim number As Integer
        number = FreeFile
        Open path For Output As #number
        Close #number
    #Else
        FenjiFiles().CreateTextFile(path, True).Close
    #End If
End Sub

' Start Python with this code and do not wait for it.
Public Sub FenjiLaunch(ByVal python As String, ByVal code As String)
    #If Mac Then
        ' xlwings' own script, which "fenji install" puts where Excel may run it. It takes:
        ' search path | interpreter | code | workbook | application | log.
        AppleScriptTask "xlwings-" & XLWINGS_VERSION & ".applescript", "VbaHandler", _
            "false;fenji;fenji;;;|'" & Replace(python, "'", "'\''") & "'|" & code & "|Fenji|" & _
            Left$(Application.Path, Len(Application.Path) - 4) & "|" & FenjiFile("job.log")
    #Else
        FenjiShell().Run """" & python & """ -B -I -c """ & code & """", 0, False
    #End If
End Sub

' A message in front of Excel, in any characters. (On Windows, MsgBox knows those of the code page
' alone.)
Public Sub FenjiMessage(ByVal text As String, ByVal title As String, ByVal style As Long)
    #If Mac Then
        MsgBox text, style, title
    #Else
        MessageBoxW Application.Hwnd, StrPtr(text), StrPtr(title), style
    #End If
End Sub

' The number of Excel's window, which tells one Excel from another; 0 on a Mac.
Public Function FenjiWindow() As String
    #If Mac Then
        FenjiWindow = "0"
    #Else
        FenjiWindow = CStr(Application.Hwnd)
    #End If
End Function

' Whether xlwings has functions here.
Public Function FenjiHasFunctions() As Boolean
    #If Mac Then
        FenjiHasFunctions = False
    #Else
        FenjiHasFunctions = True
    #End If
End Function

' The name of xlwings' library file.
Public Function FenjiLibraryName() As String
    #If Win64 Then
        FenjiLibraryName = "xlwings64-" & XLWINGS_VERSION & ".dll"
    #Else
        FenjiLibraryName = "xlwings32-" & XLWINGS_VERSION & ".dll"
    #End If
End Function

' Load a library file by its full path; False when it is missing or blocked.
Public Function FenjiLoad(ByVal path As String) As Boolean
    #If Mac Then
        FenjiLoad = False
    #Else
        FenjiLoad = (LoadLibraryW(StrPtr(path)) <> 0)
    #End If
End Function

' The short form of a path, which has no characters that a code page may lack.
Public Function FenjiShortPath(ByVal path As String) As String
    #If Mac Then
        FenjiShortPath = path
    #Else
        FenjiShortPath = FenjiFiles().GetFile(path).ShortPath
    #End If
End Function

Private Function FenjiShell() As Object
    Static shell As Object
    If shell Is Nothing Then Set shell = CreateObject("WScript.Shell")
    Set FenjiShell = shell
End Function

Private Function FenjiFiles() As Object
    Static files As Object
    If files Is Nothing Then Set files = CreateObject("Scripting.FileSystemObject")
    Set FenjiFiles = files
End Function
