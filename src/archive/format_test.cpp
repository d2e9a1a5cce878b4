// The worked example of docs/journal_format.md, byte by byte: a change here is a change of format.
#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <sstream>

#include "archive/derived.h"
#include "archive/line.h"
#include "archive/verify.h"
#include "journal/seals.h"
#include "journal/test_folders.h"

namespace lifeline::archive {

namespace {

class Format : public journal::FoldersTest {
protected:
    Format() {
        std::string key = "LLJKEY1\n";
        for (char byte = 0; byte < 32; ++byte) key.push_back(byte);
        std::filesystem::create_directories(data_.path);
        std::ofstream(data_.key(), std::ios::binary) << key;
    }

    // The page's record, in the row that it has alone.
    std::vector<std::string> example() {
        const auto key = *journal::SealKey::open(data_);
        const WallTime at(Millis(1'771'236'000'000));
        const journal::Epoch epoch{.first_position = 1, .at = at};
        const Head head{.session_id = "sess_a",
                        .epoch = journal::epoch_text(epoch.id()),
                        .records = 1,
                        .exported_at = at + std::chrono::minutes(10),
                        .key = key.public_key(),
                        .epochs = {epoch}};
        Record record{.seq = 1,
                      .position = 1,
                      .event_id = "evt_1",
                      .actor = {"user", "u1"},
                      .cause = "",
                      .salt = std::string(16, '\0'),
                      .bytes = "{}",
                      .path = {}};
        std::iota(record.salt.begin(), record.salt.end(), '\0');
        Sha256 sha;
        Row row{.first_position = 1,
                .count = 1,
                .time = {at + Millis(7), SteadyTime(Micros(12'345'678)), {1, 2}},
                .root = leaf_of(sha, head.session_id, record),
                .hash = {},
                .previous = Digest{}};
        row.hash = journal::row_digest(sha, {epoch.id(), {}, 1, 1, row.time}, row.root);
        const auto signed_head =
            journal::sign_head(key, {epoch.id(), 1, row.hash}, at + std::chrono::minutes(5));
        std::vector<std::string> lines{
            render(head), render(row), render(record),
            render(Anchor{.kind = Anchor::Kind::head, .signed_head = signed_head})};
        for (auto& line : Derived("sess_a").lines(head.epoch, 1)) lines.push_back(std::move(line));
        std::string text;
        for (const auto& line : lines) text += line + "\n";
        const Digest digest = sha256(text);
        lines.push_back(render(End{
            .lines = lines.size(), .digest = digest, .signature = key.sign(end_message(digest))}));
        lines.push_back(journal::head_line(signed_head));
        return lines;
    }

    journal::Folder data_ = folder("data");
};

}  // namespace

TEST_F(Format, IsWhatTheFormatPageShows) {
    std::ifstream in("docs/journal_format.md");
    const std::string page((std::istreambuf_iterator<char>(in)), {});
    std::string archive;
    const auto lines = example();
    for (const auto& line : lines) {
        EXPECT_NE(page.find("\n    " + line + "\n"), std::string::npos) << line;
        if (&line != &lines.back()) archive += line + "\n";
    }
    std::istringstream text(archive);
    const auto report =
        verify(text, {.key = {}, .heads = {*journal::read_head_line(lines.back())}});
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->heads_held, 1u);
}

// Archives outlive versions: what an old one says of its events has to be what is made of them now,
// or the format gets another name.
TEST(ArchiveFormat, AnArchiveOfTheFirstReleaseIsWholeForEver) {
    std::ifstream in("src/archive/fixtures/first_format.jsonl", std::ios::binary);
    const auto report = verify(in);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->problems, std::vector<Error>());
    EXPECT_EQ(report->records, 25u);
    EXPECT_EQ(report->seals + report->heads, 1u);
}

}  // namespace lifeline::archive
