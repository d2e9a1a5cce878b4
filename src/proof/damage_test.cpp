// Proofs that are not what was written: each damage is found, and the first line that it touched is
// named. Whoever alters one has no key of the journal; with a key of their own they can sign the
// whole anew.
#include <functional>

#include "archive/line_reader.h"
#include "proof/line.h"
#include "proof/test_book.h"

namespace lifeline::proof {
namespace {

using Lines = std::vector<std::string>;
using Edit = std::function<void(Lines&)>;

std::size_t nth(const Lines& lines, const std::string& part, std::size_t n = 0) {
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i].contains(part) && n-- == 0) return i;
    ADD_FAILURE() << "no line has " << part;
    return 0;
}
auto place(Lines& lines, std::size_t at) {
    return lines.begin() + static_cast<std::ptrdiff_t>(at);
}

// Lines as they are told apart; an event is a text within its line.
const std::string row = R"({"line":"row")";
const std::string anchor = R"({"line":"anchor")";
const std::string statement = R"({"line":"statement")";
const std::string end = R"({"line":"end")";
const std::string card = R"(\"type\":\"billing.card.activated\")";
const std::string usage = R"(\"type\":\"billing.usage.measured\")";
const std::string charge = R"(\"type\":\"billing.usage.recorded\")";
const std::string closing = R"(\"type\":\"billing.statement.closed\")";

Edit edit(const std::string& line, const std::string& from, const std::string& to) {
    return [=](Lines& lines) {
        std::string& text = lines[nth(lines, line)];
        const auto at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from << " in " << text;
        text.replace(at, from.size(), to);
    };
}
// One digit of a hash.
Edit flip(const std::string& line, const std::string& key) {
    return [=](Lines& lines) {
        std::string& text = lines[nth(lines, line)];
        const auto at = text.find("\"" + key + "\":\"");
        ASSERT_NE(at, std::string::npos) << key;
        char& digit = text[at + key.size() + 4];
        digit = digit == '0' ? '1' : '0';
    };
}
Edit drop(const std::string& line, std::size_t n = 0) {
    return [=](Lines& lines) { lines.erase(place(lines, nth(lines, line, n))); };
}
Edit twice(const std::string& line) {
    return [=](Lines& lines) {
        const auto at = nth(lines, line);
        lines.insert(place(lines, at), std::string(lines[at]));
    };
}
Edit swap(const std::string& one, const std::string& other) {
    return [=](Lines& lines) { std::swap(lines[nth(lines, one)], lines[nth(lines, other)]); };
}
// A record gone, and those behind it renumbered so that none is missed.
Edit drop_and_renumber(const std::string& line) {
    return [=](Lines& lines) {
        drop(line)(lines);
        std::uint64_t number = 0;
        for (std::string& one : lines)
            if (auto record = read_record(one)) {
                record->number = ++number;
                one = render(*record);
            }
    };
}

struct Damage {
    const char* name;
    Edit apply;
    std::string says;  // Within what verify says.
};

const Damage damages[] = {
    {"an amount", edit(charge, R"(\"amount\":\"133333333\")", R"(\"amount\":\"133333334\")"),
     "of minutes, 2026-02-16T10:00Z: record seq 1 (position "},
    {"a charge's quantity", edit(charge, R"(\"quantity\":\"1000000\")", R"(\"quantity\":\"1\")"),
     "was altered, or is not of acct_1"},
    {"a record's quantity", edit(usage, R"(\"quantity\":\"700000\")", R"(\"quantity\":\"7\")"),
     "of 2026-02-16T10:00Z: record seq 1 (position 2) was altered"},
    {"a record's signature", edit(usage, R"(\"signature\":\")", R"(\"signature\":\"A)"),
     "usage record mr_1 of 2026-02-16T10:00Z: record seq 1 (position 2) was altered"},
    {"a price", edit(card, R"(\"unitNano\":\"20000000\")", R"(\"unitNano\":\"10000000\")"),
     "card standard, version 1: record seq 1 (position 1) was altered"},
    {"a charge is gone", drop(charge), "is missing: record"},
    {"the last record is gone", drop(closing), "record 10 is missing before line"},
    {"a charge stands twice", twice(charge), "stands a second time or out of its place"},
    {"two charges in each other's place",
     [](Lines& lines) { std::swap(lines[nth(lines, charge)], lines[nth(lines, charge, 1)]); },
     "is missing: record"},
    {"a charge before what it follows from", swap(usage, charge), "is missing: record"},
    {"a usage record is gone", drop(usage, 1), "record 3 is missing: record 4 stands in its place"},
    {"a usage record is gone without a number", drop_and_renumber(usage),
     "rests on usage record mr_1, which does not stand before it"},
    {"a card is gone", drop(card), "record 1 is missing: record 2 stands in its place"},
    {"a record's number", edit(usage, R"("number":2)", R"("number":9)"), "record 2 is missing"},
    {"a record's stream", edit(usage, R"("stream":"sess_1")", R"("stream":"sess_9")"),
     "was altered, or is not of sess_9"},
    {"a space", edit(usage, R"(,"seq")", R"(, "seq")"),
     "(record) is not as it was written: it is where record 2 was"},
    {"a line of the statement", edit(statement, R"("quantity":"1600000")", R"("quantity":"1")"),
     "(statement) says /lines/0/quantity \"1\" where its charges come to \"1600000\""},
    {"the total", edit(statement, R"("totalMinor":"33")", R"("totalMinor":"34")"),
     "(statement) says /totalMinor \"34\" where its charges come to \"33\""},
    {"a space in the statement", edit(statement, R"("note":)", R"("note": )"),
     "(statement) is not as it was written"},
    {"the statement is gone", drop(statement), "the statement is missing"},
    {"the statement stands twice", twice(statement), "is a second statement"},
    {"a record behind the statement", swap(closing, statement),
     "what was signed of the row at position 32 is missing"},
    {"the end is gone", drop(end), "its last lines are missing"},
    {"half of it is gone", [](Lines& lines) { lines.resize(lines.size() / 2); },
     "its last lines are missing"},
    {"the end's count", edit(end, R"("lines":)", R"("lines":1)"), "(end) is not as it was written"},
    {"the end's digest", flip(end, "sha256"), "the whole has another digest"},
    {"the end's signature", flip(end, "signature"), "is not signed by the file's key"},
    {"something behind the end", [](Lines& lines) { lines.push_back(lines[1]); },
     "stands behind the end"},
    {"a row's root", flip(row, "root"), "the row at position 1 was altered"},
    {"a row is gone", drop(row), "does not stand behind its row"},
    {"a seal is gone", drop(anchor), "line "},
    {"what was signed of a row", flip(anchor, "signature"), "is not signed by the archive's key"},
    {"the account", edit(R"({"line":"head")", "acct_1", "acct_2"), "is of account acct_1"},
    {"the month", edit(R"({"line":"head")", "2026-02\"", "2026-03\""), "(statement) says /amount"},
    {"when it was written",
     edit(R"({"line":"head")", R"("exportedAt":"2026)", R"("exportedAt":"2027)"),
     "every record is as it was written, but not what was said of them all"},
};

