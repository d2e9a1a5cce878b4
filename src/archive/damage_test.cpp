// Archives that are not what was written: each damage is found, and the first record, row or line
// that it touched is named.
#include <functional>

#include "archive/test_archive.h"
#include "base/text.h"

namespace lifeline::archive {

namespace {

using Lines = std::vector<std::string>;

// The n-th line of a kind, from 0.
std::size_t nth(const Lines& lines, Kind kind, std::size_t n = 0) {
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (kind_of(lines[i]) == kind && n-- == 0) return i;
    ADD_FAILURE() << "no such line";
    return 0;
}
void replace(std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << text;
    text.replace(at, from.size(), to);
}
// One hex digit after `key`.
void flip_hex(std::string& line, const std::string& key, std::size_t digit = 0) {
    const auto at = line.find("\"" + key + "\":\"");
    ASSERT_NE(at, std::string::npos) << key;
    char& c = line[at + key.size() + 4 + digit];
    c = c == '0' ? '1' : '0';
}

// Whoever has a key of their own can sign the whole anew, and what it was cut to.
std::string sign_anew(Lines lines, const SigningKey& key) {
    if (kind_of(lines.back()) == Kind::end) lines.pop_back();
    const Digest digest = sha256(joined(lines));
    lines.push_back(render(
        End{.lines = lines.size(), .digest = digest, .signature = key.sign(end_message(digest))}));
    return joined(lines);
}

struct Damage {
    const char* name;
    std::function<void(Lines&)> apply;
    std::string says;  // Within what verify says.
};

std::function<void(Lines&)> edit(Kind kind, std::size_t n, const std::string& from,
                                 const std::string& to) {
    return [=](Lines& lines) { replace(lines[nth(lines, kind, n)], from, to); };
}
std::function<void(Lines&)> flip(Kind kind, std::size_t n, const std::string& key,
                                 std::size_t digit = 0) {
    return [=](Lines& lines) { flip_hex(lines[nth(lines, kind, n)], key, digit); };
}
std::function<void(Lines&)> drop(Kind kind, std::size_t n) {
    return [=](Lines& lines) {
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(nth(lines, kind, n)));
    };
}
std::function<void(Lines&)> twice(Kind kind, std::size_t n) {
    return [=](Lines& lines) {
        const auto at = nth(lines, kind, n);
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), lines[at]);
    };
}
std::function<void(Lines&)> swap(Kind one, std::size_t n, Kind other, std::size_t m) {
    return [=](Lines& lines) { std::swap(lines[nth(lines, one, n)], lines[nth(lines, other, m)]); };
}

std::function<void(Lines&)> path(void (*change)(std::vector<Digest>&)) {
    return [=](Lines& lines) {
        auto& line = lines[nth(lines, Kind::record)];
        auto record = *read_record(line);
        change(record.path);
        line = render(record);
    };
}

