"""Sidecars: what people say of a document that it does not print, each value with its reason."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError


class SidecarError(ValueError):
    """A sidecar is not valid; the message says which field and why."""


#: What a sidecar that is printed to be completed has in place of values and reasons.
PLACEHOLDER = "____"


def _completed(text: str) -> str:
    if PLACEHOLDER in text:
        raise ValueError(f"还有占位符 {PLACEHOLDER} 未填写 / {PLACEHOLDER} is still to be replaced")
    return text


#: A text that says something.
Said = Annotated[str, Field(pattern=r"\S"), AfterValidator(_completed)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Reasoned(_Strict):
    why: Said


class _Claim(_Reasoned):
    """A value for a field of the context.

    ``statements``: numbers of the statements of the document it is for; all, if none is named.
    ``overrides_print``: it holds even where a statement prints something else.
    """

    statements: tuple[int, ...] = ()
    overrides_print: bool = False


class YearClaim(_Claim):
    """A fiscal year and the reason for it."""

    value: Annotated[int, Field(strict=True, ge=1949, le=2100)]


class PhaseClaim(_Claim):
    """A phase of the budget cycle and the reason for it."""

    value: Literal["budget", "adjusted_budget", "execution", "final_accounts"]


class TextClaim(_Claim):
    """A text value and the reason for it."""

    value: Said


class RegionClaim(_Claim):
    """A GB/T 2260 code and the reason for it."""

    value: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class ConsolidationClaim(_Claim):
    """Whose book the document is and the reason for it."""

    value: Literal["unit", "department"]


AnyClaim = YearClaim | PhaseClaim | TextClaim | RegionClaim | ConsolidationClaim


class SourceError(_Reasoned):
    """A waiting item that a person compared with the original and found printed so."""

    item: Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]


class Sidecar(_Strict):
    """``<filename>.toml``: context for one document, bound to its bytes by ``sha256``."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    fiscal_year: YearClaim | None = None
    phase: PhaseClaim | None = None
    body: TextClaim | None = None
    consolidation: ConsolidationClaim | None = None
    region: RegionClaim | None = None
    unit: TextClaim | None = None
    source_url: str | None = None
    published_on: date | None = None
    supersedes: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    source_errors: tuple[SourceError, ...] = ()

    def claims(self) -> dict[str, AnyClaim]:
        """Context field → claim, of the fields that are claimed."""
        named: dict[str, AnyClaim | None] = {
            "fiscal_year": self.fiscal_year,
            "phase": self.phase,
            "body": self.body,
            "consolidation": self.consolidation,
            "region": self.region,
            "unit": self.unit,
        }
        return {name: claim for name, claim in named.items() if claim is not None}


def read_sidecar(data: bytes) -> Sidecar:
    """Parse a sidecar.

    Raises:
        SidecarError: not TOML, an unknown or missing field, a value of the wrong kind.
    """
    try:
        return Sidecar.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SidecarError(problems) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SidecarError(str(error)) from error
