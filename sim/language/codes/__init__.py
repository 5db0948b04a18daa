"""The texts of `sim explain`: one YAML file for each group of codes, which `entries` reads.

A code is raised where its mistake is found. Keys of the YAML files of a case are described in `shapes`.
"""
