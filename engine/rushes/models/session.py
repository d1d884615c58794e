"""Verified model files as sessions, one per process, on the threads that a worker may use.

Workers run beside each other, one clip each, so a session computes on one thread: two sessions of four threads on two
cores take turns and both get slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushes.errors import ModelError, Place, Problem

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PROVIDERS: Mapping[str, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "rocm": "ROCMExecutionProvider",
}
"""Name in the setting -> name in ONNX Runtime."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models that one analyzer may use: files that were checked against the manifest, and where they run."""

    paths: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """Name in the manifest -> file."""
    providers: tuple[str, ...] = ("cpu",)
    """Where ONNX Runtime computes, the first that is there; names of PROVIDERS."""

    def onnx(self, name: str) -> InferenceSession:
        """The session of an ONNX model, made once per process. Raises ModelError where the file is none."""
        return onnx_session(self.paths[name], self.providers)

    def tflite(self, name: str) -> Any:
        """The network of a TFLite model in OpenCV's DNN (`cv2.dnn.Net`), made once per process. Raises ModelError."""
        return tflite_net(self.paths[name])


@lru_cache(maxsize=32)
def onnx_session(path: Path, providers: tuple[str, ...] = ("cpu",)) -> InferenceSession:
    """A session on one thread. Raises ModelError where the file is no model or no provider is there."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    at_hand = set(onnxruntime.get_available_providers())
    chosen = [PROVIDERS[name] for name in providers if PROVIDERS[name] in at_hand]
    if not chosen:
        known = ", ".join(name for name, long in PROVIDERS.items() if long in at_hand)
        what = f"none of the providers {', '.join(providers)} is there for ONNX Runtime"
        raise ModelError(Problem(Place(path.name), what, f"choose one of: {known}"))
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=chosen)
    except (RuntimeError, ValueError) as error:
        what = f"ONNX Runtime cannot read the model: {str(error).splitlines()[0]}"
        raise ModelError(Problem(Place(path.name), what, "run rushes models verify")) from error


@lru_cache(maxsize=32)
def tflite_net(path: Path) -> Any:
    """A `cv2.dnn.Net`. The classic engine: OpenCV 5's new one keeps one of BlazeFace's two outputs only."""
    import cv2

    try:
        return cv2.dnn.readNetFromTFLite(str(path), engine=cv2.dnn.ENGINE_CLASSIC)
    except cv2.error as error:
        what = "OpenCV cannot read the model"
        raise ModelError(Problem(Place(path.name), what, "run rushes models verify")) from error
