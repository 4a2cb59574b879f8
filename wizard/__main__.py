"""`python -m wizard`."""

from wizard.cli.main import main

main()
