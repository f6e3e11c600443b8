"""What is fitted: a pipeline of preprocessing and model, as the options say."""

from skvae.cli._arguments import add_seed, layers, number, positive
from skvae.cli._console import import_quietly

MODELS = ("vae", "autoencoder", "pca")
# The scaler that suits a likelihood, if it is not the standard one, and those that it cannot bear.
_USUAL_SCALER = {"bernoulli": "max", "continuous_bernoulli": "max", "poisson": "none", "negative_binomial": "none"}
_REFUSED = {
    **dict.fromkeys(("bernoulli", "continuous_bernoulli"), (("standard",), "values from 0 to 1: use --scaler max, or")),
    **dict.fromkeys(("poisson", "negative_binomial"), (("standard", "max"), "counts: use --scaler")),
}
# Options that only some models have, with the value that stands for none given.
_ONLY_OF = {
    "likelihood": (("vae",), None),
    "beta": (("vae",), None),
    "missing": (("vae", "autoencoder"), None),
    "epochs": (("vae", "autoencoder"), None),
    "encoder": (("vae", "autoencoder"), None),
    "covariates": (("vae", "autoencoder"), None),
    "early_stopping": (("vae", "autoencoder"), False),
}


def add_model_options(parser, likelihoods=("gaussian", "bernoulli")):
    """Add what all commands that fit a VAE let choose."""
    add = parser.add_argument
    add("--n-components", type=positive, default=2, metavar="K", help="latent variables (default: 2)")
    scaler_help = "default: standard; none for digits and counts; max with --likelihood bernoulli"
    add("--scaler", choices=("standard", "max", "none"), help=scaler_help)
    add("--likelihood", choices=likelihoods, help="of the VAE (default: gaussian)")
    add("--epochs", type=positive, metavar="N", help="of the VAE (default: its own)")
    add_seed(parser)


def add_more_model_options(parser):
    """Add what concerns one model that is to be kept."""
    add_model_options(parser, ("gaussian", "bernoulli", "continuous_bernoulli", "poisson", "negative_binomial"))
    add = parser.add_argument
    missing_help = (
        "missing values: left out of the likelihood (mask), maybe below a limit of detection (censored), or filled "
        "with the column's mean (default: mask if there are any)"
    )
    add("--missing", choices=("mask", "censored", "mean"), help=missing_help)
    add("--beta", type=number, metavar="B", help="weight of the KL divergence (default: 1)")
    covariates_help = "columns, of the table or of --metadata, that condition the codes, such as batch"
    add("--covariates", nargs="+", metavar="COLUMN", help=covariates_help)
    add("--early-stopping", action="store_true", help="stop when a tenth of the rows, set aside, is told no better")


def add_encoder(parser):
    """Add the layer sizes."""
    parser.add_argument(
        "--encoder", type=layers, metavar="N,N,...", help="units of the hidden layers (default: 120,120,16)"
    )


def check_model_options(arguments):
    """Choose the scaler that suits the likelihood; raise where options do not go together.

    Parameters
    ----------
    arguments : Namespace
        Its ``scaler`` is set if it was None.
    """
    model = getattr(arguments, "model", "vae")
    for option, (models, unset) in _ONLY_OF.items():
        if model not in models and getattr(arguments, option, unset) != unset:
            raise ValueError(f"--{option.replace('_', '-')} is an option of --model {models[0]}, not of {model}.")
    _check_censored(arguments, model)
    arguments.scaler = arguments.scaler or scaler_for(arguments.likelihood, getattr(arguments, "usual_scaler", None))
    refused, remedy = _REFUSED.get(arguments.likelihood, ((), ""))
    if arguments.scaler in refused:
        raise ValueError(f"--likelihood {arguments.likelihood} needs {remedy} none.")


def _check_censored(arguments, model):
    """Raise unless what may lie below a limit of detection is in reach of the model."""
    if getattr(arguments, "missing", None) != "censored":
        return
    if model != "vae":
        raise ValueError(f"--missing censored is for --model vae, not for {model}.")
    if arguments.likelihood not in (None, "gaussian"):
        raise ValueError(f"--missing censored needs --likelihood gaussian (of logarithms), not {arguments.likelihood}.")


