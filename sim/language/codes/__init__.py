"""What `sim explain` says of each error and warning code, and of each key of the YAML files."""
