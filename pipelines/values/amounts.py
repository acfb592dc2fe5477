"""Amounts of money: printed text → exact yuan. Nothing is rounded, and a blank is not a zero."""

from __future__ import annotations

import polars as pl

from schemas.code_lists import code_list
from schemas.layout import vocabulary

#: More digits than these are no budget figure, and would not fit DECIMAL(18,2) in yuan.
MAX_DIGITS = 16
MAX_DECIMALS = 9
_NUMBER = r"^[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?$"
#: Marks that NFKC would make digits of: ``100①`` is not 1001, ``10²`` not 102.
_MARK = r"[\p{No}\p{So}]"
#: In fen. A hundred trillion yuan is beyond any budget, and sums of such still fit their types.
_FEN_LIMIT = 10**16


def read_amounts(frame: pl.DataFrame, text: str) -> pl.DataFrame:
    """Add how each printed amount reads.

    Args:
        frame: Any frame.
        text: Name of its column of printed amounts.

    Returns:
        The frame with ``amount_state`` (blank, stated, dash, word, malformed), ``digits`` (the
        number without its point, Int64) and ``decimals`` (printed decimal places); both null
        unless the state is stated.
    """
    folded = pl.col(text).str.normalize("NFKC").str.strip_chars()
    # a gap before the point is the printer's: no figure begins with one
    number = folded.str.strip_prefix("¥").str.replace(r"([0-9])\s+(\.[0-9])", "${1}${2}")
    plain = number.str.replace_all(",", "")
    whole = plain.str.replace(r"\..*$", "").str.strip_chars("+-")
    decimals = plain.str.extract(r"\.([0-9]+)$").str.len_chars().fill_null(0).cast(pl.Int32)
    fits = (whole.str.len_chars() + decimals <= MAX_DIGITS) & (decimals <= MAX_DECIMALS)
    stated = number.str.contains(_NUMBER) & ~pl.col(text).str.contains(_MARK) & fits
    blank = vocabulary().blank
    state = (
        pl.when(folded.is_null() | (folded == ""))
        .then(pl.lit("blank"))
        .when(folded.is_in(_folded(blank.dash)))
        .then(pl.lit("dash"))
        .when(folded.is_in(_folded(blank.words)))
        .then(pl.lit("word"))
        .when(stated)
        .then(pl.lit("stated"))
        .otherwise(pl.lit("malformed"))
    )
    digits = plain.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    return frame.with_columns(amount_state=state).with_columns(
        digits=pl.when(pl.col("amount_state") == "stated").then(digits),
        decimals=pl.when(pl.col("amount_state") == "stated").then(decimals),
    )


def money_exponents() -> dict[str, int]:
    """Printed unit of money → power of ten in yuan."""
    units = code_list("money_units")
    return {unit: int(exponent) for unit, exponent in units.select("unit", "exponent").rows()}


def fen_expr(digits: str, decimals: str, exponent: str) -> pl.Expr:
    """Exact fen (1/100 yuan) as Int64; null where the figure is no whole number of fen.

    ``exponent`` is the column with the unit's power of ten (see ``money_exponents``).
    """
    shift = pl.col(exponent) + 2 - pl.col(decimals)
    up = pl.lit(10, dtype=pl.Int128).pow(shift.clip(0, 16).cast(pl.UInt32))
    down = pl.lit(10, dtype=pl.Int128).pow((-shift).clip(0, 16).cast(pl.UInt32))
    wide = pl.col(digits).cast(pl.Int128)
    exact = wide % down == 0
    fen = wide * up // down
    return pl.when(exact & (fen.abs() < _FEN_LIMIT)).then(fen).cast(pl.Int64)


def last_place_expr(exponent: str, decimals: str) -> pl.Expr:
    """A unit of the last printed place in fen, Int64; null where it is finer than a fen."""
    shift = pl.col(exponent) + 2 - pl.col(decimals)
    power = pl.lit(10, dtype=pl.Int64).pow(shift.clip(0, 16).cast(pl.UInt32))
    return pl.when(shift >= 0).then(power)


def yuan_expr(fen: str) -> pl.Expr:
    """Fen as yuan, DECIMAL(18,2), exactly; null where a sum does not fit: gates refuse it."""
    wide = pl.col(fen).cast(pl.Decimal(38, 2), strict=False) / pl.lit(100)
    return wide.cast(pl.Decimal(18, 2), strict=False)


def yuan_text(fen: str) -> pl.Expr:
    """Fen as yuan for people to read, however large."""
    return (pl.col(fen).cast(pl.Decimal(38, 2)) / pl.lit(100)).cast(pl.String)


def _folded(words: tuple[str, ...]) -> list[str]:
    frame = pl.Series(words).str.normalize("NFKC").str.strip_chars()
    return frame.unique(maintain_order=True).to_list()
