"""What there is to say of a table before it is fitted."""

import numpy as np

# Median above which whole numbers are hardly counts.
_MANY = 1000.0
# Columns whose spreads differ by more need a scaler.
_SPREADS = 10.0
# A share of zeros above which they may mean that nothing was measured.
_MANY_ZEROS = 0.01


def describe_table(arguments):
    """Gather what there is to say of a table.

    Parameters
    ----------
    arguments : Namespace
        With ``table``, and the options of `add_naming_options`.

    Returns
    -------
    dict
        What JSON can hold.
    """
    from skvae.cli._reading import read_as_it_is

    frame = read_as_it_is(arguments)
    numeric = frame.select_dtypes("number")
    others = [str(name) for name in frame.columns if name not in set(numeric.columns)]
    content = {
        "file": str(arguments.table),
        "rows": len(frame),
        "columns": frame.shape[1],
        "samples": None if frame.index.name is None else str(frame.index.name),
        "text_columns": {name: int(frame[name].nunique()) for name in others},
        "numeric_columns": numeric.shape[1],
    }
    values = numeric.to_numpy(dtype=np.float64)
    if np.isfinite(values).any():
        content |= _of_values(np.where(np.isinf(values), np.nan, values))
    return content | {"hints": _hints(content)}


def _of_values(values):
    """Measure holes and scale."""
    from skvae._constant import constant_columns
    from skvae._raw import raw_reach

    missing, known = np.isnan(values), values[~np.isnan(values)]
    empty = missing.all(axis=0)
    spread = np.nanstd(values[:, ~empty], axis=0)
    low, median, high = np.percentile(known, [1, 50, 99])
    return {
        "missing": float(missing.mean()),
        "complete_columns": int((~missing).all(axis=0).sum()),
        "empty_columns": int(empty.sum()),
        "sparse_columns": int((~empty & (missing.mean(axis=0) > 0.5)).sum()),
        "constant_columns": int(constant_columns(values).sum()),
        "most_missing_of_a_row": float(missing.mean(axis=1).max()),
        "range": [float(known.min()), float(known.max())],
        "percentiles_1_50_99": [float(low), float(median), float(high)],
        "zeros": float((known == 0).mean()),
        "looks_raw": raw_reach(values) is not None,
        # Intensities are whole numbers in some programs' tables, but large ones.
        "counts": bool((known >= 0).all() and (known == np.floor(known)).all() and median < _MANY),
        "ratio_of_spreads": _ratio(spread[spread > 0]),
    }


def _ratio(values):
    """Divide the 99th by the 1st percentile of positive values."""
    return float(np.percentile(values, 99) / np.percentile(values, 1)) if len(values) else 1.0


def _hints(content):
    """Say what the scale suggests."""
    if "range" not in content:
        return ["It holds no number."]
    low, most = content["range"]
    found = [
        (content["text_columns"], "text columns: labels (--target), covariates (--covariates) or nothing (--drop)"),
        (low < 0, "negative values: logarithms or ratios, so no --transform log2"),
        (content["looks_raw"], "like raw intensities or counts: perhaps --transform log2"),
        (content["counts"] and most > 1, "whole numbers: perhaps --likelihood negative_binomial"),
        (low >= 0 and content["zeros"] > _MANY_ZEROS, "many zeros: if they mean not measured, --zero-is-missing"),
        (content["missing"] > 0, "missing values: fit leaves them out of the likelihood, or skvae impute fills them"),
        (
            content["sparse_columns"] > 0,
            f"{content['sparse_columns']} columns known in less than half of the rows: perhaps --min-known 0.5",
        ),
        (content["ratio_of_spreads"] > _SPREADS, "columns of different scale: --scaler standard, the default"),
        (content["rows"] < content["columns"] / 100, "far more columns than rows: see skvae compare for what holds"),
    ]
    return [hint for holds, hint in found if holds]


def table_text(content):
    """Write it for people."""
    named = f", samples named by {content['samples']!r}" if content["samples"] else ""
    lines = [f"{content['file']}: {content['rows']} rows, {content['columns']} columns{named}"]
    for name, n_values in list(content["text_columns"].items())[:10]:
        lines.append(f"  text         {name!r}, {n_values} different")
    if "range" in content:
        lines += _value_lines(content)
    return "\n".join([*lines, *(f"  hint         {hint}" for hint in content["hints"])])


def _value_lines(content):
    """Write what was measured of the numbers."""
    low, median, high = content["percentiles_1_50_99"]
    least, most = content["range"]
    return [
        f"  missing      {100 * content['missing']:.1f} % of the values, at most "
        f"{100 * content['most_missing_of_a_row']:.1f} % of a row; {content['complete_columns']} complete columns",
        f"  useless      {content['empty_columns']} columns without any value, {content['constant_columns']} constant",
        f"  range        {least:.6g} to {most:.6g}; 98 % within {low:.6g} to {high:.6g}, median {median:.6g}",
        f"  zeros        {100 * content['zeros']:.1f} %",
    ]
