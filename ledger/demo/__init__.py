"""A repository to try the ledger on: planned from a seed, then made by real git, real hooks and real files."""
