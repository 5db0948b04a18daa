"""The texts of `sim explain`: one module for each group of codes; `entries` puts them together.

A code is raised where its mistake is found. Keys of the YAML files are described in `shapes`.
"""
