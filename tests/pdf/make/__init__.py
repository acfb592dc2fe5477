"""Prints the PDF test documents: ``python -m tests.pdf.make DIR``."""
