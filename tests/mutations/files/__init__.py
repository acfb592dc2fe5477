"""Damaged files of every format: each says the truth, or less and tells so, or waits.

``formats`` prints whole books in each format that a package here can write; ``mutators`` damage
the bytes, or the parts of a container that is packed anew; ``campaign`` reads them as a night does,
in guarded workers, and has the rooms judge only what was not read as the whole file was.
"""
