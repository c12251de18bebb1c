"""Normalisation: what people type becomes what the house compares and keeps. Pure; the same input, the same output."""
