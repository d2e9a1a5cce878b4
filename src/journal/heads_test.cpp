#include "journal/heads.h"

#include "base/text.h"
#include "journal/maintenance.h"
#include "journal/test_folders.h"

namespace lifeline::journal {

namespace {

class Heads : public FoldersTest {
protected:
    SignedHead publish() {
        const auto key = SealKey::open(data_);
        EXPECT_TRUE(key);
        const auto head = marked_head(data_);
        EXPECT_TRUE(head) << head.error().detail;
        clock_.advance(Millis(3'600'000));
        return sign_head(*key, *head, clock_.wall());
    }
    std::string differs(const std::vector<SignedHead>& heads) {
        const auto found = hold_heads(data_, heads);
        if (!found) return found.error().reason;
        EXPECT_EQ(found->held + found->problems.size(), heads.size());
        return found->problems.empty() ? "none" : found->problems.front().detail;
    }
    std::string path(const char* name) const { return root_ + "/" + name; }

    Folder data_ = folder("data");
};

}  // namespace

TEST_F(Heads, AreReadAsTheyWereWrittenAndInNoOtherWay) {
    append(data_, 3);
    const auto head = publish();
    EXPECT_EQ(head.head.position, 3u);
    const std::string line = head_line(head);
    EXPECT_EQ(read_head_line(line), head);
    EXPECT_TRUE(is_signed_by(head, SealKey::open(data_)->signing().verify_key()));
    for (std::size_t i = 0; i < line.size(); ++i) {
        auto changed = line;
        changed[i] ^= 1;
        const auto read = read_head_line(changed);
        EXPECT_FALSE(read && is_signed_by(*read, SealKey::open(data_)->signing().verify_key()) &&
                     read->key_id == head.key_id)
            << changed;
    }
}

TEST_F(Heads, OfAJournalThatOnlyGrowsAreAllHeld) {
    std::vector<SignedHead> heads;
    for (int i = 0; i < 5; ++i) {
        append(data_, 4);
        heads.push_back(publish());
    }
    EXPECT_EQ(heads.back().head.position, 20u);
    EXPECT_EQ(differs(heads), "none");
    heads[1].head.hash[0] ^= 1;
    EXPECT_NE(differs(heads).find("(position 8, epoch"), std::string::npos);
    EXPECT_NE(differs(heads).find("another hash"), std::string::npos);
    heads[1].head.position = 1000;
    EXPECT_NE(differs(heads).find("this journal ends at position 20"), std::string::npos);
}

TEST_F(Heads, OfWhatARestoreTookBackAreMissing) {
    append(data_, 4);
    const auto kept = publish();
    ASSERT_TRUE(backup(data_, folder("copy")));
    append(data_, 4);
    const auto lost = publish();
    ASSERT_TRUE(restore(folder("copy"), data_, clock_, random_));
    EXPECT_EQ(differs({kept, lost}).find("the head of " + format_rfc3339(lost.at)), 0u);
    // Grown past it, it is still another history.
    append(data_, 9);
    EXPECT_NE(differs({kept, lost}).find("belongs to another epoch"), std::string::npos);
    EXPECT_EQ(differs({kept, publish()}), "none");
}

TEST_F(Heads, OfAnotherJournalAreNotOurs) {
    append(data_, 4);
    append(folder("other"), 4);
    const auto other = marked_head(folder("other"));
    ASSERT_TRUE(other);
    const auto key = SealKey::open(folder("other"));
    EXPECT_NE(differs({sign_head(*key, *other, clock_.wall())}).find("knows no such epoch"),
              std::string::npos);
}

TEST_F(Heads, AreAddedToAFileAndATornOneIsPassedOver) {
    append(data_, 1);
    const auto head = publish();
    const std::string file = path("heads");
    EXPECT_EQ(load_heads(file).error().reason, "storage_failed");
    ASSERT_TRUE(append_head(file, head_line(head)));
    ASSERT_TRUE(append_head(file, head_line(head)));
    EXPECT_EQ(*load_heads(file), (std::vector{head, head}));
    // The power went while a third was written, and the fourth was written after it.
    std::ofstream(file, std::ios::app) << "{\"epoch\":\"0";
    EXPECT_EQ(load_heads(file)->size(), 2u);
    ASSERT_TRUE(append_head(file, head_line(head)));
    EXPECT_EQ(load_heads(file)->size(), 3u);
    std::ofstream(file, std::ios::app) << "hello\n" << head_line(head) << "\n";
    EXPECT_EQ(load_heads(file).error().reason, "archive_invalid");
    EXPECT_EQ(append_head(path("no/such/folder"), "x").error().reason, "storage_failed");
}

}  // namespace lifeline::journal
