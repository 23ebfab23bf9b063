"""Checking tables: cells become typed values, everything doubtful becomes an Issue; nothing typed is changed."""
