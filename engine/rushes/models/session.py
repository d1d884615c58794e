"""Verified model files as sessions, one per process, on the threads that a worker may use.

Workers run beside each other, one clip each, so a session computes on one thread: two sessions of four threads on two
cores take turns and both get slower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rushes.errors import InferenceError, ModelError, Place, Problem

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

    def onnx(self, name: str) -> OnnxSession:
        """The session of an ONNX model, made once per process. Raises ModelError where it cannot be made."""
        return onnx_session(self.paths[name], self.providers)

    def tflite(self, name: str) -> Any:
        """The network of a TFLite model in OpenCV's DNN (`cv2.dnn.Net`), made once per process. Raises ModelError."""
        return tflite_net(self.paths[name])

    def text(self, name: str) -> str:
        """What a text file among the models holds (an index, a vocabulary). Raises ModelError where it is no text."""
        try:
            return self.paths[name].read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(self.paths[name], f"cannot be read as text ({error})") from error


class OnnxSession:
    """A session of ONNX Runtime whose refusals are words."""

    def __init__(self, native: InferenceSession, name: str) -> None:
        """name: of the model, for people."""
        self.native = native
        self._name = name

    def get_inputs(self) -> list[Any]:
        """As ONNX Runtime's: what the model takes, each with name, shape and type."""
        return list(self.native.get_inputs())

    def get_outputs(self) -> list[Any]:
        """As ONNX Runtime's: what the model gives, each with name, shape and type."""
        return list(self.native.get_outputs())

    def run(self, outputs: Sequence[str] | None, feeds: Mapping[str, Any]) -> list[Any]:
        """As ONNX Runtime's: the outputs of those names, None: all of them.

        Raises InferenceError where the runtime gives up. Feeds of a wrong name or shape are bugs, not refusals.
        """
        from onnxruntime.capi import onnxruntime_pybind11_state as native

        # A full memory comes as one of these, too. They have no class of their own in common.
        gave_up = (native.EngineError, native.EPFail, native.Fail, native.RuntimeException)
        try:
            return list(self.native.run(outputs, feeds))
        except gave_up as error:
            what = f"the model {self._name} could not be computed ({_first_line(error)})"
            fix = "run again; if it happens again, switch the analyzer off or run rushes models verify"
            raise InferenceError(Problem(None, what, fix)) from error


def usable_providers(wanted: Sequence[str]) -> tuple[str, ...]:
    """Those of the wanted providers that ONNX Runtime has on this machine, in the wanted order.

    Raises ModelError where one is unknown or none is there.
    """
    import onnxruntime

    at_hand = set(onnxruntime.get_available_providers())
    known = [name for name, long in PROVIDERS.items() if long in at_hand]
    chosen = tuple(name for name in wanted if name in known)
    if not chosen or not set(wanted) <= set(PROVIDERS):
        what = f"ONNX Runtime has none of these providers here: {', '.join(wanted)}"
        unknown = [name for name in wanted if name not in PROVIDERS]
        if unknown:
            what = f"there is no provider called {', '.join(unknown)}"
        raise ModelError(Problem(None, what, f"choose among: {', '.join(known)}"))
    return chosen


@lru_cache(maxsize=32)
def onnx_session(path: Path, providers: tuple[str, ...] = ("cpu",)) -> OnnxSession:
    """A session on one thread. Raises ModelError where the file is no model or no provider is there."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    chosen = [PROVIDERS[name] for name in usable_providers(providers)]
    # They have no class of their own in common.
    refusals = (
        native.EngineError,
        native.EPFail,
        native.Fail,
        native.InvalidArgument,
        native.InvalidGraph,
        native.InvalidProtobuf,
        native.NoModel,
        native.NoSuchFile,
        native.NotImplemented,
        native.RuntimeException,
    )
    try:
        return OnnxSession(onnxruntime.InferenceSession(str(path), options, providers=chosen), path.stem)
    except refusals as error:
        raise _unreadable(path, f"ONNX Runtime cannot read the model: {_reason(error, path)}") from error


@lru_cache(maxsize=32)
def tflite_net(path: Path) -> Any:
    """A `cv2.dnn.Net`. The classic engine: OpenCV 5's new one keeps one of BlazeFace's two outputs only."""
    import cv2

    cv2.setNumThreads(1)
    try:
        return cv2.dnn.readNetFromTFLite(str(path), engine=cv2.dnn.ENGINE_CLASSIC)
    except cv2.error as error:
        raise _unreadable(path, f"OpenCV cannot read the model: {error.err}") from error


def _reason(error: Exception, path: Path) -> str:
    """The last words of ONNX Runtime, which repeats the path before them."""
    return _first_line(error).rpartition(f"{path} failed")[2].lstrip(":. ")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "it does not say why")


def _unreadable(path: Path, what: str) -> ModelError:
    return ModelError(Problem(Place(str(path)), what, "run rushes models verify"))
