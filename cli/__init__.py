"""The command `hemero`: one short file a subcommand, heavy imports made inside the functions that need them."""
