"""The question book: every question answered exactly on generated books, and on real ones."""
