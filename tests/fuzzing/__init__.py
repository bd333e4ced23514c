"""Readers fed with whatever a fuzzer makes of what they can read."""
