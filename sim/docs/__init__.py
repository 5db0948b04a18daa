"""The documentation: its pages, and what writes those of `reference` from the registries of the code.

`python -m sim.docs` writes the reference pages, `python -m sim.docs site OUT` builds the site. `sim explain` reads the
pages by itself; see `sim.cli.topics`.
"""
