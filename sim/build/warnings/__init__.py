"""Warnings about what a document may say but seldom means: one module for each kind; `gathered` collects them.

Errors are found elsewhere in `sim.build`.
"""
