"""Failing calls leave estimators as they were."""

import pytest

from skvae._restore import restored_on_error


class Thing:
    def __init__(self):
        self.kept = 1


def change_and_fail(thing, error=KeyboardInterrupt):
    with restored_on_error(thing):
        thing.kept = 2
        thing.new = 3
        raise error


def test_attributes_are_restored_and_new_ones_dropped():
    thing = Thing()
    with pytest.raises(KeyboardInterrupt):
        change_and_fail(thing)
    assert vars(thing) == {"kept": 1}


@pytest.mark.parametrize("error", [ValueError, MemoryError])
def test_the_error_goes_on(error):
    with pytest.raises(error):
        change_and_fail(Thing(), error)


def test_success_keeps_changes():
    thing = Thing()
    with restored_on_error(thing):
        thing.kept = 2
    assert thing.kept == 2
