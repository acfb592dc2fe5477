"""PDF test documents with their truth, and how a reading is scored."""
