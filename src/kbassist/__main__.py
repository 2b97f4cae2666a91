"""`python -m kbassist`: the same as the console script."""

from kbassist.cli import main

main()
