"""Our own export, as ``GET /v1/labels/export`` sends it: its zip, or what was unpacked from it."""

from training.labels.cells import place_in, said_in, time_in
from training.labels.csv_table import CellError, Row
from training.labels.issues import Remark, Where
from training.labels.labelled_tables import FoundTable, labels_in, tables_in
from training.labels.raw_label import GivenLabel, Picture, Place, Reading, person_called
from training.labels.sources import Source

_COLUMNS = ("photo", "root_x", "root_y", "root_from", "label")
_OTHER_END = ("other_end_x", "other_end_y")
_ROOT_FROM = ("machine", "person", "nobody")


class Export:
    """``labels.csv`` with ``photos/``; crops and reports beside them are not needed.

    The hairs of an export are nobody's by name, so its photos are kept apart, not its people;
    whoever knows better may add a column ``person``.
    """

    def is_theirs(self, source: Source) -> bool:
        """No other table says where its roots are from."""
        return bool(_own_tables(source))

    def read(self, source: Source) -> Reading:
        """The last word on each hair."""
        tables = _own_tables(source)
        labels, problems = labels_in(source, tables, _COLUMNS, _label_of)
        moved = sum(not row["label"] for each in tables for row in each.table.rows)
        sentence = f"Hairs of which people only moved the root, without a label: {moved}."
        notes = (Remark(Where(str(source.path)), sentence),) if moved else ()
        return Reading("our own export", tuple(labels), tuple(problems), notes)


def _own_tables(source: Source) -> list[FoundTable]:
    return [each for each in tables_in(source) if {"root_x", "root_from"} <= each.table.columns]


def _label_of(row: Row, picture: Picture, where: Where) -> GivenLabel | None:
    if not row["label"]:
        return None
    if row["root_from"] not in _ROOT_FROM:
        raise CellError(f"root_from is none of {', '.join(_ROOT_FROM)}.")
    return GivenLabel(
        picture=picture,
        said=said_in(row),
        where=where,
        person=person_called(row["person"]),
        places=(place_in(row, "root_x", "root_y"), *_other_end(row)),
        root_known=row["root_from"] != "nobody",
        said_at=time_in(row),
    )


def _other_end(row: Row) -> tuple[Place, ...]:
    """None of a root that the finder missed."""
    return (place_in(row, *_OTHER_END),) if row[_OTHER_END[0]] else ()
