"""PDF: characters and rulings of a page → cells in grids, and lines outside of them."""
