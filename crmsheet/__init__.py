"""crmsheet: reads a customer-requirement workbook, says what is wrong, scores it, writes the analysis back."""
