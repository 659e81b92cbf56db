"""The teacher's desk: exercises, variants and marks, from the same model as the workbooks.

`exercise` says what is asked, `key` what the teacher keeps, `handin` and `blanks` make the student's file, `variants` a
file a student; `marking` marks what comes back.
"""
