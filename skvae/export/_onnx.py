"""Models as ONNX files, which run without Python."""

import os
from functools import partial

from skvae._compat import StrOptions, validate_params
from skvae._replacement import replace_file
from skvae.export._conversion import converted
from skvae.export._exported import Exported
from skvae.export._graphs import GRAPHS


@validate_params({"part": [StrOptions(set(GRAPHS))]}, prefer_skip_nested_validation=True)
def to_onnx(estimator, path, *, part="encoder"):
    """Write the encoder or the decoder of a fitted model as an ONNX file.

    onnxruntime and other programs run it without Python, scikit-learn or TensorFlow, for any number of rows. Steps of a
    pipeline in front of the model become part of the file: raw data go in, codes come out.

    Parameters
    ----------
    estimator : VAETransformer, AutoencoderTransformer or Pipeline
        Fitted. In front of the model a pipeline may have StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler,
        MaxNormalizer, MeanImputer, and FunctionTransformer with a logarithm, power or root of NumPy.
    path : str or path-like
        Where to. An existing file is replaced as a whole or, after an error, not at all.
    part : {"encoder", "decoder"}, default="encoder"
        What to write.

    Raises
    ------
    TypeError
        If `estimator` is no model of skvae, nor a pipeline that ends in one.
    ValueError
        If a step of the pipeline, or a layer of a network of your own, has no counterpart in ONNX; the message names
        it.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    ImportError
        If the extra ``onnx`` is not installed.
    OSError
        If the file cannot be written.

    See Also
    --------
    skvae.save : Write the whole estimator, for use in Python.

    Notes
    -----
    Inputs and outputs are float64, so that data far from zero keep their digits; networks reckon in float32, so that
    results differ from those of the estimator by about 1e-7 of their size.

    ``encoder``: input ``data`` of shape (n_samples, n_features); outputs ``codes``, as of `transform`, and for a
    VAETransformer ``std``, as of `posterior`. ``decoder``: input ``codes``, output ``data``, as of `inverse_transform`.
    A model with covariates has a second input, ``covariates``: one column for each level, with 1 at the level of the
    row. The file's metadata, each in JSON, name what the columns are: ``features``, ``components``, and
    ``covariates`` with the ``levels`` and their ``shares``, by which `inverse_transform` decodes unless told otherwise.

    Nothing is checked when a file is run: NaN gives NaN (in models with ``missing="mask"`` or ``"censored"`` it is a
    missing value), and values outside a likelihood's support give some number.

    Examples
    --------
    >>> import os, tempfile
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skvae import VAETransformer
    >>> from skvae.export import to_onnx
    >>> X = load_iris().data
    >>> model = make_pipeline(StandardScaler(), VAETransformer(2, encoder=(4,), epochs=2, random_state=0)).fit(X)
    >>> path = os.path.join(tempfile.mkdtemp(), "encoder.onnx")
    >>> to_onnx(model, path)
    >>> import onnxruntime
    >>> (codes,) = onnxruntime.InferenceSession(path).run(["codes"], {"data": X})
    >>> bool(abs(codes - model.transform(X)).max() < 1e-5)
    True
    """
    path, exported = os.fsdecode(path), Exported.of(estimator)
    replace_file(path, [converted(partial(GRAPHS[part], exported), exported.properties())])
