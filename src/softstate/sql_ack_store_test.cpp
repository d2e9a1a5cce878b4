#include "softstate/sql_ack_store.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/virtual_loop.h"

namespace lifeline::softstate {

namespace {

constexpr WallTime at(std::int64_t ms) {
    return WallTime(Millis(ms));
}

class AckFile : public ::testing::Test {
protected:
    AckFile() {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~AckFile() override { std::filesystem::remove_all(folder); }

    // As a server that starts finds them, the one that lives longest first.
    std::vector<Ack> open(WallTime now = at(0), const std::string& epoch = "one",
                          std::size_t most = 100) {
        store.reset();
        auto opened = SqlAckStore::open(
            {.path = path.string(), .epoch = epoch, .now = now, .acks_max = most}, loop);
        EXPECT_TRUE(opened.has_value());
        if (!opened) return {};
        store = std::move(opened->store);
        return std::move(opened->acks);
    }
    void keep(std::vector<Ack> acks, WallTime now = at(0)) {
        bool kept = false;
        store->keep(std::move(acks), now, loop, [&](Status done) { kept = done.has_value(); });
        EXPECT_FALSE(kept) << "not from inside";
        loop.run();
        EXPECT_TRUE(kept);
    }

    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("lifeline-acks-" + std::to_string(::getpid()));
    std::filesystem::path path = folder / "state.db";
    VirtualLoop loop;
    std::unique_ptr<SqlAckStore> store;
};

const Ack ada{"sess_1", "ada", 7, at(2'000)};
const Ack bot{"sess_1", "bot", 9, at(1'000)};

}  // namespace

TEST_F(AckFile, HasAfterARestartWhatWasKept) {
    EXPECT_EQ(open(), std::vector<Ack>{});
    keep({ada, bot});
    EXPECT_EQ(open(), (std::vector{ada, bot}));
    keep({{"sess_1", "ada", 5, at(1'500)}, {"sess_2", "ada", 1, at(3'000)}});
    EXPECT_EQ(open(), (std::vector{Ack{"sess_2", "ada", 1, at(3'000)}, ada, bot}))
        << "an older one changes nothing";
}

TEST_F(AckFile, OfAnotherHistoryIsEmptied) {
    open();
    keep({ada});
    EXPECT_EQ(open(at(0), "two"), std::vector<Ack>{});
    EXPECT_EQ(open(at(0), "one"), std::vector<Ack>{}) << "gone, and not only hidden";
}

TEST_F(AckFile, ForgetsWhatIsDue) {
    open();
    keep({ada, bot});
    EXPECT_EQ(open(at(1'000)), std::vector{ada});
    EXPECT_EQ(open(at(0)).size(), 2u);
    keep({}, at(1'000));
    EXPECT_EQ(open(at(0)), std::vector{ada}) << "gone from the file";
}

TEST_F(AckFile, IsReadUpToALimitTheLongestLivedFirst) {
    open();
    keep({ada, bot});
    EXPECT_EQ(open(at(0), "one", 1), std::vector{ada});
}

TEST_F(AckFile, ThatIsDamagedIsMadeAnew) {
    open();
    keep({ada});
    store.reset();
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
    std::ofstream(path, std::ios::trunc) << std::string(40'000, 'x');
    EXPECT_EQ(open(), std::vector<Ack>{});
    keep({ada});
    EXPECT_EQ(open(), std::vector{ada});
}

TEST_F(AckFile, StaysSmallHoweverOftenItIsWritten) {
    open();
    for (std::uint64_t seq = 1; seq <= 3'000; ++seq) keep({{"sess_1", "ada", seq, at(2'000)}});
    EXPECT_LT(std::filesystem::file_size(path.string() + "-wal"), 16u << 20);
    EXPECT_EQ(open(), std::vector{(Ack{"sess_1", "ada", 3'000, at(2'000)})});
}

}  // namespace lifeline::softstate
