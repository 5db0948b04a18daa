"""Whole runs in a Parquet file: columns, their digests, writing, reading. Which segments count is in `manifest`."""
