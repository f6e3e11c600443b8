"""The commands ``skvae compare`` and ``skvae demo``: PCA or VAE? One table, one picture."""

import json
import os
import warnings
from pathlib import Path

from skvae import __version__
from skvae._optional import import_optional
from skvae.cli._arguments import add_table_options, not_negative, positive, table_options
from skvae.cli._console import answer, import_quietly, say

_PICTURES = (".png", ".pdf", ".svg")
_FEWEST_ROWS = 8


def add_commands(commands):
    """Describe both commands to the parser."""
    what = "fit PCA and VAE on the same rows, compare them on held-out rows, draw their latent planes"
    compare = commands.add_parser("compare", help=f"{what}: your table", description=f"{what[0].upper()}{what[1:]}.")
    compare.set_defaults(load=_load_table, usual_scaler="standard")
    table_help = ".csv, .tsv, .txt (also .gz) or .parquet; a row per sample"
    compare.add_argument("table", type=Path, metavar="TABLE", help=table_help)
    add_table_options(compare)
    demo = commands.add_parser("demo", help="the same on scikit-learn's handwritten digits")
    # All pixels have one unit; standardised, those at the edges would count as much as the digit.
    demo.set_defaults(load=_load_digits, name="digits", target="digit", usual_scaler="none")
    for command in (compare, demo):
        command.set_defaults(run=_run)
        _add_model_options(command)
        _add_output_options(command)


def _add_model_options(parser):
    """Add what concerns the fits."""
    add = parser.add_argument
    add("--n-components", type=positive, default=2, metavar="K", help="latent variables (default: 2)")
    add(
        "--repeats",
        type=positive,
        default=5,
        metavar="N",
        help="random splits, each with its seed (default: 5)",
    )
    add(
        "--scaler",
        choices=("standard", "max", "none"),
        help="default: standard; for the digits none; max with --likelihood bernoulli",
    )
    add(
        "--likelihood",
        choices=("gaussian", "bernoulli"),
        default="gaussian",
        help="of the VAE (default: gaussian)",
    )
    add("--epochs", type=positive, metavar="N", help="of the VAE (default: its own)")
    add("--seed", type=not_negative, default=0, metavar="N", help="default: 0")
    add("--n-jobs", type=int, metavar="N", help="fits at a time (default: 1; more distort the seconds)")


def _add_output_options(parser):
    """Add what concerns the answer."""
    add = parser.add_argument
    add("--output", type=Path, metavar="PICTURE", help="default: NAME-pca-or-vae.png in the current folder")
    add("--json", action="store_true", help="print JSON instead of the table")
    add("-q", "--quiet", action="store_true", help="print no progress")


def _run(arguments):
    """Compare, print and draw."""
    output = _checked_output(arguments)
    _check_scaler(arguments)
    X, y = arguments.load(arguments)
    X = _without_empty_columns(X)
    _tell_of_constant_columns(X, arguments)
    _check_table(X, y, arguments)
    title = _title(X, y, arguments)
    if not arguments.quiet:
        say(title)
    comparison = _compare(X, y, arguments)
    picture, failure = None, None
    try:
        picture = _draw(comparison, y, output)
    except OSError as error:  # a full disk shall not cost the table
        failure = error
    answer(_as_json(comparison, picture, arguments) if arguments.json else _as_text(comparison, picture, title))
    if failure is not None:
        raise OSError(f"the picture {output} could not be written. {failure}") from failure


def _checked_output(arguments):
    """Find out where the picture goes, and that it can, before anything is computed."""
    name = getattr(arguments, "name", None) or arguments.table.name.split(".")[0]
    output = arguments.output or Path(f"{name}-pca-or-vae.png")
    if output.suffix.lower() not in _PICTURES:
        raise ValueError(f"--output {output}: the picture's name must end in {', '.join(_PICTURES)}.")
    if not output.parent.is_dir():
        raise ValueError(f"--output {output}: there is no folder {output.parent}.")
    if output.is_dir() or not os.access(output if output.exists() else output.parent, os.W_OK):
        raise ValueError(f"--output {output} cannot be written.")
    return output


def _check_scaler(arguments):
    """Choose the default scaler; a Bernoulli likelihood needs values between 0 and 1."""
    bernoulli = arguments.likelihood == "bernoulli"
    arguments.scaler = arguments.scaler or ("max" if bernoulli else arguments.usual_scaler)
    if bernoulli and arguments.scaler == "standard":
        raise ValueError("--likelihood bernoulli needs values from 0 to 1: use --scaler max, or none.")


def _load_table(arguments):
    """Read the user's table."""
    from skvae.datasets import read_table

    return read_table(arguments.table, **table_options(arguments))


def _load_digits(arguments):
    """Load scikit-learn's digits."""
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True, as_frame=True)


