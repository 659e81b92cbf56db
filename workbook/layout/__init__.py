"""From what a page declares to where it stands: rows and columns are this package's business alone."""
