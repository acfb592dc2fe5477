"""Validate: identities, accounting and gates decide what is accepted, and what waits and why."""
