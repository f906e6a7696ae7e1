"""Photos with a table of their labels: photo, x, y, label and, if known, person and time."""

from collections.abc import Iterator, Sequence

from training.labels.cells import place_in, said_in, time_in
from training.labels.csv_table import Row
from training.labels.issues import Remark, Where
from training.labels.labelled_tables import FoundTable, labels_in, tables_in
from training.labels.picture_names import is_picture
from training.labels.raw_label import GivenLabel, Picture, Reading, person_called
from training.labels.sources import Source, where_in

_COLUMNS = ("photo", "x", "y", "label")


class PhotoTable:
    """CSV files with a row for each labelled root, x and y in pixels of the upright photo."""

    def is_theirs(self, source: Source) -> bool:
        """Two of the columns are enough to see what was meant; so is a table without any."""
        columns = [each.table.columns for each in tables_in(source)]
        return any(not names or len(names.intersection(_COLUMNS)) >= 2 for names in columns)

    def read(self, source: Source) -> Reading:
        """The labels of all tables."""
        tables = tables_in(source)
        labels, problems = labels_in(source, tables, _COLUMNS, _label_of)
        unnamed = _unnamed(source, {label.picture.name for label in labels})
        notes = (*_empty(source, tables), *unnamed)
        return Reading("photos with a table", tuple(labels), tuple(problems), notes)


def _label_of(row: Row, picture: Picture, where: Where) -> GivenLabel | None:
    if not row["label"]:
        return None
    return GivenLabel(
        picture=picture,
        said=said_in(row),
        where=where,
        person=person_called(row["person"]),
        places=(place_in(row, "x", "y"),),
        said_at=time_in(row),
    )


def _empty(source: Source, tables: Sequence[FoundTable]) -> Iterator[Remark]:
    """A table that waits for its labels, as ``shedlight label-next`` writes one, is not wrong."""
    for each in tables:
        rows = each.table.rows if each.table.columns.issuperset(_COLUMNS) else ()
        if empty := sum(not row["label"] for row in rows):
            yield Remark(where_in(source, each.name), f"Rows without a label yet: {empty}.")


def _unnamed(source: Source, named: set[str]) -> tuple[Remark, ...]:
    left = [name for name in source.names if is_picture(name) and name not in named]
    if not left:
        return ()
    sentence = f"Pictures without a label in a table: {len(left)}, such as {left[0]}."
    return (Remark(Where(str(source.path)), sentence),)
