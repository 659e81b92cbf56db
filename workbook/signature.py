"""How a file of ours is known: what the writer leaves in it, and the reader and lint look for."""

NAME_PREFIX = "wb."
"""Every block is a defined name in the file: this, then its id. So a diff finds it wherever it has moved."""

SCENARIO_PROPERTY = "neural-workbook scenario"
LANGUAGE_PROPERTY = "neural-workbook language"
DIGEST_PROPERTY = "neural-workbook digest"
"""Document properties: the scenario's name, the language's code, and a digest of the sheets as they were written."""
