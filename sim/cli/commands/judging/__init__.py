"""Commands that judge a model."""
