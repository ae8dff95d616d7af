"""The book: accounts with their history, taken over from another system, all rows or none."""
