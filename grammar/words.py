"""Exim's words for expansion text that goes wrong."""

YES_NO = "curly-bracket problem in conditional yes/no parsing"
NO_START = "'yes' part did not start with '{'"
NO_END = "did not close with '}'"
UNENDED = "missing } at end of string"
UNENDED_HEADER = f"{UNENDED} - could be header name not terminated by colon"
UNENDED_TEST = "missing } at end of condition"
MISPLACED_HEADER = "missing or misplaced { or } - could be header name not terminated by colon"

CURLY = ("missing '", "Not enough arguments", YES_NO)
"""How messages begin that a header name with a brace in it turns into `MISPLACED_HEADER`."""
