"""What the property tests share."""

import pytest
from models import IS_QUICK

from skvae.estimators import _training


@pytest.fixture(scope="module")
def compiled_quickly():
    """Compile without XLA, in a fifth of the time; long runs are as users run it."""
    with pytest.MonkeyPatch.context() as patch:
        if IS_QUICK:
            patch.setattr(_training, "prefers_xla", lambda n_weights: False)
        yield
