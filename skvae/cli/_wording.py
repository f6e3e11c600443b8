"""What the package says of Python, in words of the command."""

import re

# What lets values be learned that are too large or too far apart.
_SCALED = ("look for extreme values (skvae info)", "scale the columns (--scaler standard)", "lower --beta")
# Sentences of the package as they stand there, values left out; the command's own; and what helps, of which a command
# names what it has an option for.
_SENTENCES = {
    "Posterior collapse: {} of {} latent variables tell nothing about the rows (kl_per_component_ below {} nats). "
    "Lower n_components or beta={}, or raise kl_warmup.": (
        "Posterior collapse: {} of {} latent variables tell nothing about the rows (KL divergence below {} nats).",
        "lower --n-components",
        "lower --beta (now {})",
    ),
    "VAEImputer found no structure between the features: no latent variable is active, so that missing values are "
    "filled with nearly the mean of the feature, or draws around it. The features may be unrelated, or there are too "
    "few rows.": (
        "No structure was found between the columns: what is filled in is nearly the column's mean. The columns may be "
        "unrelated, or there are too few rows.",
    ),
    "Lower learning_rate (or an unusual beta or weight_decay), scale the data (StandardScaler), or raise batch_size.": (
        "",
        *_SCALED,
    ),
    "Lower learning_rate, or scale the data (StandardScaler).": ("", *_SCALED),
    "Lower learning_rate.": ("", "take --scaler standard", "run fewer --epochs", "try --early-stopping"),
    "early stopping was not yet due, with n_iter_no_change={}. Raise epochs.": (
        "early stopping was not yet due.",
        "raise --epochs",
    ),
    "Out of memory while training {} weights with batches of {} rows: lower batch_size, n_components or the sizes of "
    "the hidden layers, or give fewer features.": (
        "Out of memory while training {} weights.",
        "lower --n-components",
        "make the hidden layers smaller (--encoder)",
        "leave out columns (--drop)",
    ),
    "n_components={} is more than the {} features of the data: the model does not compress. Lower n_components.": (
        "--n-components {} is more than the {} features of the data: the model does not compress. Lower it.",
    ),
    "n_components={} is too many:": ("--n-components {} is too many:",),
    "n_repeats=0 leaves the comparison out.": ("--repeats 0 leaves the comparison out.",),
    "likelihood='{}' needs values in [0, 1], but": ("likelihood {} needs values in [0, 1], but",),
    "likelihood='{}' needs counts: 0, 1, 2, ..., but": ("likelihood {} needs counts: 0, 1, 2, ..., but",),
    "Scale them first with skvae.preprocessing.MaxNormalizer(clip=True) or "
    "sklearn.preprocessing.MinMaxScaler(clip=True) (clip, because new rows may pass the range of the training rows), "
    "or take likelihood='gaussian'.": ("", "scale them first (--scaler max)", "take --likelihood gaussian"),
    "Give the counts as they are, neither normalised nor in logarithms, or take likelihood='gaussian'.": (
        "",
        "give the counts as they are, neither normalised nor in logarithms",
        "take --likelihood gaussian",
    ),
    "Negative values in data passed to MaxNormalizer, in column(s) {}: it divides intensities, which are never below "
    "zero, by their maximum. If X holds log ratios, pass 2**X; if it is signed by nature, use MinMaxScaler or "
    "StandardScaler.": (
        "The scaler max needs values that are never negative, but some are in {}.",
        "if they are logarithms, undo these (--transform exp2)",
        "take --scaler standard (with --likelihood gaussian)",
    ),
    "Scale the columns first, with sklearn.preprocessing.StandardScaler.": (
        "",
        "scale the columns first, with --scaler standard",
    ),
    "Divide by a constant, or use sklearn.preprocessing.StandardScaler.": (
        "",
        "divide by a constant",
        "take --scaler standard",
    ),
    "No architecture scored better than the baseline {}: {} against": (
        "No architecture scored better than PCA: {1} against",
    ),
    "such as by MeanImputer.": ("such as by skvae impute.",),
    "(software='{}').": ("(--software {}).",),
    "say software='matrix'; if its rows are samples, use read_table.": (
        "say --software matrix; if its rows are samples, leave out --software.",
    ),
    "transpose it, as by pandas' T, or let read_proteins(..., software='matrix') do so.": (
        "transpose it, or say --software matrix.",
    ),
    "its rows are no samples. read_proteins reads it.": ("its rows are no samples. Say so with --software.",),
    "what has samples there is read by read_table.": ("what has samples there is read without --software.",),
    "have several quantities: leave out quantity={}.": ("have several quantities: leave out --quantity {}.",),
    "is none: leave out layer={}.": ("is none: leave out --layer {}.",),
    "random_state was {} and is {}.": ("--seed was {} and is {}.",),
    # Where a message gives both words.
    "(target, --target)": ("(--target)",),
    "(index, --index)": ("(--index)",),
    "(drop, --drop)": ("(--drop)",),
    "(metadata, --metadata)": ("(--metadata)",),
    "(zero_is_missing, --zero-is-missing)": ("(--zero-is-missing)",),
    "(transform, --transform exp2)": ("(--transform exp2)",),
    "(transform, --transform none, log2=False)": ("(--transform none)",),
}


def in_command(message, options=()):
    """Say in words of the command what a message says of Python; what it quotes, and all else, stays as it is.

    Parameters
    ----------
    message : str
    options : collection of str, default=()
        Those that the command has, such as ``"--epochs"``.

    Examples
    --------
    >>> from skvae.cli._wording import in_command
    >>> in_command("Say which column does (index, --index).")
    'Say which column does (--index).'
    >>> in_command("Lower learning_rate.", ["--epochs", "--early-stopping"])
    'Run fewer --epochs, or try --early-stopping.'
    >>> in_command("There is no file beta=2.csv")
    'There is no file beta=2.csv'
    """
    for pattern, words in _PATTERNS:
        message = pattern.sub(lambda found, words=words: _said(found, words, options), message)
    return message.rstrip()


def _pattern(sentence):
    """Find a whole sentence, and what is quoted, to pass it over; the apostrophe of a word quotes nothing."""
    words = "(.+?)".join(map(re.escape, sentence.split("{}")))
    return re.compile(rf"(?<!\w)'[^']*'|(?<!\w)\"[^\"]*\"|(?<!\S)({words})(?![\w/])")


_PATTERNS = [(_pattern(sentence), words) for sentence, words in _SENTENCES.items()]


def _said(found, words, options):
    """Say otherwise what was found, and what helps as far as the command has it."""
    if found[1] is None:
        return found[0]
    text, *remedies = words
    remedies = [words for words in remedies if all(option in options for option in re.findall(r"--[\w-]+", words))]
    advice = ", or ".join(remedies)
    advice = f"{advice[0].upper()}{advice[1:]}." if advice else ""
    return " ".join(part for part in (text, advice) if part).format(*found.groups()[1:])
