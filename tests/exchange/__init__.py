"""Tests of ledger.exchange."""
