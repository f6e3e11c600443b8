"""The commands ``skvae compare`` and ``skvae demo``: PCA or VAE? One table, one picture."""

from pathlib import Path

from skvae import __version__
from skvae._count import count
from skvae._optional import import_optional
from skvae.cli._arguments import add_answer_options, add_jobs, add_table, add_table_options, positive, settings
from skvae.cli._console import answer, say, working
from skvae.cli._output import as_json, check_output, check_suffix, tell
from skvae.cli._parser import new_command
from skvae.cli._pipelines import add_model_options, check_model_options, make_scaler, make_vae
from skvae.cli._reading import read_samples
from skvae.cli._tables import hint_at_logarithms, without_constant_columns

_PICTURES = (".png", ".pdf", ".svg")


def add_commands(commands):
    """Describe both commands to the parser."""
    what = "fit PCA and VAE on the same rows, compare them on held-out rows, draw their latent planes"
    example = "skvae compare proteins.csv --metadata samples.csv --target group"
    compare = new_command(commands, "compare", _run, f"{what}: your table", example, "TABLE")
    compare.set_defaults(load=_load_table, usual_scaler="standard")
    add_table(compare)
    add_table_options(compare)
    demo = new_command(commands, "demo", _run, f"{what}: scikit-learn's handwritten digits", "skvae demo")
    # All pixels have one unit; standardised, those at the edges would count as much as the digit.
    demo.set_defaults(load=_load_digits, name="digits", target="digit", usual_scaler="none")
    for command in (compare, demo):
        add_model_options(command)
        command.set_defaults(likelihood="gaussian")
        splits_help = "random splits, each with its seed (default: 5)"
        command.add_argument("--repeats", type=positive, default=5, metavar="N", help=splits_help)
        add_jobs(command)
        picture_help = "default: NAME-pca-or-vae.png in the current folder; an existing file is replaced"
        command.add_argument("-o", "--output", type=Path, metavar="PICTURE", help=picture_help)
        add_answer_options(command)


def _run(arguments):
    """Compare, print and draw."""
    output = _checked_output(arguments)
    check_model_options(arguments)
    X, y = arguments.load(arguments)
    _check_table(X, y, arguments)
    title = _title(X, y, arguments)
    tell(arguments, title)
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
    check_suffix(output, _PICTURES)
    check_output(output)
    return output


def _load_table(arguments):
    """Read the user's table."""
    samples = read_samples(arguments)
    hint_at_logarithms(samples.X, arguments)
    return without_constant_columns(samples.X), samples.y


def _load_digits(arguments):
    """Load scikit-learn's digits, in which some pixels are always black."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True, as_frame=True)
    return X, y.rename("digit")


def _check_table(X, y, arguments):
    """Check that the table has rows, columns and labels enough to compare."""
    from skvae.model_selection import check_size

    check_size(X.shape, arguments.n_components)
    if y is not None and y.nunique() == 1:
        raise ValueError(f"The target {arguments.target!r} is {y.iloc[0]!r} in all rows: nothing to tell apart.")


def _title(X, y, arguments):
    """Say in one line what is compared."""
    name = getattr(arguments, "name", None) or arguments.table.name
    parts = [count(len(X), "row"), count(X.shape[1], "column")]
    if y is not None:
        parts.append(f"{count(y.nunique(), 'label')} in {arguments.target!r}")
    return f"{name}: {', '.join(parts)}; {count(arguments.n_components, 'latent variable')}"


def _compare(X, y, arguments):
    """Fit and measure both pipelines."""
    from skvae.model_selection import compare_transformers

    with working(arguments):
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

    from skvae.model_selection import with_steps_before

    clip = arguments.likelihood == "bernoulli"
    models = {"PCA": PCA(arguments.n_components), "VAE": make_vae(arguments)}
    return with_steps_before(models, lambda: make_scaler(arguments.scaler, clip))


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
    own = {"skvae": __version__, "settings": settings(arguments), "picture": picture}
    return as_json({**own, **comparison.to_dict()})


def _as_text(comparison, picture, title):
    """Write the table and how to read it."""
    how = (
        "How to read it: the verdict tells differences from chance. Reconstruction error is the share of\n"
        "the held-out rows' variance that the code loses (0: nothing, 1: as much as the mean)."
    )
    return "\n".join([title, "", str(comparison), "", how, *([f"Picture: {picture}"] if picture else [])])
