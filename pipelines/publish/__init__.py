"""Publish: a candidate that passes its checks becomes the warehouse that readers see."""
