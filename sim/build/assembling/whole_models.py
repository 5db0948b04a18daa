"""Reads a model with all files that it is made of: those that it extends, the parts that it uses, and their sources.

How they go together is `layers`', how a part is filled in `uses`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim.build.assembling.layers import Layers
from sim.build.assembling.uses import filled, put_into_titles, refuse_unfit_needs, refuse_unneeded, unfit
from sim.build.context import Sources
from sim.build.named_files import LONGEST_CHAIN, beside, is_file, real, sources_of
from sim.language.diagnostics import Complaints, LanguageError
from sim.language.shapes.documents import ExtendingShape, ModelShape, PartShape
from sim.language.shapes.evidence import SourcesShape
from sim.language.shapes.load import Loaded, fit_rest, load_rest, loads_rest
from sim.language.suggest import nearest
from sim.language.yaml.assembled import AssembledDocument
from sim.language.yaml.parser import Document, parse, read

MOST_REMEMBERED = 8
_OTHERS = ("extends", "use")
_ABOUT_OTHERS = (*_OTHERS, "remove", "replace")


@dataclass(frozen=True)
class WholeModel:
    """A model's document as a whole, what it may cite, and the files that it was read from, its own first."""

    loaded: Loaded[ModelShape]
    sources: Sources
    files: tuple[Loaded[Any], ...]


def read_model(path: Path, complaints: Complaints, shown: str | None = None) -> WholeModel | None:
    """Read the model file at `path` and all that it is made of; what is wrong goes to `complaints`.

    None if there is nothing left of it, or of another file that it is made of.
    """
    return _read(path, shown or str(path), complaints, ())


def model_from(text: str, complaints: Complaints, shown: str) -> WholeModel | None:
    """Read a model from text as `read_model` reads a file called `shown`; it can name no sources file."""
    try:
        document: Document | None = parse(text, shown, Complaints())
    except LanguageError:
        document = None
    loaded = loads_rest(text, _shape_of(document), complaints, shown)
    return _whole(loaded, None, complaints, (real(Path(shown)),)) if loaded is not None else None


def _read(path: Path, shown: str, complaints: Complaints, above: tuple[Path, ...]) -> WholeModel | None:
    try:
        document: Document | None = read(path, shown, Complaints())
    except LanguageError:
        document = None
    loaded = load_rest(path, _shape_of(document), complaints, shown)
    if loaded is None:
        return None
    return _whole(loaded, sources_of(loaded, complaints), complaints, (*above, real(path)))


def _shape_of(document: Document | None) -> type[ModelShape]:
    """Return the shape of a model's own file: what it lacks may come from others, if it names some."""
    keys = document.data if document is not None and isinstance(document.data, dict) else ()
    known = [field.alias or name for name, field in ModelShape.model_fields.items()]
    names_others = any(
        key in _OTHERS or (key not in known and nearest(str(key), _OTHERS) and nearest(str(key), known) in _OTHERS)
        for key in keys
    )
    return ExtendingShape if names_others else ModelShape


def _whole(
    own: Loaded[ModelShape], cited: Sources, complaints: Complaints, chain: tuple[Path, ...]
) -> WholeModel | None:
    """Return the model that a file makes with those that it names; `chain` leads to it, itself the last."""
    shape, document = own.shape, own.document
    if not isinstance(shape, ExtendingShape):
        for key in ("remove", "replace"):
            if getattr(shape, key) is not None:
                note = "such a model names others by `extends` or `use`"
                message = f"there is nothing to {key}: this model takes nothing over"
                complaints.add("E341", message, document.key_span((key,)), note)
        return WholeModel(own, cited, tuple(one for one in (own, cited) if one is not None))
    fine = not any(keys[0] in _ABOUT_OTHERS for keys in document.refused if keys)
    base = None
    if shape.extends is not None:
        base = _extended(own, complaints, chain)
        fine = fine and base is not None
    parts = [_part(own, number, complaints) for number in range(len(shape.use))]
    whole_parts = tuple(part for part in parts if part is not None)
    if not fine or len(whole_parts) < len(parts):
        return None
    extended = base.loaded if base is not None else None
    if complaints.none_yet:
        loaded, found = _assembled_alone(own, extended, whole_parts)
        complaints.take(found)
    else:
        loaded = _assembled(own, extended, whole_parts, complaints)
    if loaded is None:
        return None
    taken_over = [cited, *([base.sources] if base else []), *(sources_of(part, complaints) for part in whole_parts)]
    sources = tuple(dict.fromkeys(one for one in taken_over if one is not None))
    files = [own, *(base.files if base else ()), *whole_parts, *sources]
    return WholeModel(loaded, _all_sources(sources, complaints), tuple(dict.fromkeys(files)))


