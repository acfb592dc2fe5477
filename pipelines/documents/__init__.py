"""Documents: what was taken in, kept by content, with what people said about it."""
