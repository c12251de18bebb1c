"""Traces on one machine: what processes export is received here and shown in a viewer."""
