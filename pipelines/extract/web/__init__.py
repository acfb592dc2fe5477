"""Web pages: HTML as sites, Word, WPS and Excel write it, and the same in one MIME file."""