def scaler_for(likelihood, usual=None):
    """Name the scaler that suits a likelihood."""
    return _USUAL_SCALER.get(likelihood, usual or "standard")


def make_scaler(name, clip=False):
    """Make a scaler by its name."""
    from sklearn.preprocessing import StandardScaler

    from skvae.preprocessing import MaxNormalizer

    # Held-out rows may pass the training maximum, which only a Gaussian likelihood can bear.
    return {"standard": StandardScaler(), "max": MaxNormalizer(clip=clip), "none": "passthrough"}[name]


def make_pipeline_for(samples, arguments):
    """Make the pipeline that the options ask for.

    Parameters
    ----------
    samples : Samples
    arguments : Namespace
        With the options of `add_more_model_options`, checked.

    Returns
    -------
    Pipeline
        From the table as it is read to latent variables. Logarithms are a step of it, so that they are not forgotten.
    """
    from sklearn.pipeline import make_pipeline

    missing = missing_of(samples, arguments)
    steps = _preprocessing(missing, arguments)
    model = make_model(missing, samples, arguments)
    if samples.covariates is None:
        return make_pipeline(*steps, model)
    return make_pipeline(_beside_covariates(steps, list(samples.X.columns)), model)


def missing_of(samples, arguments):
    """Tell what is done with missing values: the word of the option, or "error" where there are none."""
    if not samples.X.isna().any(axis=None):
        return "mask" if arguments.missing == "mask" else "error"
    if getattr(arguments, "model", "vae") == "pca":
        return "mean"
    return arguments.missing or "mask"


def make_model(missing, samples, arguments):
    """Make the last step."""
    from sklearn.decomposition import PCA

    model = getattr(arguments, "model", "vae")
    if model == "pca":
        return PCA(arguments.n_components, random_state=arguments.seed)
    covariates = None if samples.covariates is None else list(samples.covariates.columns)
    given = {
        "encoder": getattr(arguments, "encoder", None),
        "epochs": arguments.epochs,
        "early_stopping": arguments.early_stopping or None,
        "covariates": covariates,
        "missing": None if missing in ("mean", "error") else missing,
        **({"likelihood": arguments.likelihood, "beta": arguments.beta} if model == "vae" else {}),
    }
    return _network(model, arguments, given)


def make_vae(arguments):
    """Make the VAE of the options that all commands have."""
    return _network("vae", arguments, {"likelihood": arguments.likelihood, "epochs": arguments.epochs}, seeded=False)


def _network(model, arguments, given, seeded=True):
    """Make a VAE or an autoencoder; what is None is left at its default."""
    from skvae import AutoencoderTransformer, VAETransformer

    import_quietly("tensorflow")
    cls = {"vae": VAETransformer, "autoencoder": AutoencoderTransformer}[model]
    given = {name: value for name, value in given.items() if value is not None}
    return cls(arguments.n_components, random_state=arguments.seed if seeded else None, **given)


def _preprocessing(missing, arguments):
    """List the steps before the model."""
    from skvae.preprocessing import MeanImputer

    clip = arguments.likelihood not in (None, "gaussian")
    steps = [*_logarithm(arguments.transform), *([MeanImputer()] if missing == "mean" else [])]
    return steps if arguments.scaler == "none" else [*steps, make_scaler(arguments.scaler, clip)]


def _logarithm(transform):
    """Make the step that takes or undoes logarithms, if there is one."""
    import numpy as np
    from sklearn.preprocessing import FunctionTransformer

    pairs = {"log2": (np.log2, np.exp2), "exp2": (np.exp2, np.log2)}
    if transform not in pairs:
        return []
    function, inverse = pairs[transform]
    return [FunctionTransformer(function, inverse, feature_names_out="one-to-one", check_inverse=False)]


def _beside_covariates(steps, features):
    """Make the step that prepares the features and hands covariates on as they are, all by name."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline

    prepare = make_pipeline(*steps) if steps else "passthrough"
    columns = ColumnTransformer(
        [("features", prepare, features)], remainder="passthrough", verbose_feature_names_out=False
    )
    return columns.set_output(transform="pandas")
