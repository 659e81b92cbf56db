"""The teacher's desk: exercises, variants and marks from a book.

`exercise` says what is asked, `key` what the teacher keeps, `handin` and `blanks` make the student's file, `variants` a
file a student; `marking` marks what comes back.
"""
