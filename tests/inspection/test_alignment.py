"""Alignment undoes rotation, reflection and shift, and nothing else."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist
from scipy.stats import ortho_group

from skvae.inspection import align_codes


@pytest.fixture
def code():
    return np.random.default_rng(0).normal(size=(30, 3)) * [3, 2, 1] + 5


@pytest.mark.parametrize("seed", range(4))  # rotations and reflections
def test_turned_codes_come_back(code, seed):
    turned = code @ ortho_group.rvs(3, random_state=seed) - [1, 2, 3]
    np.testing.assert_allclose(align_codes(turned, code), code)
    np.testing.assert_allclose(align_codes(0.1 * turned, code, scale=True), code)


def test_distances_stay_without_scale(code):
    other = np.random.default_rng(1).normal(size=(30, 3))
    np.testing.assert_allclose(pdist(align_codes(other, code)), pdist(other))


def test_with_scale_it_is_that_of_scipy(code):
    other = code + np.random.default_rng(1).normal(size=(30, 3))
    size = np.linalg.norm(code - code.mean(axis=0))
    left = np.sum((align_codes(other, code, scale=True) - code) ** 2) / size**2
    assert left == pytest.approx(procrustes(code, other)[2])


def test_frames_are_taken(code):
    assert align_codes(pd.DataFrame(code), pd.DataFrame(code)).shape == (30, 3)


def test_bad_input(code):
    with pytest.raises(ValueError, match="Z has 2 latent variables, but Z_reference has 3"):
        align_codes(code[:, :2], code)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        align_codes(code[1:], code)
    with pytest.raises(ValueError, match="Z_reference: all samples have the same code"):
        align_codes(code, np.ones_like(code))
    with pytest.raises(ValueError, match="Z contains NaN"):
        align_codes(np.full_like(code, np.nan), code)
