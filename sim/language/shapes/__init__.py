"""Which keys each kind of document has and what each may hold (E1), and the one way to load a file.

Expressions are left as text, for `expressions`.
"""
