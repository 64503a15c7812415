"""Progress on the error stream, where it does not mix with the table."""

import sys
from tqdm import tqdm


def progress(items, label):
    """The items, with a bar for a person and nothing for a file."""
    return tqdm(items, desc=label, file=sys.stderr, leave=False, disable=not sys.stderr.isatty())
