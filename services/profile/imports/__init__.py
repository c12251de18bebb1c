"""Imports, step by step: a file is begun, read, corrected, tried, committed, and forgotten thirty days later."""
