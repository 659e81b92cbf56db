"""The teacher's desk: exercises, variants and marks, from the same model as the workbooks."""
