"""Twelve people with their hairs and answers, and what each of them reads.

``python -m tests.helpers.serve.profiles`` writes the pages that ``test_profiles.py`` compares with.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.texts.catalogue import Texts, languages, texts_in
from model.share.answer import summarise_counts
from model.share.confusion import Confusion
from model.share.counts import LabelCounts
from serve.advice.advise import Advice, advise
from serve.advice.in_words import InWords, in_words
from serve.advice.questionnaire import Context

FOLDER = Path(__file__).parents[2] / "serve" / "advice" / "profiles"
ERRORS = Confusion((0.8, 0.02, 0.18), (0.03, 0.67, 0.3), hairs=(500, 500))
"""Error rates of no real version, so that a new one changes no page."""
CALM: dict[str, Any] = {"density_loss": False, "scalp_signs": ()}


@dataclass(frozen=True)
class Profile:
    """A person: telogen, misshapen, no-bulb, unsure hairs and single bare ends, and the answers."""

    name: str
    counts: tuple[int, int, int, int, int]
    context: dict[str, Any] = field(default_factory=dict)

    def read(self, texts: Texts) -> tuple[InWords, tuple[Advice, ...]]:
        """What the person reads."""
        summary = summarise_counts(LabelCounts(*self.counts), ERRORS)
        context = Context(**self.context)
        return in_words(summary, texts), advise(summary, context, texts)


PROFILES = (
    Profile(
        "Rolls at home with short needles, six weeks in, sheds a little more",
        (24, 0, 0, 6, 0),
        {
            **CALM,
            "setting": "home",
            "needle_mm": 0.25,
            "shedding": "slight",
            "weeks_since_start": 6,
        },
    ),
    Profile(
        "Rolls at home with 1 mm, most roots torn",
        (3, 14, 3, 8, 0),
        {**CALM, "setting": "home", "needle_mm": 1.0, "shedding": "moderate", "recent_events": ()},
    ),
    Profile(
        "In a clinic, redness after each session that fades",
        (22, 1, 0, 5, 0),
        {
            "setting": "clinic",
            "shedding": "not_more",
            "density_loss": False,
            "scalp_signs": ("redness", "itching"),
            "signs_tied_to_sessions": True,
        },
    ),
    Profile(
        "Needles at home, has pus and fever",
        (12, 2, 1, 4, 0),
        {
            "setting": "home",
            "needle_mm": 1.5,
            "shedding": "severe",
            "density_loss": True,
            "scalp_signs": ("pus", "fever"),
        },
    ),
    Profile(
        "Never needled, gave birth four months ago, sheds clearly more",
        (30, 0, 0, 10, 0),
        {
            **CALM,
            "setting": "none",
            "shedding": "moderate",
            "recent_events": ("childbirth",),
            "shedding_over_six_months": False,
        },
    ),
    Profile(
        "Never needled, chemotherapy, sheds very much, hairs without a bulb",
        (2, 4, 16, 8, 0),
        {
            "setting": "none",
            "shedding": "severe",
            "density_loss": True,
            "scalp_signs": (),
            "recent_events": ("chemotherapy",),
            "shedding_over_six_months": False,
        },
    ),
    Profile(
        "Never needled, sheds no more than usual, only curious",
        (21, 0, 0, 4, 0),
        {**CALM, "setting": "none", "shedding": "not_more", "recent_events": ()},
    ),
    Profile(
        "Never needled, sheds for more than six months, hair looks thinner",
        (26, 1, 0, 9, 0),
        {
            "setting": "none",
            "shedding": "slight",
            "density_loss": True,
            "scalp_signs": (),
            "recent_events": ("stress",),
            "shedding_over_six_months": True,
        },
    ),
    Profile("Nine hairs, no question answered", (3, 1, 0, 5, 0)),
    Profile(
        "Needles at home, bleeds, hair looks thinner, sheds very much; roots mixed",
        (9, 6, 3, 7, 0),
        {
            "setting": "home",
            "needle_mm": 0.5,
            "shedding": "severe",
            "density_loss": True,
            "scalp_signs": ("bleeding",),
            "recent_events": (),
        },
    ),
    Profile(
        "Never needled, strict diet, few hairs, some roots out of the picture",
        (8, 0, 0, 9, 6),
        {
            **CALM,
            "setting": "none",
            "shedding": "moderate",
            "recent_events": ("diet",),
            "shedding_over_six_months": False,
        },
    ),
    Profile(
        "Never needled, straightens the hair, itchy scalp, most hairs broken",
        (2, 3, 15, 6, 0),
        {
            "setting": "none",
            "shedding": "slight",
            "density_loss": False,
            "scalp_signs": ("itching", "dandruff"),
            "recent_events": (),
            "shedding_over_six_months": False,
        },
    ),
)


def words_of(advice: tuple[Advice, ...]) -> int:
    """The number of words of all advice, with the titles."""
    return sum(len(f"{each.title} {each.text}".split()) for each in advice)


def profiles_page(texts: Texts) -> str:
    """What all of them read, as Markdown."""
    parts = []
    for number, profile in enumerate(PROFILES, 1):
        answer, advice = profile.read(texts)
        sentences = "\n".join(f"> {line}" for line in answer.lines())
        cards = "\n".join(f"- **{each.title}.** {each.text}" for each in advice)
        parts.append(f"## {number}. {profile.name}\n\n{sentences}\n\n{cards}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for language in languages():
        (FOLDER / f"{language}.md").write_text(profiles_page(texts_in(language)), encoding="utf-8")
