"""Which rules conclusions are drawn by: apart from the rules, so that asking for it imports none of them."""

DERIVATION_VERSION = 18
"""Raised when a rule changes, so that a ledger derived by older rules is derived anew."""
