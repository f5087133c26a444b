"""The forms in which texts write a moment, and the SQL that reads them as microseconds since 1970."""

from __future__ import annotations

# DuckDB would read zones such as BST and CST too, which mean several, and PST in summer as another.
ISO = r"(?i)-?\d{4,6}[-/][^A-Za-z]*(?:T[^A-Za-z]*)?(?:Z|UTC|GMT|EST|MST|HST|JST|[A-Za-z_]+/.*|\(BC\).*)?"
HALVES = (" %I:%M:%S %p", " %I:%M %p", " %I %p")
CLOCKS = ("", " %H:%M", " %H:%M:%S", *HALVES)
# Days with a month in words, shortened as `SHORTENED` does it.
WORDED = (
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%B %d %Y",
    "%b %d %Y",
    "%d-%b-%Y",
    "%d-%B-%Y",
    "%b-%d-%Y",
    "%d/%b/%Y",
    "%a, %d %b %Y",
    "%A, %d %B %Y",
    "%A, %B %d, %Y",
)
WITH_WORDS = (
    *(day + clock for day in WORDED for clock in CLOCKS),
    "%B %Y",
    "%b %Y",
    "%Y-%m-%d %H:%M:%S %z UTC",
    "%Y-%m-%d %H:%M:%S.%f %z UTC",
    "%a, %d %b %Y %H:%M:%S GMT",
)
WITHOUT_WORDS = (
    "%Y.%m.%d",
    "%Y%m%dT%H%M%S",
    "%Y%m%dT%H%M%SZ",
    *(day + clock for day in ("%Y-%m-%d", "%Y/%m/%d") for clock in HALVES),
)
MONTH = r"\d{1,2}[/-]\d{4}"  # behind a point stand decimals as often
NUMBERED = r"^\d{1,2}(/\d{1,2}/|\.\d{1,2}\.|-\d{1,2}-)\d{4}"  # the day or the month first
DOTTED = r"^\d{1,2}\.\d{1,2}\.\d{4}"
DAY_FIRST = tuple(f"%d/%m/%Y{clock}" for clock in CLOCKS)
MONTH_FIRST = tuple(f"%m/%d/%Y{clock}" for clock in CLOCKS)
# 12th, Sept., Jan. and 5. are 12, Sep, Jan and 5; the +UTC of Etherscan is left out; 11:00p.m. is 11:00 pm. Of the
# nanoseconds of Go microseconds are left: read as they are, they would end all times in 2262.
SHORTENED = (
    r"(\d)(?:st|nd|rd|th)\b|\b(Sep)t\b\.?|([a-z]{3})\.|^(\d{1,2})\.(\s)|\s\+UTC$|(:\d\d\.\d{6})\d+",
    r"\1\2\3\4\5\6",
)
HALVED = (r"(\d)\s*([ap])\.?\s?m\.?$", r"\1 \2m")
# How a catalogue writes a year that it does not know for certain, or several; and the years of one that goes on.
ABOUT = (
    r"(?:c|ca|circa|about|approx)\.?\s*\d{4}\s*(?:[-–]\s*\d{1,4}\s*)?\??|\d{4}\s*(?:\?|\(\?\))|\[\d{4}\s*\??\]"
    r"|\d{4}\s*[-–/]\s*(?:\d{4}|\d{1,4}\s*\?)|(?:the\s+)?\d{3}0s|\d{4}\s*[-–—]"
)
# How a database writes a day or a month that it does not know.
NO_DAY = r"\d{4}([-/]\d{2})?[-/]00( 00:00(:00)?)?"
NO_MONTH = r"\d{4}[-/]00([-/]00)?( 00:00(:00)?)?"


def named(text: str) -> str:
    """Write the SQL that reads days in words, months, and days with the year first that are not quite ISO."""
    words = f"regexp_matches({text}, '[A-Za-z]{{3}}') AND regexp_matches({text}, '\\d{{4}}')"
    worded = microseconds(strptime(replaced(halved(text), SHORTENED, "gi"), WITH_WORDS))
    plain = microseconds(strptime(halved(text), WITHOUT_WORDS))
    month = microseconds(strptime(f"replace({text}, '-', '/')", ("%m/%Y",)))
    return (
        f"CASE WHEN {words} THEN {worded} WHEN regexp_matches({text}, '^\\d{{4,8}}\\D') THEN {plain} "
        f"WHEN regexp_full_match({text}, '{MONTH}') THEN {month} END"
    )


def numbered(text: str, formats: tuple[str, ...]) -> str:
    """Write the SQL that reads days in numbers, the year behind them."""
    slashed = f"translate({halved(text)}, '.-', '//')"
    return f"CASE WHEN regexp_matches({text}, '{NUMBERED}') THEN {microseconds(strptime(slashed, formats))} END"


def about(text: str) -> str:
    """Write the SQL that reads what is known of a time that is not known for certain."""
    # The first test is cheap and nearly always false.
    ends = f"contains('act[', lower({text}[1])) OR contains('?)]s-–—', {text}[-1])"
    several = f"length({text}) BETWEEN 9 AND 12 AND NOT contains('-/', {text}[8])"
    zeros = f"{text}[6:7] = '00' OR {text}[9:10] = '00'"
    forms = " OR ".join(f"regexp_full_match({text}, '{form}', 'i')" for form in (ABOUT, NO_DAY, NO_MONTH))
    month = f"CASE WHEN {text}[9:10] = '00' AND {text}[6:7] != '00' THEN {text}[6:7] ELSE '01' END"
    year = f"nullif(regexp_extract({text}, '\\d{{4}}'), '0000')"
    first = f"try_cast({year} || '-' || {month} || '-01' AS TIMESTAMP)"
    return f"CASE WHEN ({ends} OR {several} OR {zeros}) AND ({forms}) THEN {microseconds(first)} END"


def halved(text: str) -> str:
    """Write the SQL that writes a.m. and p.m. as strptime knows them."""
    return f"CASE WHEN contains('mM.', {text}[-1]) THEN {replaced(text, HALVED, 'i')} ELSE {text} END"


def replaced(text: str, rule: tuple[str, str], options: str) -> str:
    """Write the SQL that replaces a pattern."""
    return f"regexp_replace({text}, '{rule[0]}', '{rule[1]}', '{options}')"


def strptime(text: str, formats: tuple[str, ...]) -> str:
    """Write the SQL that tries formats in turn."""
    return f"try_strptime({text}, [{', '.join(repr(one) for one in formats)}])"


def microseconds(moment: str) -> str:
    """Write the SQL that counts microseconds since 1970; infinity and BC-years beyond int64 are NULL."""
    return f"CASE WHEN isfinite({moment}) THEN epoch_us({moment}) END"
