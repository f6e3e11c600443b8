"""How far a fit is."""

import sys
from types import SimpleNamespace

import pytest

from skvae import VAETransformer
from skvae.cli import _progress
from skvae.cli._progress import Bar, Lines, Steps, in_words, show_epochs


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now.seconds)
    return now


def test_time_left_goes_by_the_tasks_after_the_first(clock, capsys):
    lines = Lines("epoch", 200, pause=5)
    lines.start()
    clock.seconds = 10.0  # the first compiles
    lines.show(1)
    for n_done in range(2, 41):
        clock.seconds += 0.5
        lines.show(n_done)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "skvae: epoch 2/200, 99 s left"
    assert told[1] == "skvae: epoch 12/200, 94 s left"
    assert len(told) == 4  # in 19.5 s, no more often than each 5 s


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "0 s"), (119, "119 s"), (200, "3 min"), (9000, "2.5 h")])
def test_durations_in_words(seconds, words):
    assert in_words(seconds) == words


def test_only_tasks_of_the_name_count():
    shown = []
    steps = Steps("epoch", SimpleNamespace(show=shown.append))
    for name in ("fit", "epoch", "start", "epoch"):
        steps.on_fit_task_end(None, SimpleNamespace(task_name=name))
    assert shown == [1, 2]


def test_a_fit_counts_its_epochs_and_ends_the_display(monkeypatch, linear_data, without_xla):
    shown = []
    display = SimpleNamespace(start=lambda: shown.append("start"), show=shown.append, stop=lambda: shown.append("stop"))
    monkeypatch.setattr(_progress, "_display", lambda epochs: display)
    show_epochs(VAETransformer(encoder=(), epochs=3, random_state=0), quiet=False).fit(linear_data[:50])
    assert shown == ["start", 1, 2, 3, "stop"]


def test_quiet_sets_nothing():
    assert not hasattr(show_epochs(VAETransformer(), quiet=True), "_skl_callbacks")


def test_a_terminal_gets_a_bar_if_rich_is_installed_else_lines(monkeypatch, capsys):
    pytest.importorskip("rich")
    assert isinstance(_progress._display(10), Lines)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    bar = _progress._display(10)
    assert isinstance(bar, Bar)
    bar.start()
    bar.show(4)
    assert bar.progress.tasks[0].completed == 4
    bar.stop()
    assert capsys.readouterr().out == ""
    monkeypatch.setitem(sys.modules, "rich", None)
    assert isinstance(_progress._display(10), Lines)
