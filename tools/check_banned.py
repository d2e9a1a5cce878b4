#!/usr/bin/env python3
"""Calls that the house does without, each with what to use instead and the files that may. Comments
and literals are not looked at."""

import re
import sys
from dataclasses import dataclass
from fnmatch import fnmatch

from source import Finding, code_only, cpp_files, line_of, main

TESTS = "*_test.cpp"


@dataclass(frozen=True)
class Ban:
    name: str
    pattern: str
    instead: str
    allowed: tuple = ()  # Patterns of files, beneath src/.


BANS = (
    Ban("locks and threads in a domain room",
        r"\bstd::(?:\w*mutex|lock_guard|unique_lock|shared_lock|scoped_lock|call_once|once_flag|"
        r"condition_variable\w*|atomic\w*|j?thread|async|promise|future|latch|barrier|"
        r"counting_semaphore|binary_semaphore)\b(?!::id)",
        "state belongs to one Loop and crosses by Loop::post; blocking work goes to a Worker",
        ("base/*", "net/*", "sql/*", "journal/*", "app/*", TESTS,
         "roster/roster.h")),  # Poked from every loop; one flag spares it a post for each.
    Ban("a detached thread", r"\.detach\(\)", "an owner that joins it"),
    Ban("the time of day",
        r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\b|"
        r"(?<![\w.>:])(?:::|std::)?(?:time\s*\(\s*(?:nullptr|NULL|0|&)|"
        r"(?:gettimeofday|clock_gettime|localtime(?:_r)?|gmtime(?:_r)?)\s*\()",
        "the Clock that was handed in", ("base/clock.cpp",)),
    Ban("chance",
        r"(?<![\w.>:])(?:::|std::)?(?:s?rand|getrandom|arc4random)\s*\(|"
        r"\bstd::(?:random_device|mt19937\w*|default_random_engine|minstd_rand\w*)\b",
        "the Random that was handed in", ("base/random.*",)),
    Ban("sleeping",
        r"\bthis_thread::sleep_\w+|(?<![\w.>:])(?:::)?(?:u|nano)?sleep\s*\(",
        "Loop::start_timer; in a test a virtual clock or a condition to wait for"),
    Ban("std::format", r"\bstd::(?:v?format(?:_to(?:_n)?)?|print|println)\b",
        "fmt::format (libstdc++ 12 has no <format>)"),
    Ban("fmt::format_to", r"\bfmt::v?format_to\b",
        "text += fmt::format(...): into anything but a buffer of its own, fmt 9 compiles all of its "
        "formatting into the file, which takes seconds"),
    Ban("OpenSSL outside base", r"\b(?:SHA(?:1|224|256|384|512)|EVP_\w+|HMAC|RAND_bytes)\s*\(",
        "base/digest.h, base/signature.h, base/random.h", ("base/*",)),
    Ban("the environment", r"\b(?:secure_)?(?:get|set|put|unset)env\s*\(",
        "an option, read by app and handed in", ("app/*", TESTS)),
    Ban("printing",
        r"(?<![\w.>])(?:::|std::)?(?:f?printf|f?puts|fputc|putchar|perror)\s*\(|"
        r"\bstd::(?:cout|cerr|clog|endl)\b|\bfmt::print\b",
        "base/log.h; a pure room returns what it has to say",
        ("app/*", "base/check.cpp", "base/log.cpp")),
    Ban("throwing", r"\bthrow\b(?!\s*\(\s*\))",
        "return fail(Code, reason) for what may happen, CHECK for what cannot"),
    Ban("using namespace", r"\busing\s+namespace\s+(?!std::(?:\w+_)?literals\b|std::literals\b)",
        "the name in full, or one using declaration in the .cpp"),
    Ban("assert", r"(?<![\w.>])assert\s*\(", "CHECK, which holds in release too"),
    Ban("ending the process",
        r"(?<![\w.>:])(?:::|std::)?(?:abort|_?[eE]xit|quick_exit|terminate)\s*\(",
        "CHECK, or a Result up to main", ("app/*", "base/check.cpp", TESTS)),
    Ban("owning by hand",
        r"(?<![\w.(])new\s+(?!\()[A-Za-z_]|\bdelete\s*(?:\[\s*\])?\s+?[A-Za-z_*(]|"
        r"(?<![\w.>:])(?:::|std::)?(?:malloc|calloc|realloc|free|strdup)\s*\(",
        "std::make_unique, a container, or a unique_ptr with a deleter"),
    Ban("text calls without a limit or an error",
        r"(?<![\w.>:])(?:::|std::)?(?:strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atoll|atof|"
        r"strto\w+|stoi|stol|stoll|stoul|stoull|stof|stod)\s*\(",
        "std::from_chars, fmt::format_to_n",
        (TESTS, "contract/scalar.cpp")),  # from_chars does not say which way a number is out of range.
    Ban("std::regex", r"\bstd::w?regex\b", "a few lines that read the text from left to right"),
    Ban("another process", r"(?<![\w.>:])(?:::|std::)?(?:v?fork|system|popen)\s*\(",
        "a client of the server's own doors"),
    Ban("coroutines", r"\bco_(?:await|return|yield)\b",
        "a callback on a Loop (docs/adr/0010-loops-not-executors.md)"),
)


def check(root, bans=BANS):
    compiled = [(ban, re.compile(ban.pattern)) for ban in bans]
    findings, looked_at = [], 0
    for path, text in cpp_files(root):
        looked_at += 1
        code = code_only(text)
        for ban, pattern in compiled:
            if any(fnmatch(path.removeprefix("src/"), allowed) for allowed in ban.allowed):
                continue
            for found in pattern.finditer(code):
                written = " ".join(found[0].split()).rstrip("( ")
                findings.append(Finding(path, line_of(code, found.start()),
                                        f"{ban.name} ({written})", ban.instead))
    return findings, looked_at


if __name__ == "__main__":
    sys.exit(main(check, "banned calls"))
