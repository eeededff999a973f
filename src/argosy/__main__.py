"""`python -m argosy` is the command `argosy`."""

import sys

from argosy.cli import main

sys.exit(main())
