"""Between NumPy's arrays and Arrow's, by their buffers: no copy is made where none is needed, and no value looked at.

`pyarrow.array` looks whether it was given a pandas object, and so imports pandas (seconds) wherever that is installed.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_FORMS = {"int32": "i4", "int64": "i8", "double": "f8"}


def arrow_numbers(kind: "pa.DataType", values: "NDArray[Any]") -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    return pa.Array.from_buffers(
        kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values, _FORMS[str(kind)]))]
    )


def arrow_lists(kind: "pa.ListType", offsets: "NDArray[Any]", values: "NDArray[Any]") -> "pa.Array":
    """Make lists of numbers; list i has the values from `offsets[i]` until before `offsets[i + 1]`."""
    import numpy as np
    import pyarrow as pa

    buffers = [None, pa.py_buffer(np.ascontiguousarray(offsets, np.int32))]
    return pa.Array.from_buffers(kind, len(offsets) - 1, buffers, children=[arrow_numbers(kind.value_type, values)])


def arrow_texts(texts: Sequence[str], codes: "NDArray[Any]") -> "pa.DictionaryArray":
    """Make a column of the texts that the codes stand for, the distinct ones in their order."""
    import numpy as np
    import pyarrow as pa

    places = {text: index for index, text in enumerate(dict.fromkeys(texts))}
    encoded = [text.encode() for text in places]
    offsets = np.array([0, *accumulate(map(len, encoded))], np.int32)
    values = pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))
    indices = np.array([places[text] for text in texts], np.int32)[codes]
    return pa.DictionaryArray.from_arrays(arrow_numbers(pa.int32(), indices), values)


def numbers_of(chunks: "Sequence[pa.Array]", form: str) -> "NDArray[Any]":
    """Return a column of numbers of NumPy's type `form`."""
    return joined([_buffer(form, chunk.buffers()[1], chunk.offset, len(chunk)) for chunk in chunks], form)


def lists_of(chunks: "Sequence[pa.ListArray]", form: str = "f8") -> "tuple[NDArray[Any], NDArray[Any]]":
    """Return how long each list is, and what all of them hold."""
    import numpy as np

    counts, found = [], []
    for chunk in chunks:
        ends = _buffer("i4", chunk.buffers()[1], chunk.offset, len(chunk) + 1)
        values = chunk.values
        counts.append(np.diff(ends))
        found.append(_buffer(form, values.buffers()[1], values.offset + int(ends[0]), int(ends[-1] - ends[0])))
    return joined(counts, "i4"), joined(found, form)


def joined(pieces: "list[NDArray[Any]]", form: str) -> "NDArray[Any]":
    import numpy as np

    return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, form), *pieces])


def _buffer(form: str, buffer: "pa.Buffer | None", offset: int, length: int) -> "NDArray[Any]":
    import numpy as np

    if buffer is None or length == 0:
        return np.zeros(length, form)
    return np.frombuffer(buffer, form, length, offset * np.dtype(form).itemsize)
