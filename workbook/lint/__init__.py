"""What a good teaching spreadsheet obeys and a program can tell.

`rules` holds the registry; each other module is a family of rules. `parts` reads a file as rules need it, `anatomy` takes
formulas apart, and `run` applies every rule to a file.
"""

from workbook.lint.rules import RULES, Finding, Rule
from workbook.lint.run import lint

__all__ = ["RULES", "Finding", "Rule", "lint"]
