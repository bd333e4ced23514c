"""Tests of ledger.hooks."""
