"""Which bodies went over whole into which, along however many reforms: the lines bodies stand in.

Pure. A *step* is a row of ``body_succession`` by which a body went over whole into one other. A
renaming is *one to one* if no other body was renamed into its successor. Steps in a circle lead
nowhere and are left out.
"""

from __future__ import annotations

import polars as pl

#: Kinds by which a body goes over whole into one other.
WHOLE = ("renamed", "merged", "absorbed")
#: A body is reformed a few times; a longer chain is a circle.
_LONGEST = 16


def steps(succession: pl.DataFrame) -> pl.DataFrame:
    """Which bodies went over whole: ``predecessor_body_id, successor_body_id, kind, effective_on``.

    A renaming that is not one to one is a merger.

    Args:
        succession: Rows of ``body_succession``.
    """
    ended = succession.filter(pl.col("kind") != "transferred")
    whole = ended.filter(
        (pl.len().over("predecessor_body_id") == 1) & pl.col("kind").is_in(WHOLE)
    ).sort("predecessor_body_id")
    renamed = pl.col("kind") == "renamed"
    of_several = renamed & (renamed.sum().over("successor_body_id") > 1)
    return whole.select(
        "predecessor_body_id",
        "successor_body_id",
        "effective_on",
        kind=pl.when(of_several).then(pl.lit("merged")).otherwise("kind"),
    )


def latest(bodies: pl.DataFrame) -> pl.DataFrame:
    """``body_id, latest_body_id, steps``: along successors to the last; itself in a circle.

    Args:
        bodies: ``body_id, successor_body_id``: the one that took it over whole, or none.
    """
    step = bodies.select("body_id", "successor_body_id").drop_nulls()
    at = bodies.select("body_id", latest_body_id="body_id", steps=pl.lit(0, dtype=pl.Int32))
    for _ in range(_LONGEST):
        further = at.join(
            step.rename({"body_id": "latest_body_id"}), on="latest_body_id", how="left",
            maintain_order="left",
        )  # fmt: skip
        goes_on = pl.col("successor_body_id").is_not_null()
        if further["successor_body_id"].is_null().all():
            return at
        at = further.select(
            "body_id",
            latest_body_id=pl.coalesce("successor_body_id", "latest_body_id"),
            steps=pl.col("steps") + goes_on.cast(pl.Int32),
        )
    in_circle = pl.col("latest_body_id").is_in(step["body_id"].implode())
    return at.with_columns(
        latest_body_id=pl.when(in_circle).then("body_id").otherwise("latest_body_id"),
        steps=pl.when(in_circle).then(0).otherwise("steps"),
    )


def latest_of(taken: pl.DataFrame) -> pl.DataFrame:
    """``latest`` of all bodies that steps name."""
    ends = pl.concat([taken["predecessor_body_id"], taken["successor_body_id"]]).unique().sort()
    follows = taken.select("successor_body_id", body_id="predecessor_body_id")
    return latest(
        pl.DataFrame({"body_id": ends}).join(
            follows, on="body_id", how="left", maintain_order="left"
        )
    )


def lineage(succession: pl.DataFrame) -> pl.DataFrame:
    """``body_lineage``: each body with every one that went over into it, near or far.

    Args:
        succession: Rows of ``body_succession``.
    """
    taken = steps(succession)
    last = latest_of(taken)
    leads = last.filter(pl.col("steps") > 0).select(predecessor_body_id="body_id")
    taken = taken.join(leads, on="predecessor_body_id", how="semi", maintain_order="left")
    near = taken.select(
        "predecessor_body_id",
        "kind",
        body_id="successor_body_id",
        steps=pl.lit(1, dtype=pl.Int32),
        first_on="effective_on",
        last_on="effective_on",
        is_dated=pl.col("effective_on").is_not_null(),
    )
    every, far = [near], near
    while not far.is_empty():
        onward = taken.select(
            "effective_on", body_id="predecessor_body_id", next="successor_body_id",
            onward="kind",
        )  # fmt: skip
        far = far.join(onward, on="body_id", how="inner", maintain_order="left").select(
            "predecessor_body_id",
            kind=pl.when(pl.col("kind") == "renamed").then("onward").otherwise("kind"),
            body_id="next",
            steps=pl.col("steps") + 1,
            first_on=pl.min_horizontal("first_on", "effective_on"),
            last_on=pl.max_horizontal("last_on", "effective_on"),
            is_dated=pl.col("is_dated") & pl.col("effective_on").is_not_null(),
        )
        every.append(far)
    return pl.concat(every).with_columns(
        pl.when("is_dated").then(pl.col("first_on", "last_on")),
        is_first=~pl.col("predecessor_body_id").is_in(taken["successor_body_id"].implode()),
    ).drop("is_dated").sort("body_id", "predecessor_body_id")  # fmt: skip
