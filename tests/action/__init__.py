"""Tests of action.yml and of the workflows that call the ledger."""
