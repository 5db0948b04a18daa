"""SQL over a ledger: the tables, the functions, and the query behind every printed figure.

Files are read and checked by `sim.ledger`; DuckDB is given rows and never a path.
"""
