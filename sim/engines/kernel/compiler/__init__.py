"""Compiles a typed subset of Python: its rules, its translation to LLVM's language, and machine code from that.

What is compiled comes from `runtime` and `generator`; nothing here knows models.
"""
