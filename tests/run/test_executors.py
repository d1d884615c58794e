"""Where tasks run, and how they end."""

import os
import signal
import time

import pytest
from executor_tasks import environment, raise_media_error, raise_odd, read_input, say_and_add, unpicklable
from rushes.errors import MediaError, Place, Problem, RecipeError
from rushes.run.executors import InlineExecutor, ProcessExecutor, make_executor, usable_cores
from rushes.run.worker import TaskFault, WorkerDied


@pytest.mark.parametrize("executor", [InlineExecutor(), ProcessExecutor(1)], ids=["inline", "processes"])
class TestBoth:
    def test_values_come_back(self, executor):
        assert executor.submit(say_and_add, 1, 2).result() == 3

    def test_errors_for_users_come_back_whole(self, executor):
        with pytest.raises(MediaError) as caught:
            executor.submit(raise_media_error).result()
        assert caught.value.problems == (Problem(Place("clip.mp4", 1, 2), "broken", "mend it"),)

    def test_other_errors_come_back_as_their_traceback(self, executor):
        with pytest.raises(TaskFault, match=r"(?s)raise Odd\(1, 2\).*Odd: 1"):
            executor.submit(raise_odd).result()

    def test_named_arguments_are_refused(self, executor):
        with pytest.raises(TypeError, match="positional arguments only"):
            executor.submit(say_and_add, a=1, b=2)


def test_workers_have_one_thread_and_no_input(two_workers):
    assert two_workers.submit(environment, "OMP_NUM_THREADS").result() == "1"
    assert two_workers.submit(environment, "POLARS_MAX_THREADS").result() == "1"
    assert two_workers.submit(read_input).result() == ""


def test_a_worker_is_used_again_and_no_more_are_started_than_needed(two_workers):
    pids = {two_workers.submit(os.getpid).result() for _ in range(5)}
    assert len(pids) <= 2
    assert os.getpid() not in pids
    assert len(two_workers._lanes) == 1


def test_tasks_run_side_by_side(two_workers):
    began_s = time.monotonic()
    for future in [two_workers.submit(time.sleep, 1.0) for _ in range(2)]:
        future.result()
    assert time.monotonic() - began_s < 1.9


def test_a_worker_that_dies_fails_its_task_alone_and_is_replaced(two_workers):
    sleeper = two_workers.submit(time.sleep, 0.5)
    for _ in range(3):
        with pytest.raises(WorkerDied, match="was ended by signal 9"):
            two_workers.submit(os.kill, 0, signal.SIGKILL).result()
    with pytest.raises(WorkerDied, match="ended with code 3"):
        two_workers.submit(os._exit, 3).result()
    assert sleeper.result() is None
    assert two_workers.submit(say_and_add, 1, 2).result() == 3


def test_a_running_task_can_be_ended(two_workers):
    future = two_workers.submit(time.sleep, 600)
    time.sleep(0.3)
    two_workers.end(future)
    with pytest.raises(WorkerDied):
        future.result(timeout=10)


def test_a_task_can_be_ended_before_its_worker_stands(two_workers):
    future = two_workers.submit(time.sleep, 600)
    two_workers.end(future)
    with pytest.raises(WorkerDied):
        future.result(timeout=10)


def test_a_worker_killed_between_two_tasks_is_replaced():
    executor = ProcessExecutor(1)
    pid = executor.submit(os.getpid).result()
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    assert executor.submit(os.getpid).result() != pid
    executor.shutdown()


def test_shutting_down_cancels_what_waits_and_finishes_what_runs():
    executor = ProcessExecutor(1)
    running = executor.submit(time.sleep, 0.5)
    time.sleep(0.2)
    waiting = executor.submit(time.sleep, 0.5)
    executor.shutdown(cancel_futures=True)
    assert running.result() is None
    assert waiting.cancelled()
    with pytest.raises(RuntimeError, match="shut down"):
        executor.submit(os.getpid)


def test_a_result_that_cannot_be_sent_is_our_fault_not_a_dead_worker(two_workers):
    with pytest.raises(TaskFault, match="local object"):
        two_workers.submit(unpicklable).result()


def test_executors_are_chosen_by_name():
    assert isinstance(make_executor("inline"), InlineExecutor)
    assert make_executor("processes").workers == usable_cores()
    assert make_executor("processes", 3).workers == 3


@pytest.mark.parametrize(
    ("name", "workers", "message"),
    [
        (
            "dask://host:8786",
            None,
            "there is no executor 'dask://host:8786'\n    fix: use one of: processes, inline",
        ),
        ("processes", 0, "--workers is 0\n    fix: give 1 or more"),
    ],
)
def test_an_executor_that_there_is_not_is_refused(name, workers, message):
    with pytest.raises(RecipeError) as caught:
        make_executor(name, workers)
    assert str(caught.value) == message
