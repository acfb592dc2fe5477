"""Printed rules: pieces and dots made whole, and which of them meet."""

from __future__ import annotations

import numpy as np

from pipelines.extract.pdf.shapes import Floats, Ints, Rules

#: Pieces as near as this lie on one rule; borders printed twice are one.
_SNAP = 2.0
#: Pieces of one rule may leave a gap of this, as between dots or at corners.
_JOIN = 3.6
#: A rule meets another if it comes as near as this.
_TOUCH = 3.0
#: Shorter ones are no rules, but dots or parts of letters.
_SHORTEST = 4.0
#: Pieces of a rule lie exactly on it, but for rounding.
_EXACT = 0.3


def whole(rules: Rules) -> Rules:
    """Rules made of their pieces.

    First what lies exactly on a line: a dot of a rule of the other direction is left alone and
    falls out, before it could draw lines together. Then what lies side by side.
    """
    return _merged(_merged(rules, _EXACT), _SNAP)


def _merged(rules: Rules, snap: float) -> Rules:
    if not len(rules):
        return rules
    order = np.argsort(rules.at, kind="stable")
    at, start, end = rules.at[order], rules.start[order], rules.end[order]
    line = np.concatenate([[0], np.cumsum(np.diff(at) > snap)])
    weight = np.maximum(end - start, 0.01)
    lines = int(line[-1]) + 1
    centre = np.bincount(line, at * weight, lines) / np.bincount(line, weight, lines)
    order = np.lexsort((start, line))
    line, start, end = line[order], start[order], end[order]
    # How far a line reaches so far; lines are kept apart by an offset beyond any page.
    apart = line * (float(np.ptp(end)) + float(np.ptp(start)) + abs(float(end.max())) + 1e4)
    reach = np.maximum.accumulate(end + apart) - apart
    is_new = np.ones(len(line), bool)
    is_new[1:] = (np.diff(line) > 0) | (start[1:] > reach[:-1] + _JOIN)
    first = np.flatnonzero(is_new)
    ends = np.maximum.reduceat(end, first)
    is_long = ends - start[first] >= _SHORTEST
    return Rules(centre[line[first]][is_long], start[first][is_long], ends[is_long])


def connected(horizontal: Rules, vertical: Rules) -> tuple[Ints, Ints]:
    """Which rules hang together: a number for each horizontal, and for each vertical one."""
    h, v = horizontal, vertical
    meets = (
        (v.start[None, :] - _TOUCH <= h.at[:, None])
        & (h.at[:, None] <= v.end[None, :] + _TOUCH)
        & (h.start[:, None] - _TOUCH <= v.at[None, :])
        & (v.at[None, :] <= h.end[:, None] + _TOUCH)
    )
    label_h, label_v = np.arange(len(h)), len(h) + np.arange(len(v))
    while len(h) and len(v):
        far = len(h) + len(v)
        lower_v = np.minimum(label_v, np.where(meets, label_h[:, None], far).min(axis=0))
        lower_h = np.minimum(label_h, np.where(meets, lower_v[None, :], far).min(axis=1))
        if (lower_v == label_v).all() and (lower_h == label_h).all():
            break
        label_h, label_v = lower_h, lower_v
    return label_h, label_v


def clustered(values: Floats, tolerance: float) -> Floats:
    """Edges: values as near as this to the next are one."""
    if not len(values):
        return values
    ordered = np.sort(values)
    group = np.concatenate([[0], np.cumsum(np.diff(ordered) > tolerance)])
    edges: Floats = np.bincount(group, ordered) / np.bincount(group)
    return edges
