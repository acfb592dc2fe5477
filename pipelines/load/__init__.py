"""Load: accepted readings and the ledger → a candidate build of the warehouse."""
