"""Tables as people send them: XLSX, ODS, and CSV in every dialect that a spreadsheet writes.

``read`` returns rows of text, each with the number that the spreadsheet shows beside it; a file that cannot be read
gives one message that names the line and the column.
"""

from __future__ import annotations

from eventhub.tabular.errors import Unreadable
from eventhub.tabular.opening import MAX_COLUMNS, MAX_ROWS, Row, column_name, read, read_text

__all__ = ["MAX_COLUMNS", "MAX_ROWS", "Row", "Unreadable", "column_name", "read", "read_text"]
