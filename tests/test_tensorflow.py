"""TensorFlow leaves no trace in the process, and forked children do not hang in it."""

import multiprocessing
import random

import pytest

from skvae._tensorflow import entering_tensorflow


def enter_and_report(connection):
    try:
        with entering_tensorflow():
            connection.send("entered")
    except RuntimeError as error:
        connection.send(str(error))


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_is_told_instead_of_hanging():
    with entering_tensorflow():
        import tensorflow as tf

        assert float(tf.function(tf.square)(tf.constant(3.0))) == 9
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=enter_and_report, args=(there,))
    child.start()
    assert here.poll(60)
    assert "forked" in (message := here.recv())
    assert "loky" in message
    child.join(60)


def test_entering_tensorflow_keeps_pythons_random_stream():
    before = random.getstate()
    with entering_tensorflow():
        random.random()
    assert random.getstate() == before
