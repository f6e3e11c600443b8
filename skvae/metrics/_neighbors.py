"""How well the neighbours of a code tell its label."""

from numbers import Integral

from sklearn.neighbors import KNeighborsClassifier

from skvae._compat import Interval, validate_params
from skvae.metrics._codes import check_codes, check_labels


@validate_params(
    {
        "Z_train": ["array-like"],
        "y_train": ["array-like"],
        "Z_test": ["array-like"],
        "y_test": ["array-like"],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def nearest_neighbor_accuracy(Z_train, y_train, Z_test, y_test, *, n_neighbors=5):
    """Share of test codes that their nearest training codes label rightly.

    Parameters
    ----------
    Z_train : array-like of shape (n_train, n_components)
        Codes of the labelled samples, such as 100 of them.

    y_train : array-like of shape (n_train,)
        Their classes.

    Z_test : array-like of shape (n_test, n_components)
        Codes to label.

    y_test : array-like of shape (n_test,)
        Their true classes.

    n_neighbors : int, default=5
        Number of neighbours that vote, by Euclidean distance in the units of the code; at most `n_train` take
        part.

    Returns
    -------
    accuracy : float
        Share of test samples whose class wins the vote, 0 to 1.

    Raises
    ------
    ValueError
        If codes and classes differ in length, the codes in width, or if classes are missing or continuous.

    Examples
    --------
    >>> from skvae.metrics import nearest_neighbor_accuracy
    >>> Z_train, y_train = [[0.0], [1.0], [9.0], [10.0]], ["a", "a", "b", "b"]
    >>> nearest_neighbor_accuracy(Z_train, y_train, [[0.4], [2.0]], ["a", "b"], n_neighbors=1)
    0.5
    """
    Z_train, Z_test = check_codes(Z_train, "Z_train"), check_codes(Z_test, "Z_test")
    y_train, y_test = check_labels(y_train, Z_train, "y_train"), check_labels(y_test, Z_test, "y_test")
    voters = KNeighborsClassifier(n_neighbors=min(n_neighbors, len(Z_train))).fit(Z_train, y_train)
    return float(voters.score(Z_test, y_test))
