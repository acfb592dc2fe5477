"""Documents of the seed's kind, as many as wanted, with the truth beside them.

Same seed, same bytes. What is true (``model``), how it looks (``tables``, ``printer``), which
documents are issued of it and what becomes of each (``documents``), and what the warehouse must
say (``truth``) stand apart; words and forms of values are data (``words.toml``, ``values.toml``).
All bodies are invented, and are called 示例….
"""
