"""Traces in words, trees and tables: what depends on a name, what is behind a figure, what changes without a source."""
