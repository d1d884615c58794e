"""The list of operations: every name leads to a function, and every library is installed."""

import inspect
from importlib import metadata

import pytest
from rushes.graph.compile import compile_edit_graph
from rushes.run.operations.table import OPERATIONS
from rushes.run.perform import load_function


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_a_function_of_calls_with_a_version(name):
    operation = OPERATIONS[name]
    assert operation.name == name
    assert operation.version >= 1
    function = load_function(operation.function)
    assert list(inspect.signature(function).parameters) == ["calls"]
    assert function.__doc__


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_libraries_of_an_operation_are_distributions(name):
    for library in OPERATIONS[name].libraries:
        assert metadata.version(library)


def test_only_analyses_of_a_clip_are_batched():
    assert [name for name, operation in OPERATIONS.items() if operation.batched] == ["analyze", "derive"]
    assert compile_edit_graph.__module__ == "rushes.graph.compile"
