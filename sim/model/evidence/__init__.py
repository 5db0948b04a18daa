"""What a case rests on, as frozen values: its documents, and the bases of numbers and rules."""
