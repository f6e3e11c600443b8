"""The command line as a whole: help, unknown names, exit codes, pipes, signals."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

import skvae
from skvae import cli

COMMANDS = [
    "compare",
    "demo",
    "fit",
    "transform",
    "reconstruct",
    "sample",
    "impute",
    "search",
    "study",
    "info",
    "report",
]
NO_TABLE = {"demo", "study", "sample"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_that_parses(command, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([command, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    examples = re.findall(r"^  skvae (.*)", out.partition("example:\n")[2].replace("\\\n", ""), re.MULTILINE)
    assert examples
    for example in examples:
        arguments = cli._parser().parse_args(example.split())
        assert example.split()[0] == command
        assert callable(arguments.run)


def test_help_of_a_command_is_light_and_quick():
    code = (
        "import sys\nfrom skvae.cli import main\ntry: main(['fit', '--help'])\nexcept SystemExit: pass\n"
        "print({'numpy', 'pandas', 'sklearn', 'tensorflow', 'matplotlib', 'rich'} & set(sys.modules))"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
    assert time.perf_counter() - start < 5  # 0.2 s on an idle machine


@pytest.mark.parametrize(
    ("argv", "suggestion"),
    [
        (["fti", "t.csv"], "did you mean fit?"),
        (["fit", "t.csv", "-o", "m.skvae", "--epocs", "3"], "did you mean --epochs?"),
        (["fit", "t.csv", "--ouput", "m.skvae"], "did you mean --output?"),
        (["fit", "t.csv", "-o", "m.skvae", "--likelihood=gausian"], "did you mean gaussian?"),
        (["study", "quantiti"], "did you mean quantity?"),
    ],
)
def test_unknown_names_suggest_the_nearest(argv, suggestion, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(argv)
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert suggestion in err
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize(
    "argv",
    [
        ["fit"],
        ["fit", "t.csv"],
        ["fit", "t.csv", "-o", "m.skvae", "--encoder", "3,x"],
        ["fit", "t.csv", "-o", "m.skvae", "--encoder", "3,0"],
        ["fit", "t.csv", "-o", "m.skvae", "--beta", "-1"],
        ["fit", "t.csv", "-o", "m.skvae", "--beta", "nan"],
        ["sample", "m.skvae", "-n", "0"],
        ["sample", "m.skvae", "--as", "lab"],
        ["transform", "m.skvae"],
        ["search", "t.csv", "-o", "m.skvae", "--scoring", "luck"],
        ["fit", "t.csv", "-o", "m.skvae", "--unheard-of"],
    ],
)
def test_bad_arguments_end_with_2(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(argv)
    assert stop.value.code == 2
    assert f"usage: skvae {argv[0]} --help" in capsys.readouterr().err


def test_a_closed_pipe_is_quiet(here):
    """As in ``skvae transform MODEL TABLE | head -1``, once more is written than a pipe holds."""
    import pandas as pd

    table = pd.read_csv("plain.csv", index_col=0)
    pd.concat([table] * 100).reset_index(drop=True).to_csv("long.csv", index=False)
    argv = [sys.executable, "-m", "skvae", "transform", "pca.skvae", "long.csv"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith(",pca0")
    process.stdout.close()
    assert process.wait(timeout=60) == 1
    assert process.stderr.read() == ""


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize(
    ("redirected", "code", "out", "err"),
    [
        (">&-", 1, "", ""),
        ("2>&-", 0, "plain.csv: 150 rows", ""),
        (">&- 2>&-", 1, "", ""),
        ("<&- >&- 2>&-", 1, "", ""),
        (">/dev/full", 2, "", "skvae: error: The answer could not be written to stdout."),
    ],
)
def test_closed_streams_are_no_reason_for_a_traceback(here, redirected, code, out, err):
    command = f"{sys.executable} -m skvae info plain.csv {redirected}"
    # As users run it: writing only once there is enough.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == code
    assert done.stdout.startswith(out)
    assert done.stderr.startswith(err)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_file_does_not_take_the_place_of_a_closed_stream(here):
    """Else what is said on stderr would stand in the table."""
    command = f"{sys.executable} -m skvae transform pca.skvae labelled.csv -o codes.csv 2>&-"
    assert subprocess.run(command, shell=True, capture_output=True, check=False).returncode == 0
    assert (here / "codes.csv").read_text().startswith("flower,pca0,pca1\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
@pytest.mark.parametrize("command", ["info none.csv", "--help", "fti"])
def test_broken_pipes_are_quiet(here, command):
    """Nobody reads, neither answers nor errors."""
    reader, writer = os.pipe()
    os.close(reader)
    argv = [sys.executable, "-m", "skvae", *command.split()]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    assert subprocess.run(argv, stdout=writer, stderr=writer, check=False, env=environment).returncode in (0, 1, 2)
    os.close(writer)
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(argv, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, env=environment)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    os.close(writer)


def _takes_interrupts():
    """Let a child hear Ctrl-C even if the shell that started the tests does not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_ctrl_c_in_the_midst_of_a_fit(here):
    code = (  # lines at once, and no XLA, which compiles for long
        "import sys\nfrom skvae import cli\nfrom skvae.cli import _progress\nfrom skvae.estimators import _training\n"
        "_progress._PAUSE, _training.prefers_xla = 0.1, lambda n_weights: False\nsys.exit(cli.main())"
    )
    argv = [sys.executable, "-c", code, "fit", "holes.csv", "-o", "m.skvae", "--epochs", "10000000", "--encoder", "4"]
    process = subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_takes_interrupts
    )
    said = []
    for line in process.stderr:
        said.append(line)
        if re.search(r"epoch \d+/10000000, [\d.]+ (s|min|h) left", line):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert [line for line in [*said, *err.splitlines()] if not line.startswith("skvae: ")] == []
    assert "Model: m.skvae" in out
    assert skvae.load("m.skvae")[-1].n_iter_ < 10000000
    assert [path.name for path in here.iterdir() if path.name.endswith(".tmp")] == []
