"""The demo: a made-up city of eight bodies and five years, from printed books to answers.

What is true of it (``city.toml``, ``city``), what is printed of it, faults on purpose included
(``corpus``, ``forms``), and what ``make demo`` does with it (``__main__``) stand apart. Every body
is marked as made up in its own name, in every table and answer.
"""
