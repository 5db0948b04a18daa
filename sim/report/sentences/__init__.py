"""A model in plain English: each guard, clock, rule, effect and outcome as a sentence with the titles of its parts.

Facts are read off the model alone. What happened in runs is left to the modules that read logs, layout to who prints.
"""
