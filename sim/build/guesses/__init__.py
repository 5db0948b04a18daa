"""The numbers of rules and effects that nobody knows: those that are written as uncertain, and those that are not."""
