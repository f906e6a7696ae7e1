"""Photos with a table of their labels: photo, x, y, label and, if known, person and time."""

from training.labels.cells import place_in, said_in, time_in
from training.labels.given import GivenLabel, Picture, Reading, person_called
from training.labels.labelled_tables import labels_in, tables_in
from training.labels.pictures import is_picture
from training.labels.remark import Remark, Where
from training.labels.source import Source
from training.labels.table import Row

_COLUMNS = ("photo", "x", "y", "label")


class PhotoTable:
    """CSV files with a row for each labelled root, x and y in pixels of the upright photo."""

    def is_theirs(self, source: Source) -> bool:
        """Two of the columns are enough to see what was meant; so is a table without any."""
        columns = [each.table.columns for each in tables_in(source)]
        return any(not names or len(names.intersection(_COLUMNS)) >= 2 for names in columns)

    def read(self, source: Source) -> Reading:
        """The labels of all tables."""
        labels, problems = labels_in(source, tables_in(source), _COLUMNS, _label_of)
        notes = _unnamed(source, {label.picture.name for label in labels})
        return Reading("photos with a table", tuple(labels), tuple(problems), notes)


def _label_of(row: Row, picture: Picture, where: Where) -> GivenLabel:
    return GivenLabel(
        picture=picture,
        said=said_in(row),
        where=where,
        person=person_called(row["person"]),
        places=(place_in(row, "x", "y"),),
        said_at=time_in(row),
    )


def _unnamed(source: Source, named: set[str]) -> tuple[Remark, ...]:
    left = [name for name in source.names if is_picture(name) and name not in named]
    if not left:
        return ()
    sentence = f"Pictures without a label in a table: {len(left)}, such as {left[0]}."
    return (Remark(Where(str(source.path)), sentence),)
