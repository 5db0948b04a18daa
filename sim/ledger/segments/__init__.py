"""Whole runs in a Parquet file: columns, their digests, writing, reading."""
