"""What the shapes of all documents are made of: names, sentences, expressions as text, and where a thing comes from.

The shapes themselves are in `documents`, `evidence` and `claims`.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

NAME = r"^[a-z][a-z0-9_]{0,63}$"
SLUG = r"^[a-z0-9][a-z0-9_.-]{0,99}$"
PARAMETER = r"^[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64}(\[[^\[\]]{1,64}\])?){0,6}$"  # also one called after its place
TARGET = r"^[a-z][a-z0-9_]{0,63}(\[.{1,200}\])?( for [a-z].{1,200})?$"
INDEXED = r"^[a-z][a-z0-9_]{0,63}(\[[^\[\]]{1,64}\])?$"
NUMBER = r"^[1-9][0-9]{0,4}$"


def as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def in_a_row(value: Any) -> Any:
    """Return the parts of a list as one text, with commas between them."""
    return ", ".join(value) if isinstance(value, list) and all(isinstance(part, str) for part in value) else value


def as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int | dict) else value


Name: TypeAlias = Annotated[str, StringConstraints(pattern=NAME)]
ParameterName: TypeAlias = Annotated[str, StringConstraints(pattern=PARAMETER)]
Slug: TypeAlias = Annotated[str, StringConstraints(pattern=SLUG)]
Indexed: TypeAlias = Annotated[str, StringConstraints(pattern=INDEXED)]
Sentence: TypeAlias = Annotated[str, BeforeValidator(as_text), StringConstraints(min_length=1, max_length=2000)]
Expr: TypeAlias = Annotated[
    str,
    BeforeValidator(as_text, json_schema_input_type=str | int | float | bool),
    StringConstraints(min_length=1, max_length=1000),
]
Instant: TypeAlias = Annotated[str, BeforeValidator(as_text), StringConstraints(min_length=1, max_length=40)]
Target: TypeAlias = Annotated[str, StringConstraints(pattern=TARGET)]
_InValues: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]* in .+$", max_length=500)]
Family: TypeAlias = Annotated[_InValues, BeforeValidator(in_a_row, json_schema_input_type=_InValues | list[_InValues])]
Listed: TypeAlias = Annotated[list[Indexed], BeforeValidator(as_list, json_schema_input_type=str | list[str])]
ParagraphNumber: TypeAlias = Annotated[str, StringConstraints(pattern=NUMBER)]
Paragraphs: TypeAlias = Annotated[list[int], BeforeValidator(as_list, json_schema_input_type=int | list[int])]


def close(schema: dict[str, Any]) -> None:
    """Make a JSON Schema refuse invalid names, as the shape does: pydantic leaves such keys free."""
    pending: list[Any] = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if "patternProperties" in part:
                part.setdefault("additionalProperties", False)
            pending += part.values()
        elif isinstance(part, list):
            pending += part


class Shape(BaseModel):
    """What every part of every document shares: unknown keys are refused, and nothing changes after."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, json_schema_extra=close, defer_build=True
    )


def one(description: str, **more: Any) -> Any:
    return Field(description=description, **more)


def optional(description: str, **more: Any) -> Any:
    return one(description, default=None, **more)


class BasisShape(Shape):
    """Where a number or a rule comes from: a source, or a judgement with its reason."""

    source: Slug | None = optional("The id of a document in the sources file.")
    paragraph: Paragraphs = one("The paragraph or paragraphs of that document.", default=[])
    judgement: Sentence | None = optional("The reason for a judgement: no source gives it.")
    count: int | None = optional(
        "In how many of the comparable cases it happened, with `of`: `count: 8, of: 37`. It is shown with the interval "
        "of the share, and changes no run."
    )
    of: int | None = optional("How many comparable cases were looked at: all of them, whatever became of them.")
    within: Expr | None = optional(
        "Within which time it happened in those cases. It may be left out where the number is a plain chance."
    )
    note: Sentence | None = optional("What more there is to say about it.")


Bases: TypeAlias = Annotated[
    list[BasisShape], BeforeValidator(as_list, json_schema_input_type=BasisShape | list[BasisShape])
]


def kind_of(value: Any) -> str:
    """Return which alternative a value is that may be a text or a mapping: the tag of its union."""
    return "mapping" if isinstance(value, dict | BaseModel) else "text"
