"""Telling people: a night failed, or nobody has looked at raw/ for too long."""
