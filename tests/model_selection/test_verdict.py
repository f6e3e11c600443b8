import numpy as np
import pandas as pd
import pytest

from skvae.model_selection import Measure
from skvae.model_selection._judgements import judgements
from skvae.model_selection._verdict import sentences

MEASURES = {"error": Measure("reconstruction error", "lower", True), "fit": Measure("log-likelihood", "higher", True)}


def differences_with(measure, mean, low=np.nan, high=np.nan):
    index = pd.MultiIndex.from_tuples([(name, "VAE") for name in MEASURES], names=["measure", "estimator"])
    differences = pd.DataFrame(np.nan, index=index, columns=["mean", "low", "high", "p"])
    differences.loc[(measure, "VAE")] = [mean, low, high, np.nan]
    return differences


def verdict_on(*difference):
    differences = differences_with(*difference)
    return sentences(judgements(differences, MEASURES), differences, "PCA", MEASURES)


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (
            ("error", -0.0512, -0.0713, -0.0311),
            "VAE is better than PCA: lower reconstruction error (-0.051, 95 % interval -0.071 to -0.031).",
        ),
        (
            ("error", 0.0512, 0.0311, 0.0713),
            "VAE is worse than PCA: higher reconstruction error (+0.051, 95 % interval +0.031 to +0.071).",
        ),
        (
            ("fit", 312.4, 103.2, 521.6),
            "VAE is better than PCA: higher log-likelihood (+312, 95 % interval +103 to +522).",
        ),
        (("fit", -4.0, -5.0, -3.0), "VAE is worse than PCA: lower log-likelihood (-4.0, 95 % interval -5.0 to -3.0)."),
        (
            ("error", 0.01, -0.02, 0.04),
            "No evidence that VAE is better or worse than PCA in reconstruction error "
            "(+0.010, 95 % interval -0.020 to +0.040).",
        ),
        (  # of the mean more is left than zeros
            ("error", -0.0004, -0.02, 0.0192),
            "No evidence that VAE is better or worse than PCA in reconstruction error "
            "(-0.0004, 95 % interval -0.0200 to +0.0192).",
        ),
        (
            ("error", 0.34, -5.0, 6.0),
            "No evidence that VAE is better or worse than PCA in reconstruction error "
            "(+0.3, 95 % interval -5.0 to +6.0).",
        ),
        (  # on which side of 0 a bound lies is seen
            ("error", 0.06, -0.0026, 0.12),
            "No evidence that VAE is better or worse than PCA in reconstruction error "
            "(+0.06, 95 % interval -0.00 to +0.12).",
        ),
        (("error", 0.0), "VAE and PCA are the same in reconstruction error."),
        (
            ("fit", -0.25),
            "No verdict on VAE and PCA in log-likelihood (-0.25): one split, or the same difference in each, leaves no "
            "spread to judge by.",
        ),
    ],
)
def test_what_is_said_of_a_difference(difference, sentence):
    assert verdict_on(*difference) == [sentence]


def test_of_what_was_not_measured_nothing_is_said():
    assert verdict_on("error", np.nan) == []


@pytest.mark.parametrize(
    ("difference", "word"),
    [
        (("error", -2, -3, -1), "better"),
        (("error", 2, 1, 3), "worse"),
        (("fit", 2, 1, 3), "better"),
        (("fit", -2, -3, -1), "worse"),
        (("fit", 2, -1, 5), "no evidence"),
        (("error", 2, 0, 4), "no evidence"),
        (("error", 0.0), "the same"),
        (("fit", 1.0), "no verdict"),
    ],
)
def test_a_word_for_a_difference(difference, word):
    words = judgements(differences_with(*difference), MEASURES)
    assert words.index.tolist() == ["error", "fit"]
    assert words.columns.tolist() == ["VAE"]
    assert words["VAE"].dropna().to_dict() == {difference[0]: word}


def test_names_may_hold_braces():
    differences = differences_with("error", 0.0).rename(index={"VAE": "{rival}"})
    told = sentences(judgements(differences, MEASURES), differences, "{0}", MEASURES)
    assert told == ["{rival} and {0} are the same in reconstruction error."]
