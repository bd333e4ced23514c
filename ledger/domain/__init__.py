"""What the ledger knows and how it concludes: pure functions over frozen records, without I/O or clock."""