def _extended(own: Loaded[ModelShape], complaints: Complaints, chain: tuple[Path, ...]) -> WholeModel | None:
    named = own.shape.extends or ""
    path = own.path.parent / named
    span = own.document.value_span(("extends",))
    if own.document.is_refused(("extends",)):
        return None
    if real(path) in chain:
        complaints.add("E506", "a model cannot extend itself", span)
    elif len(chain) >= LONGEST_CHAIN:
        complaints.add("E506", f"a chain of more than {LONGEST_CHAIN} models", span)
    elif is_file(path, named, f"there is no model file '{named}'", span, complaints):
        return _read(path, beside(own.document.path, named), complaints, chain)
    return None


def _part(own: Loaded[ModelShape], number: int, complaints: Complaints) -> Loaded[PartShape] | None:
    named = own.shape.use[number].part
    path = own.path.parent / named
    span = own.document.value_span(("use", number, "part"))
    if own.document.is_refused(("use", number, "part")) or not is_file(
        path, named, f"there is no part file '{named}'", span, complaints
    ):
        return None
    return load_rest(path, PartShape, complaints, beside(own.document.path, named))


@lru_cache(MOST_REMEMBERED)
def _assembled_alone(
    own: Loaded[ModelShape], base: Loaded[ModelShape] | None, parts: tuple[Loaded[PartShape], ...]
) -> tuple[Loaded[ModelShape] | None, Complaints]:
    """Return the document that files make together, and what is wrong with it, where nothing else is."""
    complaints = Complaints()
    return _assembled(own, base, parts, complaints), complaints


def _assembled(
    own: Loaded[ModelShape], base: Loaded[ModelShape] | None, parts: Sequence[Loaded[PartShape]], complaints: Complaints
) -> Loaded[ModelShape] | None:
    layers = Layers(own.document, own.shape, complaints)
    if base is not None:
        layers.take_over(base.document)
    for part in dict.fromkeys(parts):
        refuse_unfit_needs(part, complaints)
    uses = []
    for number, (use, part) in enumerate(zip(own.shape.use, parts, strict=True)):
        uses.append(filled(part, use, own.document, ("use", number), complaints))
        layers.take_over(uses[-1].document, ("use", number))
    layers.put_on_top()
    for number, (use, part) in enumerate(zip(own.shape.use, parts, strict=True)):
        refuse_unneeded(part, uses[number], layers.data, complaints)
        put_into_titles(part, use, uses[number], layers.data)
        for name in unfit(use, part, layers.data, own.document, ("use", number), complaints):
            for keys in uses[number].naming[name]:
                layers.document.refuse(keys)
            complaints.doubtful.update(part.shape.needs[name].marks)
    return fit_rest(layers.document, own.path, ModelShape, complaints)


def _all_sources(sources: tuple[Loaded[SourcesShape], ...], complaints: Complaints) -> Sources:
    if len(sources) < 2:
        return sources[0] if sources else None
    whole, found = _joined_sources(sources)
    complaints.take(found)
    return whole


@lru_cache(MOST_REMEMBERED)
def _joined_sources(sources: tuple[Loaded[SourcesShape], ...]) -> tuple[Loaded[SourcesShape], Complaints]:
    """Return the documents of all sources files; complain where one id stands for two of them (E344)."""
    complaints = Complaints()
    documents = dict(sources[0].shape.documents)
    for loaded in sources[1:]:
        for name, document in loaded.shape.documents.items():
            if documents.setdefault(name, document) != document:
                first = next(one for one in sources if name in one.shape.documents)
                message = f"'{name}' is another document than in the other sources file of this model"
                place = first.document.key_span(("documents", name)).location
                note = "one of the two needs another id, or both say the same"
                span = loaded.document.key_span(("documents", name))
                complaints.add("E344", message, span, f"the other is at {place}", note)
    first = sources[0]
    joined = AssembledDocument(path=first.document.path, text="")
    return Loaded(first.shape.model_copy(update={"documents": documents}), joined, first.path), complaints
