"""Sessions: once per process, on one thread, and every refusal in words."""

from pathlib import Path
from typing import get_args

import numpy as np
import onnxruntime
import pytest
from made_models import doubling_onnx
from onnxruntime.capi import onnxruntime_pybind11_state as native
from rushes.errors import InferenceError, ModelError
from rushes.models.session import PROVIDERS, Models, OnnxSession, onnx_session, tflite_net, usable_providers
from rushes.recipe.outputs_spec import Provider

SHARED = Path(__file__).parents[2] / "../shared/models"


@pytest.fixture
def models(tmp_path):
    (tmp_path / "doubling.onnx").write_bytes(doubling_onnx())
    (tmp_path / "broken.onnx").write_bytes(doubling_onnx()[:40])
    (tmp_path / "words.txt").write_text("0, 1, ä", encoding="utf-8")
    (tmp_path / "noise.bin").write_bytes(b"\xff\xfe\xfd")
    return Models({path.stem: path for path in tmp_path.iterdir()})


def test_a_model_computes(models):
    (sums,) = models.onnx("doubling").run(["y"], {"x": np.array([1.0, 2.5], np.float32)})
    assert sums.tolist() == [2.0, 5.0]


def test_a_session_is_made_once_per_process_and_has_one_thread(models):
    session = models.onnx("doubling")
    assert session is Models(models.paths).onnx("doubling")
    options = session.native.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.execution_mode == onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    assert session.native.get_providers() == ["CPUExecutionProvider"]


def test_a_file_that_is_no_model_is_told(models):
    path = models.paths["broken"]
    with pytest.raises(ModelError) as caught:
        models.onnx("broken")
    assert str(caught.value) == (
        f"{path}: ONNX Runtime cannot read the model: Protobuf parsing failed.\n    fix: run rushes models verify"
    )
    with pytest.raises(ModelError) as caught:
        models.tflite("broken")
    assert str(caught.value) == (
        f"{path}: OpenCV cannot read the model: DNN/TFLite: model is incorrect\n    fix: run rushes models verify"
    )


@pytest.mark.parametrize("kind", ["Fail", "RuntimeException"])
def test_a_runtime_that_gives_up_is_told_and_wrong_feeds_are_not(models, kind):
    refusal = getattr(native, kind)("[ONNXRuntimeError] : 1 : FAIL : out of memory\nat a place of its own")

    class GivesUp:
        def run(self, outputs, feeds):
            raise refusal

    with pytest.raises(InferenceError) as caught:
        OnnxSession(GivesUp(), "doubling").run(None, {})
    assert str(caught.value) == (
        "the model doubling could not be computed ([ONNXRuntimeError] : 1 : FAIL : out of memory)\n"
        "    fix: run again; if it happens again, switch the analyzer off or run rushes models verify"
    )
    with pytest.raises(native.InvalidArgument):
        models.onnx("doubling").run(None, {"x": np.zeros((2, 2, 2, 2), np.float32)})


def test_a_file_that_is_gone_is_told(tmp_path):
    with pytest.raises(ModelError, match="ONNX Runtime cannot read the model: File doesn't exist"):
        onnx_session(tmp_path / "gone.onnx")
    with pytest.raises(ModelError, match="OpenCV cannot read the model"):
        tflite_net(tmp_path / "gone.tflite")


def test_a_text_among_the_models_is_read(models):
    assert models.text("words") == "0, 1, ä"
    with pytest.raises(ModelError, match="cannot be read as text"):
        models.text("noise")


def test_the_first_provider_at_hand_is_taken(monkeypatch):
    at_hand = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: at_hand)
    assert usable_providers(("coreml", "cuda", "cpu")) == ("cuda", "cpu")
    assert usable_providers(("cpu", "cuda")) == ("cpu", "cuda")
    at_hand.remove("CUDAExecutionProvider")
    assert usable_providers(("coreml", "cuda", "cpu")) == ("cpu",)


def test_a_provider_that_is_not_there_is_told_with_those_that_are(monkeypatch):
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ModelError) as caught:
        usable_providers(("cuda", "coreml"))
    assert str(caught.value) == (
        "ONNX Runtime has none of these providers here: cuda, coreml\n    fix: choose among: cpu"
    )


def test_an_unknown_provider_is_told(models):
    with pytest.raises(ModelError) as caught:
        Models(models.paths, ("gpu", "cpu")).onnx("doubling")
    assert str(caught.value) == "there is no provider called gpu\n    fix: choose among: cpu"


def test_the_recipe_offers_the_providers_that_there_are():
    assert set(get_args(Provider)) == set(PROVIDERS)


def test_the_models_at_hand_can_be_opened():
    paths = sorted(SHARED.rglob("*.onnx"))
    if not paths:
        pytest.skip("no ../shared/models to open")
    for path in paths:
        assert onnx_session(path).get_inputs(), path.name
