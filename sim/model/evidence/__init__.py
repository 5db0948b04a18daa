"""What a case rests on, as frozen values; no run depends on any of it."""
