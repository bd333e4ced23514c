"""Tests of ledger.hooking."""
