"""Tasks for executors, in a module that workers can import."""

import os
import sys

from rushes.errors import MediaError, Place, Problem


def environment(name):
    return os.environ.get(name)


def say_and_add(a, b):
    print("a library that prints must not disturb the pipe")
    return a + b


def read_input():
    return sys.stdin.read()


def raise_media_error():
    raise MediaError(Problem(Place("clip.mp4", 1, 2), "broken", "mend it"))


class Odd(Exception):
    """An exception that cannot be unpickled."""

    def __init__(self, one, two):
        super().__init__(one)


def raise_odd():
    raise Odd(1, 2)


def unpicklable():
    return lambda: None
