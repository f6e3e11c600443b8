"""Options of the command for models that are fitted at once."""

TINY = ["--epochs", "3", "--encoder", "4"]