// The call has record 1 at position 2 (of the row 1 to 3), 2 and 3 at 7 and 8 (of 6 to 8); the rows
// at 4 and 5 are others', as are 9 to 11.
const Damage damages[] = {
    {"a word", edit(Kind::record, 1, "Lovelace", "Lovelock"),
     "record seq 2 (position 7) was altered"},
    {"a quotation mark", edit(Kind::record, 1, "“", "\\\""),
     "record seq 2 (position 7) was altered"},
    {"an escape for what needs none", edit(Kind::record, 1, "Guten", "\\u0047uten"),
     "(record) is not as it was written: it is where record seq 2 was"},
    {"a space", edit(Kind::record, 0, ",\"position\"", ", \"position\""),
     "line 3 (record) is not as"},
    {"a field more", edit(Kind::record, 0, "\"seq\":1", "\"seq\":1,\"more\":1"), "line 3 (record)"},
    {"two fields in another order",
     edit(Kind::record, 0, R"("seq":1,"position":2)", R"("position":2,"seq":1)"),
     "line 3 (record)"},
    {"a salt", flip(Kind::record, 0, "salt"), "record seq 1 (position 2) was altered"},
    {"an eventId", edit(Kind::record, 0, "evt_1", "evt_9"),
     "record seq 1 (position 2) was altered"},
    {"who said it", edit(Kind::record, 2, R"("id":"ada")", R"("id":"bob")"),
     "record seq 3 (position 8) was altered"},
    {"what they are", edit(Kind::record, 2, R"({"kind":"user")", R"({"kind":"agent")"),
     "record seq 3 (position 8) was altered"},
    {"where actor and cause meet",
     edit(Kind::record, 2, R"("id":"ada"},"cause":"")", R"("id":"ad"},"cause":"a")"),
     "record seq 3 (position 8) was altered"},
    {"a cause", edit(Kind::record, 2, R"("cause":"")", R"("cause":"evt_1")"),
     "record seq 3 (position 8) was altered"},
    {"a seq too far", edit(Kind::record, 1, "\"seq\":2", "\"seq\":3"), "record seq 2 is missing"},
    {"a seq too low", edit(Kind::record, 1, "\"seq\":2", "\"seq\":1"),
     "record seq 1 stands a second time"},
    {"a position within its row", edit(Kind::record, 1, "\"position\":7", "\"position\":6"),
     "record seq 2 (position 6) was altered"},
    {"a position of another row", edit(Kind::record, 1, "\"position\":7", "\"position\":5"),
     "record seq 2 (position 5) does not stand behind its row"},
    {"a node of a path", path([](std::vector<Digest>& nodes) { nodes[0][5] ^= 1; }),
     "record seq 1 (position 2) was altered"},
    {"a path that ends sooner", path([](std::vector<Digest>& nodes) { nodes.pop_back(); }),
     "record seq 1 (position 2) was altered"},
    {"a path that goes on", path([](std::vector<Digest>& nodes) { nodes.push_back(nodes[0]); }),
     "record seq 1 (position 2) was altered"},
    {"no salt and no text, as if erased",
     [](Lines& lines) {
         auto& line = lines[nth(lines, Kind::record, 1)];
         const auto from = line.find("\"salt\"");
         line = line.substr(0, from) + "\"inner\":\"" + std::string(64, '0') + "\"" +
                line.substr(line.find(",\"path\""));
     },
     "record seq 2 (position 7) was altered"},
    {"the first record is gone", drop(Kind::record, 0),
     "record seq 1 is missing: seq 2 stands in its place"},
    {"a record is gone", drop(Kind::record, 1),
     "record seq 2 is missing: seq 3 stands in its place"},
    {"the last record is gone", drop(Kind::record, 2),
     "record seq 3 is missing: 3 are said to be there"},
    {"a record twice", twice(Kind::record, 1), "record seq 2 stands a second time"},
    {"two records changed places", swap(Kind::record, 1, Kind::record, 2),
     "record seq 2 is missing: seq 3 stands in its place"},
    {"records of two rows changed places", swap(Kind::record, 0, Kind::record, 1),
     "record seq 1 is missing"},
    {"a record before its row", swap(Kind::row, 0, Kind::record, 0),
     "record seq 1 (position 2) does not stand behind its row"},
    {"a row's root", flip(Kind::row, 1, "root"), "the row at position 4 was altered"},
    {"a row's root and hash",
     [](Lines& lines) {
         auto& line = lines[nth(lines, Kind::row, 1)];
         auto row = *read_row(line);
         row.root[0] ^= 1;
         row.hash[0] ^= 1;
         line = render(row);
     },
     "the row at position 4 was altered"},
    {"a row's time", edit(Kind::row, 1, "\"wall\":177123600", "\"wall\":177123601"),
     "the row at position 4 was altered"},
    {"a row's steady clock", edit(Kind::row, 0, "\"steady\":1", "\"steady\":2"),
     "the row at position 1 was altered"},
    {"a row's boot", flip(Kind::row, 2, "boot"), "the row at position 5 was altered"},
    {"a row's count", edit(Kind::row, 0, "\"count\":3", "\"count\":4"),
     "the row at position 1 was altered"},
    {"a row that counts nothing", edit(Kind::row, 1, "\"count\":1", "\"count\":0"),
     "the row at position 4 has no possible place"},
    {"a row's hash", flip(Kind::row, 1, "hash"), "the row at position 4 was altered"},
    {"a row's place", edit(Kind::row, 1, "\"firstPosition\":4", "\"firstPosition\":5"),
     "the row at position 4 is missing"},
    {"what the first row follows", flip(Kind::row, 0, "previous"),
     "the row at position 1 was altered"},
    {"what a row follows is said again",
     [](Lines& lines) {
         auto row = *read_row(lines[nth(lines, Kind::row, 1)]);
         row.previous = read_row(lines[nth(lines, Kind::row, 0)])->hash;
         lines[nth(lines, Kind::row, 1)] = render(row);
     },
     "the row at position 4 does not follow"},
    {"a row is gone", drop(Kind::row, 1), "the row at position 4 is missing: the next is at 5"},
    {"the first row is gone", drop(Kind::row, 0),
     "record seq 1 (position 2) does not stand behind its row"},
    {"the last row is gone", drop(Kind::row, 6),
     "the signed head at position 11 is not of the row before it"},
    {"a row twice", twice(Kind::row, 1), "the row at position 4 stands a second time"},
    {"two rows changed places", swap(Kind::row, 1, Kind::row, 2),
     "the row at position 4 is missing"},
    {"the hash that was signed", flip(Kind::anchor, 0, "hash"),
     "the signed head at position 11 is not of the row"},
    {"the epoch that was signed", flip(Kind::anchor, 0, "epoch"),
     "the signed head at position 11 is not of the row"},
    {"the position that was signed", edit(Kind::anchor, 0, "\"position\":11", "\"position\":10"),
     "the signed head at position 10 is not of the row"},
    {"the time of signing", edit(Kind::anchor, 0, "\"at\":\"2026", "\"at\":\"2027"),
     "is not signed by the archive's key"},
    {"a signature", flip(Kind::anchor, 0, "signature"), "is not signed by the archive's key"},
    {"a seal for a head", edit(Kind::anchor, 0, "\"kind\":\"head\"", "\"kind\":\"seal\""),
     "line 12 (anchor) is not as it was written"},
    {"another key's name", flip(Kind::anchor, 0, "keyId"), "is not signed by the archive's key"},
    {"what was signed is gone", drop(Kind::anchor, 0),
     "what was signed of the row at position 11 is missing"},
    {"what was signed, twice", twice(Kind::anchor, 0), "ends no segment"},
    {"the transcript", edit(Kind::transcript, 0, "Lovelace", "Lovelock"),
     "(transcript) is not what the events say"},
    {"the transcript is gone", drop(Kind::transcript, 0), "(decision) is not what the events say"},
    {"the transcript twice", twice(Kind::transcript, 0), "(transcript) is not what the events say"},
    {"a decision", edit(Kind::decision, 0, "act_1", "act_2"),
     "(decision) is not what the events say"},
    {"a decision is gone", drop(Kind::decision, 0), "is missing: a decision"},
    {"a decision twice", twice(Kind::decision, 0), "(decision) is not what the events say"},
    {"transcript before the records", swap(Kind::transcript, 0, Kind::record, 2),
     "what was signed of the row at position 6 is missing"},
    {"another call's name", edit(Kind::head, 0, "sess_call", "sess_cold"),
     "record seq 1 (position 2) was altered, or is not of this call"},
    {"the time of the export", edit(Kind::head, 0, "exportedAt\":\"2026", "exportedAt\":\"2025"),
     "every record is as it was written, but not what was said of them all"},
    {"how many records there are", edit(Kind::head, 0, "\"records\":3", "\"records\":2"),
     "record seq 3 is one more than are said"},
    {"more records than there are", edit(Kind::head, 0, "\"records\":3", "\"records\":4"),
     "record seq 4 is missing"},
    {"an epoch",
     [](Lines& lines) {
         const auto at = lines[0].find("\"epochs\":[\"");
         lines[0][at + 60] ^= 1;
     },
     "the row at position 1 was altered"},
    {"the epoch's name", flip(Kind::head, 0, "epoch"), "(transcript) is not what the events say"},
    {"the head twice", twice(Kind::head, 0), "line 2 is a second head"},
    {"the digest of all", flip(Kind::end, 0, "sha256"), "the whole has another digest"},
    {"the signature of all", flip(Kind::end, 0, "signature"),
     "the whole is not signed by the archive's key"},
    {"how many lines there are", edit(Kind::end, 0, "\"lines\":1", "\"lines\":2"),
     "(end) is not as it was written"},
    {"the end is gone", drop(Kind::end, 0), "its last lines are missing"},
    {"the end twice", twice(Kind::end, 0), "stands behind the end"},
    {"all behind the first record is gone", [](Lines& lines) { lines.resize(3); },
     "the archive ends with line 3"},
    {"a line of no kind",
     [](Lines& lines) { lines.insert(lines.begin() + 4, R"({"line":"note"})"); },
     "line 5 is none of an archive"},
    {"an empty line", [](Lines& lines) { lines.insert(lines.begin() + 4, ""); },
     "line 5 is none of an archive"},
    {"a line behind the end", [](Lines& lines) { lines.push_back(lines[3]); },
     "stands behind the end"},
};

}  // namespace

