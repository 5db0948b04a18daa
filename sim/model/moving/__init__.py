"""What changes between events: variables that relax, conditions that flip, rates that move."""
