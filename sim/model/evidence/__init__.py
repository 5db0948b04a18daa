"""What a case rests on, as frozen values: its documents, its documented events, and the bases of numbers and rules."""
