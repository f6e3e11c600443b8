"""What the package says of parameters of Python, in words of the command."""

import re

# Parameters, and the options that they are.
_OPTIONS = {
    "n_components": "--n-components",
    "n_repeats": "--repeats",
    "n_refits": "--refits",
    "software": "--software",
    "quantity": "--quantity",
    "layer": "--layer",
    "beta": "--beta",
}
# Sentences that advise what the command has not, or has under another name.
_ADVICE = (
    (r"Lower n_components or beta=\S+, or raise kl_warmup\.", "Lower --n-components."),
    (r" Lower learning_rate\.", ""),
    (r", with n_iter_no_change=\d+\. Raise epochs\.", ". Raise --epochs."),
    (r"Lower n_components\.", "Lower --n-components."),
    (r"drop them, as sklearn\.feature_selection\.VarianceThreshold does\.", "drop them (--drop)."),
    (r", or set keep_empty_features=True to keep them, filled with 0\.", " (--drop)."),
    (r"(Scale the columns first,) with sklearn\.preprocessing\.StandardScaler\.", r"\1 with --scaler standard."),
    (r", or use sklearn\.preprocessing\.StandardScaler\.", ", or use --scaler standard."),
    (r"transpose it, as by pandas' T, or let read_proteins\(.*?\) do so\.", "transpose it, or say --software matrix."),
    (r"(?<=; )if its rows are samples, use read_table\.", "its rows must not be samples."),
    (r" skvae\.model_selection\.compare_transformers compares it with models of your choice\.", ""),
    # Where a message gives both words, such as (transform, --transform none, log2=False).
    (r"\(\w+, (--[^,)]+)(?:, \w+=\w+)?\)", r"(\1)"),
)
_SETTING = re.compile(rf"(?<![\w-])({'|'.join(_OPTIONS)})=(?:'([^']*)'|([\w.]*\w))")


def in_command(message):
    """Say in words of the command what a message says of Python.

    Examples
    --------
    >>> from skvae.cli._wording import in_command
    >>> in_command("n_repeats=0 leaves the comparison out.")
    '--repeats 0 leaves the comparison out.'
    >>> in_command("Say which column does (index, --index).")
    'Say which column does (--index).'
    """
    for python, command in _ADVICE:
        message = re.sub(python, command, message)
    return _SETTING.sub(lambda found: f"{_OPTIONS[found[1]]} {found[2] or found[3]}".rstrip(), message)
