"""Extract: bytes → grids, one adapter a format. Nothing is interpreted here."""
