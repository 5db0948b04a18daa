"""What `sim explain NAME` tells of each kind of name in a case: one card a part, with the same facts as data."""
