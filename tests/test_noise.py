"""Noise of denoising autoencoders."""

import numpy as np
import pytest

from skvae._compat import InvalidParameterError
from skvae.noise import Dropout, Gaussian


def spoiled(noise, x, level=0.0, seed=(0, 1)):
    return np.asarray(noise.spoil(x, level, seed))


def test_gaussian_noise_has_the_size_it_is_given_and_another_draw_each_step():
    x = np.full((200, 100), 3.0, np.float32)
    first, second = (spoiled(Gaussian(), x, 0.5, (0, step)) for step in (1, 2))
    assert first.mean() == pytest.approx(3.0, abs=0.02)
    assert first.std() == pytest.approx(0.5, rel=0.02)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.03


def test_dropout_hides_its_share_and_leaves_the_rest():
    x = np.arange(1, 20_001, dtype=np.float32).reshape(200, 100)
    after = spoiled(Dropout(0.3), x)
    hidden = after == 0
    assert hidden.mean() == pytest.approx(0.3, abs=0.02)
    np.testing.assert_array_equal(after[~hidden], x[~hidden])


@pytest.mark.parametrize(
    "noise", [Gaussian(0), Gaussian(-1), Gaussian("a"), Gaussian(np.inf), Gaussian(np.nan), Gaussian(np.True_)]
)
def test_wrong_deviations_are_named(noise):
    with pytest.raises(InvalidParameterError, match="'stddev' of Gaussian noise"):
        noise.validate()


@pytest.mark.parametrize("noise", [Dropout(0), Dropout(1), Dropout(-0.1), Dropout("a"), Dropout(np.nan), Dropout(True)])
def test_wrong_rates_are_named(noise):
    with pytest.raises(InvalidParameterError, match="'rate' of Dropout noise"):
        noise.validate()
