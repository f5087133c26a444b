"""Which tables of a benchmark are asked for."""


def asked(parser, known):
    """Read the command line; ``tables`` are some of the known names, or none of them.

    Not by ``choices``: in Python 3.11 they refuse that nothing is asked for.
    """
    parser.add_argument("tables", nargs="*", help=f"some of {', '.join(known)}; none: all that the text above names")
    options = parser.parse_args()
    if unknown := [name for name in options.tables if name not in known]:
        parser.error(f"there is no table {', '.join(unknown)}; the tables are {', '.join(known)}")
    return options
