"""Commands that explain words, codes and keys."""
