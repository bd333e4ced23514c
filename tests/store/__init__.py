"""Tests of ledger.store."""
