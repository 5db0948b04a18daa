"""Reads YAML text to plain data with the offsets of every key and value (`parser`), and writes it again (`emitter`).

What keys mean is in `shapes`.
"""
