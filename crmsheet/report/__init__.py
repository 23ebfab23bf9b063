"""What leaves the workbook: the report (HTML, Word, PDF) and the follow-up list (text, messages, calendar).

A report is one frozen value built from a Result; HTML, Word and PDF are hosts that draw that value.
"""
