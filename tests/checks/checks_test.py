#!/usr/bin/env python3
"""Proves that each check under tools/ can fail: a small tree, one fault in it, and the finding that
must come. A row without a finding shows what must stay allowed."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check_banned  # noqa: E402
import check_docs  # noqa: E402
import check_reasons  # noqa: E402
import check_repository  # noqa: E402
import check_rooms  # noqa: E402
import source  # noqa: E402

ROOMS = "room(base)\nroom(net USES base LIBRARIES x::y)\nroom(call USES base) # net\n"
ADR = "# 1. A title\n\n## Context\n\n## Decision\n\n## Consequences\n\n## Turned down\n"


def findings(check, files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return [str(finding) for finding in check(root)[0]]


class Rooms(unittest.TestCase):
    # Name, file under src/, its text, what the only finding must contain (None: no finding).
    CASES = (
        ("a room it uses", "call/a.h", '#include "base/clock.h"', None),
        ("itself", "call/a.cpp", '#include "call/a.h"', None),
        ("a room it does not use", "call/a.cpp", '#include "net/socket.h"', "call does not use net"),
        ("a room above", "base/a.cpp", '#include "call/a.h"', "base does not use call"),
        ("no room at all", "call/a.cpp", '#include "clock.h"', "does not begin with a room"),
        ("spaces do not hide it", "call/a.cpp", ' #  include  "net/a.h"', "does not use net"),
        ("in a comment", "call/a.cpp", '// #include "net/a.h"\n/* #include "net/a.h" */', None),
        ("an undeclared room", "util/a.h", "", "util is not a room"),
        ("LIBRARIES are no rooms", "net/a.cpp", '#include "x/a.h"', "does not begin with a room"),
        ("Asio in a domain room", "call/a.h", "#include <boost/asio/post.hpp>", "base/loop.h"),
        ("Asio in net", "net/a.h", "#include <boost/asio/post.hpp>", None),
        ("Asio in the file that may", "base/asio_loop.cpp", "#include <boost/asio/post.hpp>", None),
        ("Asio in a file beside it", "base/clock.cpp", "#include <boost/asio/post.hpp>", "base/loop.h"),
        ("another part of Boost", "net/a.cpp", "#include <boost/json.hpp>", "standard library"),
        ("SQLite outside sql", "call/a.cpp", "#include <sqlite3.h>", "sql/database.h"),
        ("simdjson in a header", "call/a.h", "#include <simdjson.h>", "contract/json.h"),
        ("GoogleTest in a test", "call/a_test.cpp", "#include <gtest/gtest.h>", None),
        ("GoogleTest in the product", "call/a.cpp", "#include <gtest/gtest.h>", "_test.cpp"),
        ("the standard library", "call/a.cpp", "#include <vector>", None),
    )

    def test_includes(self):
        for name, path, text, expected in self.CASES:
            with self.subTest(name):
                found = findings(check_rooms.check,
                                 {"src/CMakeLists.txt": ROOMS, f"src/{path}": text + "\n"})
                self.assertEqual(len(found), 0 if expected is None else 1, found)
                if expected:
                    self.assertIn(expected, found[0])

    def test_what_may_never_be_reached(self):
        for rooms, expected in (
                ("room(whatif USES call)\nroom(rerun USES net)\n", 0),
                ("room(orchestration USES net)\nroom(a USES orchestration)\nroom(rerun USES a)\n", 1),
                ("room(orchestration USES net)\nroom(whatif USES orchestration)\n", 2)):
            with self.subTest(rooms):
                found = findings(check_rooms.check, {"src/CMakeLists.txt": ROOMS + rooms})
                self.assertEqual(len(found), expected, found)
                self.assertTrue(all("never may" in one for one in found), found)

    def test_names_the_line(self):
        found = findings(check_rooms.check, {
            "src/CMakeLists.txt": ROOMS, "src/call/a.cpp": '#include "call/a.h"\n\n#include "net/b.h"\n'})
        self.assertTrue(found[0].startswith("src/call/a.cpp:3: "), found)


class Banned(unittest.TestCase):
    CASES = (
        ("call/a.h", "std::mutex m;", "locks and threads"),
        ("call/a.h", "std::atomic<int> n;", "locks and threads"),
        ("call/a.h", "std::jthread t;", "locks and threads"),
        ("base/a.h", "std::mutex m;", None),
        ("call/a_test.cpp", "std::thread t(f);", None),
        ("base/a.cpp", "thread.detach();", "detached"),
        ("call/a.cpp", "auto t = std::chrono::system_clock::now();", "time of day"),
        ("call/a.cpp", "auto t = time(nullptr);", "time of day"),
        ("call/a.cpp", "auto t = ::time(nullptr);", "time of day"),
        ("call/a.cpp", "auto t = event.time();", None),
        ("call/a.h", "const RowTime& time() const;", None),
        ("call/a.cpp", "auto t = wall_time(event);", None),
        ("base/clock.cpp", "return std::chrono::system_clock::now();", None),
        ("call/a.cpp", "int n = rand();", "chance"),
        ("call/a.cpp", "std::mt19937_64 engine(1);", "chance"),
        ("base/random.h", "std::mt19937_64 engine_;", None),
        ("call/a.cpp", "SeededRandom random(7);", None),
        ("call/a_test.cpp", "std::this_thread::sleep_for(1s);", "sleeping"),
        ("net/a.cpp", "usleep(5);", "sleeping"),
        ("call/a.cpp", 'auto s = std::format("{}", 1);', "fmt::format"),
        ("call/a.cpp", 'auto s = fmt::format("{}", 1);', None),
        ("call/a.cpp", 'fmt::format_to(std::back_inserter(s), "{}", 1);', "fmt::format"),
        ("call/a.cpp", "SHA256(in, n, out);", "base/digest.h"),
        ("base/digest.cpp", "EVP_DigestInit(c, m);", None),
        ("call/a.cpp", 'auto v = std::getenv("HOME");', "environment"),
        ("app/main.cpp", 'auto v = std::getenv("HOME");', None),
        ("call/a.cpp", 'printf("x");', "printing"),
        ("call/a.cpp", 'std::cerr << "x";', "printing"),
        ("call/a.cpp", 'throw Error{};', "throwing"),
        ("call/a.cpp", "void f() noexcept;  // may throw", None),
        ("call/a.cpp", "using namespace std;", "using namespace"),
        ("call/a.cpp", "using namespace std::chrono_literals;", None),
        ("call/a.cpp", "using namespace std::string_view_literals;", None),
        ("call/a.cpp", "assert(x);", "CHECK"),
        ("call/a.cpp", "static_assert(x);", None),
        ("call/a.cpp", "std::abort();", "CHECK"),
        ("app/main.cpp", "std::exit(2);", None),
        ("call/a.cpp", "auto p = new Thing;", "make_unique"),
        ("call/a.cpp", "delete p;", "make_unique"),
        ("call/a.h", "Thing(const Thing&) = delete;", None),
        ("call/a.cpp", "new (where) Thing;", None),
        ("call/a.cpp", "std::unique_ptr<Thing>(new Thing(1));", None),
        ("call/a.cpp", "int n = atoi(s);", "from_chars"),
        ("call/a.cpp", "int n = std::stoi(s);", "from_chars"),
        ("call/a.cpp", 'std::regex r("a");', "left to right"),
        ("net/a.cpp", "if (fork() == 0) return;", "another process"),
        ("net/a.cpp", "co_return;", "a callback on a Loop"),
        ("call/a.cpp", 'auto s = "std::mutex rand() throw";', None),
        ("call/a.cpp", 'auto s = R"(printf("x"); throw 1;)";', None),
        ("call/a.cpp", "auto n = 1'000; std::mutex m; auto k = 2'000;", "locks and threads"),
        ("call/a.cpp", "auto c = '\"'; std::mutex m; auto d = '\"';", "locks and threads"),
        ("call/a.cpp", "/* std::mutex\n std::mutex */ int n;", None),
    )

    def test_bans(self):
        for path, text, expected in self.CASES:
            with self.subTest(path=path, text=text):
                found = findings(check_banned.check, {f"src/{path}": text + "\n"})
                self.assertEqual(len(found), 0 if expected is None else 1, found)
                if expected:
                    self.assertIn(expected, found[0])

    def test_every_ban_has_a_row_that_trips_it(self):
        tripped = {found.split(": ", 1)[1].split(" (")[0]
                   for path, text, _ in self.CASES
                   for found in findings(check_banned.check, {f"src/{path}": text + "\n"})}
        self.assertEqual(tripped, {ban.name for ban in check_banned.BANS})


class Reasons(unittest.TestCase):
    ERRORS = '{"reasons": {"forbidden": {"code": "not_allowed"}, "slow": {"code": "overloaded"}}}'
    CASES = (
        ("as errors.json has it", "a.cpp", 'fail(Code::not_allowed, "forbidden");', None),
        ("over two lines", "a.cpp", 'fail(Code::not_allowed,\n "forbidden");', None),
        ("a word that is not there", "a.cpp", 'fail(Code::not_allowed, "forbiden");',
         "a.cpp:1: the reason forbiden is not in"),
        ("another code", "a.cpp", 'x;\nfail(Code::conflict, "forbidden");',
         "a.cpp:2: forbidden is said with Code::conflict; instead: Code::not_allowed"),
        ("another code, in a header", "a.h", 'return {Code::gone, "slow"};', "Code::overloaded"),
        ("beside a close code", "a.cpp", 'close(CloseCode::slow, "slow");', None),
        ("unknown beside a close code", "a.cpp", 'close(CloseCode::slow, "slw");', "slw is not in"),
        ("in a test", "a_test.cpp", 'fail(Code::conflict, "forbidden");', None),
    )

    def test_reasons(self):
        for name, path, text, expected in self.CASES:
            with self.subTest(name):
                found = findings(check_reasons.check, {
                    "schema/v1/errors.json": self.ERRORS, f"src/call/{path}": text + "\n"})
                self.assertEqual(len(found), 0 if expected is None else 1, found)
                if expected:
                    self.assertIn(expected, found[0])


class Docs(unittest.TestCase):
    COMMANDS = {"src/app/key_command.cpp": 'add("key"); key->require_subcommand(1); add("list");\n'}
    CASES = (
        ("a link that leads somewhere", {"a.md": "[b](b.md)\n", "b.md": "# B\n"}, None),
        ("a link that does not", {"a.md": "[b](c.md)\n"}, "leads nowhere"),
        ("a heading", {"a.md": "[b](b.md#the-one-idea)\n", "b.md": "## The one idea\n"}, None),
        ("no such heading", {"a.md": "[b](b.md#two)\n", "b.md": "## One\n"}, "no heading #two"),
        ("in a code block", {"a.md": "```\n[b](c.md)\n```\n"}, None),
        ("another site", {"a.md": "[b](https://example.org/)\n"}, None),
        ("an ADR", {"docs/adr/0001-a.md": ADR}, None),
        ("an ADR's name", {"docs/adr/one.md": ADR}, "another name"),
        ("an ADR without its end", {"docs/adr/0001-a.md": ADR.replace("## Turned down\n", "")},
         "needs ## Turned down"),
        ("an ADR that is too long", {"docs/adr/0001-a.md": ADR + "x\n" * 60}, "at most 60 lines"),
        ("a path that exists", {"a.md": "`src/a.cpp`\n", "src/a.cpp": "\n"}, None),
        ("a path that does not", {"a.md": "`src/a.cpp`\n"}, "src/a.cpp does not exist"),
        ("a test that exists", {"a.md": "`Call.Ends`\n", "a_test.cpp": "TEST(Call, Ends) {}\n"}, None),
        ("a test that does not", {"a.md": "`Call.Ends`\n", "a_test.cpp": "TEST(Call, End) {}\n"},
         "no test `Call.Ends`"),
        ("a setting without a row", {"src/app/settings.cpp": '        {"loops", x},\n',
                                     "docs/operations.md": "## Settings\n"}, "loops is not explained"),
        ("a row without a setting", {"src/app/settings.cpp": "\n",
                                     "docs/operations.md": "## Settings\n| `loops` | 1 |\n"},
         "loops is explained but not read"),
        ("a metric without a row", {"src/app/metric_families.cpp": '    {"lifeline_up", gauge,\n',
                                    "docs/operations.md": "\n"}, "lifeline_up is not explained"),
        ("a row without a metric", {"src/app/metric_families.cpp": "\n",
                                    "docs/operations.md": "| `lifeline_up` | |\n"},
         "lifeline_up is explained but not shown"),
        ("a command", {"a.md": "`lifeline key list`\n", **COMMANDS}, None),
        ("a command of the repository", {"a.md": "`./dev lifeline key list`\n", **COMMANDS}, None),
        ("a command that is none", {"a.md": "`lifeline prune`\n", **COMMANDS}, "lifeline prune"),
        ("a group without that command", {"a.md": "`lifeline key prune`\n", **COMMANDS},
         "lifeline key prune"),
        ("in plain words", {"a.md": "what lifeline does\n", **COMMANDS}, None),
        ("a fix that names a command",
         {"a.md": "", "schema/v1/errors.json": '"fix": "lifeline key list shows them."\n', **COMMANDS}, None),
        ("a fix that names none",
         {"a.md": "", "schema/v1/errors.json": '"fix": "See lifeline keys."\n', **COMMANDS}, "lifeline keys"),
        ("a page cited by a source", {"a.md": "", "x.cmake": "# docs/gone.md\n"}, "does not exist"),
    )

    def test_docs(self):
        for name, files, expected in self.CASES:
            with self.subTest(name):
                found = findings(check_docs.check, files)
                self.assertEqual(len(found), 0 if expected is None else 1, found)
                if expected:
                    self.assertIn(expected, found[0])


class Repository(unittest.TestCase):
    HOME = "/" + "home/somebody/lifeline"  # In two parts: this file is looked at too.
    CASES = (
        ("a plain file", {"a.txt": "hello\n"}, None),
        ("a path of one machine", {"a.sh": f"cd {HOME}\n"}, "a path of one machine"),
        ("a route that ends alike", {"a.md": "GET /v1/home/x\n"}, None),
        ("a lock file with addresses",
         {"package-lock.json": '"resolved"' + ': "https://example.org/a.tgz"\n'}, "addresses"),
        ("a registry", {".npmrc": "registry" + "=https://example.org/\n"}, "registry"),
        ("no last newline", {"a.txt": "hello"}, "the last line"),
        ("an unfinished merge", {"a.txt": "<" * 7 + " HEAD\n"}, "merge"),
        ("build output", {"web/dist/a.js": "x\n"}, "build output"),
        ("a large file", {"a.txt": "x" * (600 * 1024) + "\n"}, "larger than"),
        ("bytes that are no text", {"a.txt": "\udcff\n"}, "not UTF-8"),
    )

    def test_repository(self):
        for name, files, expected in self.CASES:
            with self.subTest(name):
                with tempfile.TemporaryDirectory() as folder:
                    root = Path(folder).resolve()
                    for path, text in files.items():
                        (root / path).parent.mkdir(parents=True, exist_ok=True)
                        (root / path).write_bytes(text.encode("utf-8", "surrogateescape"))
                    found = [str(finding) for finding in check_repository.check(root)[0]]
                self.assertEqual(len(found), 0 if expected is None else 1, found)
                if expected:
                    self.assertIn(expected, found[0])


class CodeOnly(unittest.TestCase):
    def test_keeps_every_offset(self):
        text = 'a("x\\"y"); // z\n/* b\nc */ R"q(d)q" \'e\' 1\'000 #'
        code = source.code_only(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual([i for i, c in enumerate(code) if c == "\n"],
                         [i for i, c in enumerate(text) if c == "\n"])
        for gone in "yzbcde":
            self.assertNotIn(gone, code)
        self.assertIn("1'000", code)


if __name__ == "__main__":
    unittest.main(verbosity=2)
