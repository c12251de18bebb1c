"""Headline figures, each beside its raw ceiling in the same run."""
