"""The process that opens a workbook: run by path, alone (``python -I -S child.py SETTINGS``).

It imports nothing of EventHub, sees no environment of the site, and dies of its limits without taking the site along.
Each line of its output is a row, ``[number, [cells]]``; the last one is a word: done, empty, protected or broken.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any


def limit(memory: int, seconds: int) -> None:
    """Cap what this process may allocate and how long it may work, and keep personal data out of core dumps."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text_of(cell: Any) -> str:
    """Return the cell as a person would type it: whole numbers without a point, days and times in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return (cell + timedelta(seconds=30)).strftime("%Y-%m-%d %H:%M")  # serials are off by parts of a second
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(cell)


def say(value: Any) -> None:
    sys.stdout.write(json.dumps(value))
    sys.stdout.write("\n")


def main() -> None:
    settings = json.loads(sys.argv[1])
    sys.path.append(settings["library"])
    limit(settings["memory"], settings["seconds"])
    import python_calamine as calamine  # after the limits

    try:
        book = calamine.load_workbook(settings["path"])
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
        for name in shown:
            if tell(book.get_sheet_by_name(name), settings["rows"]):
                say("done")
                return
        say("empty")
    except calamine.PasswordError:
        say("protected")
    except MemoryError:
        sys.exit(1)
    except (calamine.CalamineError, OSError, ValueError):
        say("broken")


def tell(sheet: Any, most: int) -> bool:
    """Write the rows that hold something; tells whether there was one. One row past the most lets the parent refuse."""
    if sheet.start is None:
        return False
    left = [""] * sheet.start[1]
    told = False
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [text_of(cell) for cell in row]
        if any(cells):
            say([number, left + cells])
            told = True
        if number > most:
            break
    return told


if __name__ == "__main__":
    main()