class ArchiveDamage : public ArchiveTest {
protected:
    ArchiveDamage() {
        start();
        small_call();
        others(3);
        text_ = archive();
    }
    std::string text_;
};

TEST_F(ArchiveDamage, NoneAtAll) {
    EXPECT_EQ(problem(text_), "whole");
    EXPECT_EQ(joined(lines_of(text_)), text_);
}

TEST_F(ArchiveDamage, IsFoundAndNamed) {
    EXPECT_GE(std::size(damages), 70u);
    for (const auto& [name, apply, says] : damages) {
        SCOPED_TRACE(name);
        auto lines = lines_of(text_);
        apply(lines);
        const std::string said = problem(joined(lines));
        EXPECT_TRUE(said.starts_with("archive_altered: ")) << said;
        EXPECT_NE(said.find(says), std::string::npos) << said;
    }
}

TEST_F(ArchiveDamage, EveryFlippedByteIsNoticed) {
    for (std::size_t i = 0; i < text_.size(); ++i) {
        for (const int bits : {1, 32}) {
            auto changed = text_;
            changed[i] = static_cast<char>(changed[i] ^ bits);
            EXPECT_NE(problem(changed), "whole") << "byte " << i << ": " << changed.substr(i, 20);
        }
    }
}

TEST_F(ArchiveDamage, EveryTruncationIsNoticed) {
    for (std::size_t length = 0; length < text_.size(); ++length)
        EXPECT_NE(problem(text_.substr(0, length)), "whole") << length;
}

