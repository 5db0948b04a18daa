"""Why two paired runs end differently: differences followed back on both sides, assumptions taken away, events undone.

Reads two runs of one number that were followed, and makes runs again without an assumption, or without an event.
"""
