"""The command `hemero`: one short file a subcommand, heavy imports made where they are needed."""