TEST_F(ArchiveDamage, EveryLineThatIsGoneTwiceOrElsewhereIsNoticed) {
    const auto lines = lines_of(text_);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto gone = lines;
        gone.erase(gone.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_NE(problem(joined(gone)), "whole") << i;
        for (std::size_t to = 0; to <= lines.size(); ++to) {
            auto more = lines;
            more.insert(more.begin() + static_cast<std::ptrdiff_t>(to), lines[i]);
            EXPECT_NE(problem(joined(more)), "whole") << i << " again at " << to;
        }
        for (std::size_t other = i + 1; other < lines.size(); ++other) {
            auto swapped = lines;
            std::swap(swapped[i], swapped[other]);
            EXPECT_NE(problem(joined(swapped)), "whole") << i << " and " << other;
        }
    }
}

TEST_F(ArchiveDamage, OtherLineEndsAreNotOurs) {
    std::string windows;
    for (const char c : text_) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_NE(problem(windows), "whole");
}

TEST_F(ArchiveDamage, WhoSignsAnewHasNotTheJournalsKey) {
    SeededRandom random{99};
    const auto foreign = SigningKey::generate(random);
    // The whole alone, under the head's key or another in its place.
    EXPECT_NE(problem(sign_anew(lines_of(text_), foreign)).find("the whole is not signed"),
              std::string::npos);
    auto lines = lines_of(text_);
    auto head = *read_head(lines[0]);
    head.key = foreign.public_key();
    lines[0] = render(head);
    EXPECT_NE(problem(sign_anew(lines, foreign)).find("is not signed by the archive's key"),
              std::string::npos);
}

TEST_F(ArchiveDamage, WhoSignsEverythingAnewIsToldFromTheJournalOnlyByItsKey) {
    SeededRandom random{99};
    const auto foreign = SigningKey::generate(random);
    auto lines = lines_of(text_);
    auto head = *read_head(lines[0]);
    head.key = foreign.public_key();
    lines[0] = render(head);
    auto& line = lines[nth(lines, Kind::anchor)];
    auto anchor = *read_anchor(line);
    anchor.signed_head.key_id = journal::key_id(head.key);
    anchor.signed_head.signature = foreign.sign(anchor_message(anchor));
    line = render(anchor);
    const std::string forged = sign_anew(lines, foreign);
    EXPECT_EQ(problem(forged), "whole");
    const Known known{.key = key().public_key(), .heads = {}};
    EXPECT_EQ(problem(text_, known), "whole");
    EXPECT_TRUE(check(text_, known)->key_known);
    EXPECT_NE(problem(forged, known).find("it is signed by key " + journal::key_id(head.key)),
              std::string::npos);
}

TEST_F(ArchiveDamage, WhatIsNoArchiveIsNotCalledOne) {
    for (const std::string text : {"", "\n", "{}", "hello\n", "{\"line\":\"head\"}\n"})
        EXPECT_EQ(problem(text), "archive_invalid") << text;
    auto newer = text_;
    replace(newer, "lifeline-archive-1", "lifeline-archive-2");
    EXPECT_EQ(problem(newer), "archive_invalid");
}

TEST_F(ArchiveDamage, AHeadThatThisHistoryDoesNotHaveIsNamed) {
    const auto held = publish();
    const auto with = [&](auto change) {
        auto one = held;
        change(one.head);
        return problem(text_, {.key = {}, .heads = {one}});
    };
    EXPECT_EQ(with([](auto&) {}), "whole");
    for (const std::string& said :
         {with([](auto& head) { head.hash[3] ^= 1; }), with([](auto& head) { head.epoch[3] ^= 1; }),
          with([](auto& head) { head.position = 7; })})
        EXPECT_TRUE(said.starts_with("checkpoint_differs: the head of 2026-02-16T")) << said;
    // What lies behind its rows is not for this archive to say.
    EXPECT_EQ(with([](auto& head) { head.position = 500; }), "whole");
    EXPECT_EQ(check(text_, {.key = {}, .heads = {held, held}})->heads_held, 2u);
}

}  // namespace lifeline::archive
