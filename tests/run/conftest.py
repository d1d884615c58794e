"""What the tests of the engine share: a store and sessions on it."""

import pytest
from rushes.run.engine import Session
from rushes.run.executors import ProcessExecutor
from rushes.store.store import Store
from text_operations import OPERATIONS


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def start(store):
    """Makes a session on the store, as another run would."""

    def make(**options):
        operations = options.pop("operations", OPERATIONS)
        return Session(options.pop("store", store), operations, **options)

    return make


@pytest.fixture
def two_workers():
    executor = ProcessExecutor(2)
    yield executor
    executor.end_all()
    executor.shutdown()
