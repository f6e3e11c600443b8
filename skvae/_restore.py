"""Failing calls leave estimators as they were."""

from contextlib import contextmanager


@contextmanager
def restored_on_error(estimator):
    """Leave the estimator as it was before the block if the block fails, an earlier fit included."""
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
