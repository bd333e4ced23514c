"""`python -m ledger` is `ledger`."""

from ledger.commands import main

main()
