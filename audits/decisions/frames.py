"""The rows of a frame, whichever library it is from."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boussole.audits.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa


def open_frame(frame: Any) -> pa.RecordBatchReader:
    """Read the rows of a frame, Arrow table or stream, or DuckDB relation. Raises SourceError for anything else."""
    import pyarrow as pa

    pandas = sys.modules.get("pandas")  # who has a frame of pandas has imported it
    try:
        if pandas and isinstance(frame, pandas.DataFrame):
            return pa.Table.from_pandas(frame, preserve_index=False).to_reader()
        if hasattr(frame, "__arrow_c_stream__"):
            return pa.RecordBatchReader.from_stream(frame)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise SourceError(_fault(error), next_step="Give each column one name and one type, then log it.") from None
    if isinstance(frame, str | Path):
        step = "Read the file into a frame, or log it with `boussole log FILE --system ID`."
    elif hasattr(frame, "collect"):
        step = "Call its `collect()` first."
    else:
        step = "Give a pandas or polars frame, an Arrow table or a DuckDB relation."
    raise SourceError(f"a {type(frame).__name__} is not a table.", next_step=step)


def _fault(error: Exception) -> str:
    """What is wrong with a frame, without the values that Arrow's messages quote."""
    column = re.search(r"for column (.+?) with type", " ".join(map(str, error.args)))
    if column:
        return f"the column '{column.group(1)}' mixes values of several types."
    if "uplicate column names" in str(error):
        return "two columns of the frame have the same name."
    return "the frame cannot be read as a table."
