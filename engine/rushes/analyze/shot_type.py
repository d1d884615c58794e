"""How close the camera is and from where it looks: what the analyzer `shot_type` takes and writes. The work is in
shot_type_pass.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from rushes.analyze.spec import Analyzer, Column, no_wishes
from rushes.recipe.limits import Limits, check_limits

SHOT_TYPES = ("close_up", "medium", "wide", "zoom")
ANGLES = ("front", "side", "overhead", "other")
SOURCES = ("camera", "faces", "bodies", "words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """From how far and from which side a shot shows its subject."""

    close_up_face_01: Annotated[float, Limits(above=0, most=1)] = 0.27
    """Height of the largest face as a share of the picture's from which the shot is a close-up; a face box
    is an eighth to a tenth of a standing person."""
    wide_face_01: Annotated[float, Limits(above=0, most=1)] = 0.09
    """Height of the largest face below which the shot is wide."""
    wide_body_01: Annotated[float, Limits(above=0, most=1)] = 0.6
    """Height of a person without a face below which the shot is wide."""
    whole_body_ratio: Annotated[float, Limits(above=0, most=10)] = 2.1
    """Height of a person's box over its width from which the whole body is in the picture."""
    zoom_per_s: Annotated[float, Limits(above=0)] = 0.06
    """Growth of the picture a second from which the camera zooms."""
    front_deg: Annotated[float, Limits(least=0, most=90)] = 25.0
    """Turn of the face up to which the angle is front; between this and side_deg it is neither."""
    side_deg: Annotated[float, Limits(least=0, most=90)] = 40.0
    """Turn of the face from which the angle is side."""
    away_body_01: Annotated[float, Limits(above=0, most=1)] = 0.5
    """Height of a person from which a face turned to the camera would have been found."""
    hold_s: Annotated[float, Limits(least=0)] = 1.25
    """How far off in time what is known of people and words is still used, never over a cut."""
    zero_shot: bool = False
    """Let CLIP (the analyzer clip_embedding) say what faces, bodies and the camera leave open."""
    zero_shot_trust_01: Annotated[float, Limits(least=0, most=1)] = 0.6
    """What the confidence of CLIP is multiplied by, because it is sure of everything."""
    shot_type_prompts: tuple[str, ...] = (
        "close_up: a close-up photo of a face",
        "close_up: an extreme close-up photo of an object",
        "medium: a photo of a person from the waist up",
        "medium: a medium shot of people talking",
        "wide: a wide shot of a whole room",
        "wide: a wide landscape photo",
        "wide: a photo of a whole person standing far away",
    )
    """Sentences for the types of shots, each as "label: sentence"; several of a label are averaged."""
    angle_prompts: tuple[str, ...] = (
        "front: a photo of a person facing the camera",
        "front: a photo taken from straight ahead",
        "side: a photo of a person in profile",
        "side: a photo taken from the side",
        "overhead: a photo taken from directly above, looking down",
        "overhead: a top-down photo of a table",
        "other: a photo of a person from behind",
        "other: a photo taken from below, looking up",
    )
    """Sentences for the angles, each as "label: sentence"; several of a label are averaged."""

    def __post_init__(self) -> None:
        check_limits(self)
        for low, high in (("wide_face_01", "close_up_face_01"), ("front_deg", "side_deg")):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low}={getattr(self, low)} is above {high}={getattr(self, high)}")
        prompts_by_label(self.shot_type_prompts, SHOT_TYPES)
        prompts_by_label(self.angle_prompts, ANGLES)

    @property
    def needs(self) -> Mapping[str, str]:
        """Analyzers that the recipe must switch on for these values -> the parameter that wants them."""
        return {"clip_embedding": "zero_shot"} if self.zero_shot else {}


def prompts_by_label(prompts: tuple[str, ...], labels: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Sentences of each label that has one, in the order of labels. Raises ValueError for other labels and no sentence."""
    said = [(label.strip(), text.strip()) for label, _, text in (prompt.partition(":") for prompt in prompts)]
    for prompt, (label, text) in zip(prompts, said, strict=True):
        if label not in labels or not text:
            raise ValueError(f"{prompt!r} is not LABEL: SENTENCE, with LABEL one of {', '.join(labels)}")
    found = {label: tuple(text for name, text in said if name == label) for label in labels}
    return {label: texts for label, texts in found.items() if texts}


def models(params: Params) -> tuple[str, ...]:
    """None, but for words."""
    return ("clip_text", "clip_tokenizer") if params.zero_shot else ()


COLUMNS = (
    Column(
        name="shot_type",
        type="text",
        per_sample=True,
        choices=SHOT_TYPES,
        says="How close the camera is to people, or that it zooms; missing where nobody is to be seen.",
    ),
    Column(
        name="shot_type_confidence_01",
        unit="01",
        per_sample=True,
        says="How sure the shot type is; 0 where it is not known.",
    ),
    Column(
        name="shot_type_from",
        type="text",
        per_sample=True,
        choices=SOURCES,
        says="What says so: the camera's zoom, faces, bodies or words (CLIP); missing where nobody is to be seen.",
    ),
    Column(
        name="angle",
        type="text",
        per_sample=True,
        choices=ANGLES,
        says="From where the camera looks at the largest face; other is a person whose face is turned away.",
    ),
    Column(
        name="angle_confidence_01",
        unit="01",
        per_sample=True,
        says="How sure the angle is; 0 where it is not known.",
    ),
)

ANALYZER = Analyzer(
    name="shot_type",
    version=2,
    source="tables",
    params=Params,
    wishes=no_wishes,
    start="rushes.analyze.shot_type_pass:start",
    columns=COLUMNS,
    libraries=("numpy", "onnxruntime"),
    models=models,
    reads=("faces", "face_detection", "motion"),
    may_read=("bodies", "clip_embedding", "shots"),
)
