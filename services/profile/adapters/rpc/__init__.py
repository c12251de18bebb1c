"""Servicers: proto to command or query and back. No rules here, and no error is caught."""
