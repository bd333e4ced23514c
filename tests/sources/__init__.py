"""Tests of ledger.sources."""
