"""Files of tables, their columns, samples and numbers: what the readers and the command build on."""
