Attribute VB_Name = "FenjiSystem"
' In place of what differs between Windows and Mac: it keeps what it was told.
Option Explicit

Public settings As String
Public reads As Long
Public heard As String
Public launched As String
Public touched As String
Public loaded As String

Public Function FenjiFile(ByVal name As String) As String
    FenjiFile = "folder/" & name
End Function

Public Function FenjiInterpreterKey() As String
    FenjiInterpreterKey = "INTERPRETER_WIN"
End Function

Public Function FenjiFileThere(ByVal path As String) As Boolean
    FenjiFileThere = (InStr(path, "gone") = 0)
End Function

Public Function FenjiReadUtf8(ByVal path As String) As String
    reads = reads + 1
    FenjiReadUtf8 = settings
End Function

Public Sub FenjiTouch(ByVal path As String)
    touched = path
End Sub

Public Sub FenjiLaunch(ByVal python As String, ByVal code As String)
    launched = python & "|" & code
End Sub

Public Sub FenjiMessage(ByVal text As String, ByVal title As String, ByVal style As Long)
    heard = heard & style & "|" & title & "|" & text & "/"
End Sub

Public Function FenjiWindow() As String
    FenjiWindow = "77"
End Function

Public Function FenjiHasFunctions() As Boolean
    FenjiHasFunctions = True
End Function

Public Function FenjiLibraryName() As String
    FenjiLibraryName = "library.dll"
End Function

Public Function FenjiLoad(ByVal path As String) As Boolean
    loaded = loaded & path & ";"
    FenjiLoad = (InStr(path, "Scripts") = 0)
End Function

Public Function FenjiShortPath(ByVal path As String) As String
    FenjiShortPath = "C:\SHORT~1\python.exe"
End Function
