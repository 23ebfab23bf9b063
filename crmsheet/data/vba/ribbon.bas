Attribute VB_Name = "crmsheet_ribbon"
Option Explicit

' The tab of the add-in: the id of a button is what it runs.
Public Sub crm_ribbon(ByVal control As Object)
    crm_run Mid$(control.ID, 5)
End Sub
