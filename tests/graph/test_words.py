"""Numbers in words."""

import pytest

from archivit_widgets.graph import words


@pytest.mark.parametrize(
    ("value", "written", "short"),
    [
        (-0.0, "0", "0"),
        (0.0, "0", "0"),
        (48.04, "48.04", "48"),
        (1_234_567.0, "1,234,567", "1.23M"),
        (999_999_999.0, "999,999,999", "1B"),
        (999_999_999_999_999.9, "1.00e+15", "1.00e+15"),
        (-999_900_000_000.0, "-999,900,000,000", "-1T"),
    ],
)
def test_numbers_are_written_as_one_reads_them(value, written, short):
    assert words.amount(value) == written
    assert words.number(value) == short