def _without_empty_columns(X):
    """Leave out columns without any value."""
    empty = X.columns[X.isna().all()]
    if len(empty) == X.shape[1]:
        raise ValueError("The table holds no value at all: every cell is empty.")
    if len(empty):
        warnings.warn(f"{_count(len(empty), 'column')} without any value left out, such as {empty[0]!r}.", stacklevel=2)
    return X.drop(columns=empty)


def _tell_of_constant_columns(X, arguments):
    """Warn of columns with one value only, but not of the black pixels of the digits."""
    constant = X.columns[X.min() == X.max()]
    if len(constant) and arguments.load is not _load_digits:
        warnings.warn(f"{_count(len(constant), 'column')} with one value only, such as {constant[0]!r}.", stacklevel=2)


def _check_table(X, y, arguments):
    """Check that the table has rows, columns and labels enough to compare."""
    n_samples, n_features = X.shape
    if n_samples < _FEWEST_ROWS:
        raise ValueError(f"The table has {_count(n_samples, 'row')} to compare, but needs {_FEWEST_ROWS}.")
    # Centring takes one dimension of the training rows, and the noise of PCA needs one.
    most = min(n_samples - -(-n_samples // 4) - 2, n_features)
    if arguments.n_components > most:
        raise ValueError(
            f"--n-components {arguments.n_components} is too many: {n_features} columns and three quarters "
            f"of {n_samples} rows allow {most} at most."
        )
    if y is not None and y.nunique() == 1:
        raise ValueError(f"The target {arguments.target!r} is {y.iloc[0]!r} in all rows: nothing to tell apart.")


def _title(X, y, arguments):
    """Say in one line what is compared."""
    name = getattr(arguments, "name", None) or arguments.table.name
    parts = [_count(len(X), "row"), _count(X.shape[1], "column")]
    if y is not None:
        parts.append(f"{_count(y.nunique(), 'label')} in {arguments.target!r}")
    return f"{name}: {', '.join(parts)}; {_count(arguments.n_components, 'latent variable')}"


def _count(number, noun):
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _compare(X, y, arguments):
    """Fit and measure both pipelines."""
    from joblib import parallel_config

    from skvae.model_selection import compare_transformers

    with parallel_config(backend="loky", initializer=import_quietly, initargs=("tensorflow",)):
        return compare_transformers(
            _pipelines(arguments),
            X,
            y,
            n_repeats=arguments.repeats,
            n_jobs=arguments.n_jobs,
            random_state=arguments.seed,
        )


def _pipelines(arguments):
    """Build the pipelines of PCA and VAE, which differ in the last step only."""
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from skvae.preprocessing import MaxNormalizer, MeanImputer

    bernoulli = arguments.likelihood == "bernoulli"
    # Held-out rows may pass the training maximum, which only a Bernoulli likelihood cannot bear.
    scaler = {"standard": StandardScaler(), "max": MaxNormalizer(clip=bernoulli), "none": "passthrough"}
    models = {"PCA": PCA(arguments.n_components), "VAE": _vae(arguments)}
    return {name: make_pipeline(MeanImputer(), scaler[arguments.scaler], model) for name, model in models.items()}


def _vae(arguments):
    """Build the VAE of the asked-for kind."""
    from skvae import VAETransformer

    import_quietly("tensorflow")
    vae = VAETransformer(arguments.n_components, likelihood=arguments.likelihood)
    return vae if arguments.epochs is None else vae.set_params(epochs=arguments.epochs)


def _draw(comparison, y, output):
    """Draw the latent planes into a file; without matplotlib say so and go on."""
    from skvae.plot import ComparisonDisplay

    try:
        figures = import_optional("matplotlib.figure", extra="plot", purpose="The picture")
    except ImportError as error:
        say(f"note: no picture is drawn. {error}")
        return None
    figure = figures.Figure(figsize=(9.8, 4.3), layout="constrained")
    display = ComparisonDisplay(comparison.codes, y, held_out=comparison.held_out)
    display.plot(figure.subplots(1, len(comparison.codes)))
    figure.savefig(output, dpi=150, bbox_inches="tight")
    return str(output)


def _as_json(comparison, picture, arguments):
    """Write everything for machines."""
    hidden = ("run", "load", "usual_scaler", "quiet", "json", "output")
    settings = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in vars(arguments).items()
        if name not in hidden
    }
    content = {"skvae": __version__, "settings": settings, "picture": picture, **comparison.to_dict()}
    return json.dumps(content, indent=2, allow_nan=False)


def _as_text(comparison, picture, title):
    """Write the table and how to read it."""
    how = (
        "How to read it: the verdict tells differences from chance. Reconstruction error is the share of\n"
        "the held-out rows' variance that the code loses (0: nothing, 1: as much as the mean)."
    )
    return "\n".join([title, "", str(comparison), "", how, *([f"Picture: {picture}"] if picture else [])])
