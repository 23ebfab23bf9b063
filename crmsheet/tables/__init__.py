"""Summaries whose rows are not the rows of any input: rates, trends, tier moves, solutions.

Each is a pure function of tables the steps have finished, the rules and the day. Missing facts give an empty
table or a blank value, never an error; ``notes`` says what was missing.
"""
