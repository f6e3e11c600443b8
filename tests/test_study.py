"""Fits know whether they are part of a study."""

import threading

import pytest

from skvae._study import is_within_study, within_study


def test_only_what_runs_inside_is_part_of_the_study():
    assert not is_within_study()
    with within_study():
        with within_study():
            assert is_within_study()
        assert is_within_study()
        seen = []
        thread = threading.Thread(target=lambda: seen.append(is_within_study()))
        thread.start()
        thread.join()
        assert seen == [False]
    assert not is_within_study()


def test_an_error_ends_the_study():
    with pytest.raises(RuntimeError), within_study():
        raise RuntimeError
    assert not is_within_study()
