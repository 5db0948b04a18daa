"""What a model rests on: bases of numbers and rules."""
