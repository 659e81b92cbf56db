"""Data files that the scenarios ship with; README.md names their sources and licences."""
