"""A typed subset of Python to machine code: its rules, its translation to LLVM, and LLVM on this machine.

It knows nothing of models.
"""
