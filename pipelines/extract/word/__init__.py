"""Word documents, read from the XML they are made of."""
