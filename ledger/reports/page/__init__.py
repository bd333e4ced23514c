"""The parts that the page is made of: its own, and the libraries that draw its charts; read by ledger.reports.html."""
