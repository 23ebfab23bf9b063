Attribute VB_Name = "crmsheet"
Option Explicit

' The buttons. Everything they do is Python's; words for people stand in the cells of the sheet xlwings.conf,
' because VBA source is not Unicode. No name here may be that of a cell function or a defined name, whatever its
' case: Excel could take the one for the other.

Public Const CRM_CONF As String = "xlwings.conf"
Private Const WORDS As String = "D1:D200"

Public Sub crm_refresh()
    crm_run "refresh"
End Sub

Public Sub crm_check_all()
    crm_run "check"
End Sub

Public Sub crm_call_today()
    crm_run "today"
End Sub

Public Sub crm_undo()
    crm_run "undo"
End Sub

' Excel runs this when a person opens the file: the function wizard knows every argument at once.
Public Sub Auto_Open()
    crm_describe
End Sub

Public Sub crm_run(ByVal command As String)
    On Error GoTo failed
    crm_describe
    If Not crm_python_found() Then
        MsgBox crm_word("python_missing"), vbExclamation, "crmsheet"
        Exit Sub
    End If
    If command = "undo" Then
        If MsgBox(crm_word("undo_asks"), vbOKCancel + vbQuestion, "crmsheet") <> vbOK Then Exit Sub
    End If
    RunPython "from crmsheet.excel import refresh; refresh.main('" & command & "')"
    Exit Sub
failed:
    MsgBox crm_word("failed") & vbCrLf & Err.Description, vbExclamation, "crmsheet"
End Sub

' Text of the sheet xlwings.conf beside the key in its fourth column; the key itself when there is none.
Public Function crm_word(ByVal key As String) As String
    Dim found As Variant
    crm_word = key
    On Error Resume Next
    found = Application.Match(key, ThisWorkbook.Worksheets(CRM_CONF).Range(WORDS), 0)
    If Not IsError(found) Then crm_word = ThisWorkbook.Worksheets(CRM_CONF).Range(WORDS).Cells(found, 2).Value
End Function

Private Function crm_python_found() As Boolean
    Dim path As String
    crm_python_found = True
    #If Mac Then
    #Else
        path = GetConfig("INTERPRETER_WIN", "")
        If path <> "" Then crm_python_found = FileExists(path)
    #End If
End Function

' Tells the function wizard what each cell function and its arguments are; until that worked once, and never fatal.
Private Sub crm_describe()
    Static described As Boolean
    Dim line As Long
    Dim words_ As Range
    If described Then Exit Sub
    On Error Resume Next
    Set words_ = ThisWorkbook.Worksheets(CRM_CONF).Range(WORDS)
    For line = 1 To words_.Rows.Count
        If Left$(words_.Cells(line, 1).Value, 4) = "CRM_" Then described = crm_describe_one(words_.Cells(line, 1))
    Next line
End Sub

Private Function crm_describe_one(ByVal cell As Range) As Boolean
    Dim texts() As String
    Dim count As Long
    On Error Resume Next
    Do While cell.Offset(0, count + 2).Value <> ""
        ReDim Preserve texts(0 To count)
        texts(count) = Left$(cell.Offset(0, count + 2).Value, 255)
        count = count + 1
    Loop
    Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & cell.Value, _
        Description:=Left$(cell.Offset(0, 1).Value, 255), Category:="CRM", ArgumentDescriptions:=texts
    crm_describe_one = (Err.Number = 0)
End Function
