"""What git runs: POSIX sh, copied into a repository's hooks directory by `ledger install`."""
