"""The command ``skvae study``: a study of the literature, run again."""

from pathlib import Path

from skvae import __version__
from skvae.cli._arguments import add_answer_options, add_seed, add_table_options, positive, table_options
from skvae.cli._console import import_quietly, working
from skvae.cli._output import check_folder, give
from skvae.cli._parser import new_command
from skvae.studies import STUDIES


def add_command(commands):
    """Describe the command to the parser."""
    what = "run a study of the literature again: a table, a picture, and which of its findings hold"
    study = new_command(commands, "study", _run, what, "skvae study quantity --quick", "NAME")
    add = study.add_argument
    add("name", choices=STUDIES, metavar="NAME", help=", ".join(STUDIES))
    add("--quick", action="store_true", help="small sizes, done in seconds, in place of those of the source")
    data_help = "files .npz of images, put together, or a table with --target (default: what stands in, see the docs)"
    add("--data", nargs="+", type=Path, metavar="FILE", help=data_help)
    add_table_options(study, with_holes=False)
    add("--replicates", type=positive, metavar="N", help="default: 10; quick: 2")
    add_seed(study)
    add("--n-jobs", type=int, metavar="N", help="parts at a time (default: 1); the results are the same")
    output_help = "default: study-NAME, or study-NAME-quick, in the current folder; a run there is gone on from"
    add("-o", "--output", type=Path, metavar="FOLDER", help=output_help)
    add_answer_options(study)


def _run(arguments):
    """Run the study, and print its summary."""
    from skvae.studies import read_samples, run

    output = arguments.output or Path(f"study-{arguments.name}{'-quick' if arguments.quick else ''}")
    check_folder(output)
    import_quietly("tensorflow")
    data = None if arguments.data is None else read_samples(arguments.data, **_of_table(arguments))
    with working(arguments):
        result = run(
            arguments.name,
            data=data,
            quick=arguments.quick,
            sizes={} if arguments.replicates is None else {"replicates": arguments.replicates},
            output=output,
            n_jobs=arguments.n_jobs,
            random_state=arguments.seed,
        )
    give(arguments, _content(result, output), f"{result}\n\nTable, picture and manifest: {output}")


def _content(result, output):
    """Return what is printed, for machines."""
    return {
        "skvae": __version__,
        "study": result.study.name,
        "data": result.data,
        "sizes": result.sizes,
        "findings": [finding._asdict() for finding in result.findings],
        "table": result.table.to_dict(orient="records"),
        "output": str(output),
    }


def _of_table(arguments):
    """Return how a table is to be read; of images there is nothing to say."""
    options = table_options(arguments)
    return {} if all(path.suffix.lower() == ".npz" for path in arguments.data) else options
