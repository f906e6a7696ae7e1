from collections.abc import Sequence

from tests.training.labels.test_perceptual_hash import pixels
from training.labels.groups import LabelledPicture, groups_of
from training.labels.issues import Location
from training.labels.perceptual_hash import perceptual_hash


def labelled(name: str, seed: int, persons: Sequence[str] = ("",)) -> LabelledPicture:
    return LabelledPicture(
        name * 8, (Location(name),), frozenset(persons), perceptual_hash(pixels(seed))
    )


def test_pictures_of_a_person_and_pictures_that_look_alike_are_one_group() -> None:
    pictures = [
        labelled("a", 1, ["anna"]),
        labelled("b", 2, ["anna"]),
        labelled("c", 3),
        labelled("d", 4),
        labelled("e", 2, ["ben"]),  # looks like b, so ben goes with anna
        labelled("f", 5, ["ben"]),
    ]
    groups, told = groups_of(pictures)
    together = [groups[p.sha256] for p in pictures]
    assert len({together[i] for i in (0, 1, 4, 5)}) == 1
    assert len(set(together)) == 3
    assert [str(each) for each in told] == [
        "b: It shows the same picture as e, though said to be of anna and of ben; "
        "both are in one group."
    ]


def test_the_same_file_in_two_places_is_told() -> None:
    twice = LabelledPicture(
        "a" * 8, (Location("x"), Location("y")), frozenset({""}), perceptual_hash(pixels(1))
    )
    _, told = groups_of([twice])
    assert [str(each) for each in told] == ["x: The same file as y; one picture."]


def test_a_picture_of_two_persons_puts_them_into_one_group() -> None:
    both, bens = labelled("a", 1, ["anna", "ben"]), labelled("b", 2, ["ben"])
    groups, told = groups_of([both, bens])
    assert len(set(groups.values())) == 1
    assert [str(each) for each in told] == [
        "a: One picture, though said to be of anna and of ben; they are in one group."
    ]


def test_a_groups_name_stays_when_others_are_added() -> None:
    few = [labelled("a", 1, ["anna"]), labelled("b", 2)]
    more = [labelled("0", 9, ["anna"]), labelled("1", 8), *few]
    before, after = groups_of(few)[0], groups_of(more)[0]
    assert {name: after[name] for name in before} == before
