"""Code that makes an estimator again."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae import AutoencoderTransformer, VAETransformer, noise
from skvae._content import content_key
from skvae.likelihoods import Gaussian
from skvae.networks import Conv, Dense
from skvae.preprocessing import MaxNormalizer, MeanImputer
from skvae.reporting._code import code_of


@pytest.mark.parametrize(
    "estimator",
    [
        PCA(2),
        VAETransformer(),
        VAETransformer(3, encoder=Dense((8, 0.5), activation="tanh"), likelihood=Gaussian("per_feature"), beta=1e-3),
        VAETransformer(encoder=Conv((4, 8), image_shape=(8, 8)), covariates=["it's", 'a "lab"'], random_state=7),
        AutoencoderTransformer(noise=noise.Gaussian(0.2), pretraining="layerwise"),
        make_pipeline(MeanImputer(), StandardScaler(with_std=False), MaxNormalizer(clip=True), VAETransformer(1)),
        make_pipeline(SimpleImputer(), ColumnTransformer([("some", StandardScaler(), [0, 2])]), PCA(0.9)),
        make_pipeline("passthrough", PCA()),
        FunctionTransformer(np.log2, np.exp2, check_inverse=False),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_the_code_makes_an_equal_estimator(estimator):
    variables = {}
    exec(code_of(estimator), variables)
    assert content_key(variables["model"]) == content_key(estimator)


def test_the_imports_are_public():
    code = code_of(make_pipeline(MeanImputer(), VAETransformer(encoder=Dense((8,)))))
    assert code.splitlines()[:4] == [
        "from sklearn.pipeline import Pipeline",
        "from skvae import VAETransformer",
        "from skvae.networks import Dense",
        "from skvae.preprocessing import MeanImputer",
    ]


@pytest.mark.parametrize(
    "estimator",
    [
        FunctionTransformer(str.upper),
        VAETransformer(random_state=np.random.RandomState(0)),
        VAETransformer(missing="censored", detection_limit=np.arange(3.0)),
        VAETransformer(covariates=list(range(40))),
        VAETransformer(beta=float("nan")),
    ],
    ids=["function", "random state", "array", "long list", "nan"],
)
def test_what_cannot_be_written_has_no_code(estimator):
    assert code_of(estimator) is None
