"""Columns of a table to the numbers a booster reads, by a specification that is kept with the model.

LightGBM reads by position: a frame with its columns in another order would score without an error. So every frame goes
through here, by name, and one that is not the model's is refused with every fault at once.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models.errors import FeatureMismatchError

FeatureType = Literal["numeric", "categorical"]
HASH_KEY = b"features_hash"
UNSEEN_SHARE = 0.05  # a recoded column shows up as mostly unseen; a new minor party stays far below
UNSEEN_ROWS = 1000  # fewer known values say too little to refuse a batch


@dataclass(frozen=True)
class FeatureSpec:
    """The features of a model: names in the order of the matrix, types, and the codes of each category.

    Attributes:
        names: Column names, in the order of the matrix.
        types: For each name, numeric or categorical.
        codes: For each categorical name, its values; a value's place is its number in the matrix.
    """

    names: tuple[str, ...]
    types: tuple[FeatureType, ...]
    codes: dict[str, tuple[str, ...]]

    @property
    def sha256(self) -> str:
        """Hash of names, types and codes: the identity of the matrix."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True).encode()).hexdigest()

    @property
    def categorical(self) -> list[int]:
        """Positions of the categorical columns."""
        return [place for place, kind in enumerate(self.types) if kind == "categorical"]

    def to_json(self) -> dict[str, Any]:
        """The specification and its hash, for `features.json`."""
        return {**self._content(), "sha256": self.sha256}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "FeatureSpec":
        """The specification that `to_json` wrote.

        Raises:
            FeatureMismatchError: The hash inside is not that of the content.
        """
        codes = {name: tuple(values) for name, values in content["codes"].items()}
        spec = cls(tuple(content["names"]), tuple(content["types"]), codes)
        if content["sha256"] != spec.sha256:
            raise FeatureMismatchError(
                "features.json: its hash is not that of its content. Restore the model's folder."
            )
        return spec

    def _content(self) -> dict[str, Any]:
        codes = {name: list(values) for name, values in self.codes.items()}
        return {"names": list(self.names), "types": list(self.types), "codes": codes}


def learn_spec(table: pa.Table, names: list[str]) -> FeatureSpec:
    """The specification of some columns of a training table.

    Args:
        table: Training rows; text and dictionary columns become categories, numbers and booleans stay numbers. A column
            that no row fills is a text the state never states, for numbers keep their type: a category without values.
        names: Columns of the matrix, in its order.

    Raises:
        FeatureMismatchError: A column is missing, or is neither number nor text.
    """
    types = {name: _learned_type(table.schema.field(name).type) for name in names if name in table.column_names}
    faults = [f"{name} is missing" for name in names if name not in types]
    faults += [f"{name} is neither number nor text" for name, kind in types.items() if kind is None]
    if faults:
        raise _mismatch("The training frame does not fit the model's configuration", faults)
    codes = {name: _values(table.column(name)) for name, kind in types.items() if kind == "categorical"}
    return FeatureSpec(tuple(names), tuple(types[name] for name in names), codes)


def to_matrix(spec: FeatureSpec, table: pa.Table | pa.RecordBatch) -> np.ndarray:
    """The rows of a table as the booster reads them; columns go by name, others are left aside.

    Returns:
        float32 `(n_rows, n_features)`; null and unseen categories are NaN.

    Raises:
        FeatureMismatchError: The table is not the model's; every fault is named.
    """
    faults = list(_faults(spec, table.schema))
    if faults:
        raise _mismatch("The frame is not the one the model was trained on", faults)
    matrix = np.empty((table.num_rows, len(spec.names)), dtype=np.float32)
    for place, (name, kind) in enumerate(zip(spec.names, spec.types, strict=True)):
        encoded = (
            _codes(table.column(name), spec.codes[name]) if kind == "categorical" else _numbers(table.column(name))
        )
        matrix[:, place] = encoded
        faults += _unseen(name, kind, table.column(name), encoded)
    if faults:
        raise _mismatch("The frame is not the one the model was trained on", faults)
    return matrix


def training_table(frame: pd.DataFrame, names: list[str]) -> pa.Table:
    """Those of the named columns that a frame has, as an Arrow table."""
    return pa.Table.from_pandas(frame[[name for name in names if name in frame.columns]], preserve_index=False)


def _mismatch(what: str, faults: list[str]) -> FeatureMismatchError:
    advice = "Rebuild the features, or train a new version."
    return FeatureMismatchError(f"{what}; {len(faults)} faults: {'; '.join(faults)}. {advice}")


def _faults(spec: FeatureSpec, schema: pa.Schema) -> Iterator[str]:
    stated = (schema.metadata or {}).get(HASH_KEY)
    if stated is not None and stated.decode() != spec.sha256:
        yield f"the frame states the feature hash {stated.decode()[:12]}, the model {spec.sha256[:12]}"
    for name, kind in zip(spec.names, spec.types, strict=True):
        places = schema.get_all_field_indices(name)
        if len(places) != 1:
            yield f"{name} is {'missing' if not places else 'there twice'}"
        elif (found := _type_of(schema.field(places[0]).type)) not in (kind, "null"):
            yield f"{name} is {found or 'neither number nor text'}, expected {kind}"


def _type_of(kind: pa.DataType) -> Any:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_string_view(value):
        return "categorical"
    if pa.types.is_null(kind):
        return "null"
    is_number = pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)
    return "numeric" if is_number else None


def _learned_type(kind: pa.DataType) -> Any:
    found = _type_of(kind)
    return "categorical" if found == "null" else found


def _values(values: pa.ChunkedArray) -> tuple[str, ...]:
    return tuple(sorted(value for value in values.cast(pa.string()).unique().to_pylist() if value is not None))


def _numbers(values: pa.Array | pa.ChunkedArray) -> np.ndarray:
    widened = values.cast(pa.int8()) if pa.types.is_boolean(values.type) else values
    return np.asarray(widened.cast(pa.float32(), safe=False).to_pandas(), dtype=np.float32)


def _codes(values: pa.Array | pa.ChunkedArray, codes: tuple[str, ...]) -> np.ndarray:
    known = pc.call_function("index_in", [values.cast(pa.string())], pc.SetLookupOptions(pa.array(codes, pa.string())))
    return np.asarray(known.cast(pa.float32()).to_pandas(), dtype=np.float32)


def _unseen(name: str, kind: str, values: pa.Array | pa.ChunkedArray, encoded: np.ndarray) -> list[str]:
    known = len(values) - values.null_count
    unseen = int(np.isnan(encoded).sum()) - values.null_count
    if kind == "numeric" or known < UNSEEN_ROWS or unseen <= UNSEEN_SHARE * known:
        return []
    return [f"{name} has categories the model never saw in {unseen:,} of {known:,} rows"]
