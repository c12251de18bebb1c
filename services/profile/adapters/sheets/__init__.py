"""Spreadsheets: read in a process of their own, with a limit on memory and time; written with nothing that runs."""
