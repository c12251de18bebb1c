"""Imports: a file of people becomes rows with a verdict per cell, and rows become records. Pure."""