struct ProofDamage : BookTest {
    ProofDamage() {
        start();
        two_hours();
        close_february();
    }
    static std::string sign_anew(Lines lines, const SigningKey& key) {
        if (archive::kind_of(lines.back()) == archive::Kind::end) lines.pop_back();
        const Digest digest = sha256(joined(lines));
        lines.push_back(archive::render(archive::End{
            .lines = lines.size(), .digest = digest, .signature = key.sign(end_message(digest))}));
        return joined(lines);
    }
};

TEST_F(ProofDamage, IsFoundAndNamed) {
    const std::string whole = prove();
    ASSERT_EQ(problem(whole), "whole");
    for (const Damage& damage : damages) {
        SCOPED_TRACE(damage.name);
        auto lines = lines_of(whole);
        damage.apply(lines);
        const auto report = check(joined(lines));
        ASSERT_TRUE(report) << report.error().detail;
        ASSERT_FALSE(report->ok());
        EXPECT_EQ(report->problems.front().reason, "archive_altered");
        EXPECT_TRUE(report->problems.front().detail.contains(damage.says))
            << report->problems.front().detail;
    }
}

TEST_F(ProofDamage, IsFoundWhoeverSignsTheWholeAnew) {
    SeededRandom random(3);
    const auto own = SigningKey::generate(random);
    const auto lines = lines_of(prove());
    for (const Damage& damage : damages) {
        SCOPED_TRACE(damage.name);
        auto altered = lines;
        damage.apply(altered);
        EXPECT_NE(problem(sign_anew(altered, own)), "whole");
    }
    // With a head of their own the whole is consistent, and not what whoever knows the key takes.
    EXPECT_EQ(
        problem(joined(lines), {.key = own.public_key(), .heads = {}}),
        "it is signed by key " + key_->id() + ", not by " + journal::key_id(own.public_key()));
}

TEST_F(ProofDamage, ALastLineWithoutItsEndIsCutShort) {
    std::string text = prove();
    text.pop_back();
    EXPECT_TRUE(problem(text).ends_with("is cut short")) << problem(text);
}

TEST_F(ProofDamage, ALineWithoutAnEndIsRefusedBeforeItIsRead) {
    auto lines = lines_of(prove());
    lines.resize(3);
    const std::string text = joined(lines) + std::string(archive::line_bytes_max + 1, '{');
    EXPECT_TRUE(problem(text).starts_with("line 4 is longer than 64 MiB")) << problem(text);
}

TEST_F(ProofDamage, AFlippedBitAnywhereIsNoticed) {
    const std::string whole = prove();
    SeededRandom random(11);
    for (int i = 0; i < 300; ++i) {
        std::string text = whole;
        const std::size_t at = random.below(text.size());
        text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
        EXPECT_NE(problem(text), "whole") << "byte " << at;
    }
}

TEST_F(ProofDamage, EveryLineThatIsLeftOutIsMissed) {
    const auto lines = lines_of(prove());
    for (std::size_t i = 1; i < lines.size(); ++i) {
        auto less = lines;
        less.erase(place(less, i));
        EXPECT_NE(problem(joined(less)), "whole") << lines[i];
    }
}

}  // namespace
}  // namespace lifeline::proof
