#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "journal/sql_house.h"
#include "journal/verify.h"

namespace lifeline::journal {

namespace fs = std::filesystem;

// Folders on the real disk, because these commands move files.
class FoldersTest : public testing::Test {
protected:
    FoldersTest() {
        char name[] = "/tmp/lifeline-journal-XXXXXX";
        root_ = mkdtemp(name);
    }
    ~FoldersTest() override { fs::remove_all(root_); }

    Folder folder(const std::string& name) const { return {root_ + "/" + name}; }

    std::unique_ptr<SqlJournal> open(const Folder& where) {
        auto opened = SqlJournal::open({.folder = where,
                                        .writer = loop_,
                                        .marker = loop_,
                                        .reader = loop_,
                                        .clock = clock_,
                                        .random = random_});
        EXPECT_TRUE(opened) << opened.error().reason << ": " << opened.error().detail;
        return opened ? std::move(*opened) : nullptr;
    }
    std::string refusal(const Folder& where) {
        auto opened = SqlJournal::open({.folder = where,
                                        .writer = loop_,
                                        .marker = loop_,
                                        .reader = loop_,
                                        .clock = clock_,
                                        .random = random_});
        return opened ? "opened" : opened.error().reason;
    }
    // Appends events to one stream and gives the epoch.
    std::string append(const Folder& where, int count) {
        auto journal = open(where);
        Caller call(*journal, loop_);
        {
            const auto stream = call.open("sess_1");
            for (int i = 0; i < count; ++i) {
                const auto id = "evt_" + std::to_string(stream->head());
                EXPECT_TRUE(call.append(*stream, {draft(id, "word number " + id)}));
            }
        }
        EXPECT_TRUE(
            wait_for<void>(loop_, [&](auto done) { journal->close(loop_, std::move(done)); }));
        return journal->epoch();
    }
    std::uint64_t head(const Folder& where) {
        const auto report = verify(where);
        EXPECT_TRUE(report);
        for (const Error& problem : report->problems) ADD_FAILURE() << problem.detail;
        return report->head;
    }
    static void change(const std::string& path, const std::string& from, const std::string& to) {
        std::ifstream in(path, std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(in)), {});
        const auto at = bytes.find(from);
        ASSERT_NE(at, std::string::npos);
        bytes.replace(at, from.size(), to);
        std::ofstream(path, std::ios::binary) << bytes;
    }

    // Every file under a folder but empty ones and what SQLite only shares in memory.
    static std::map<std::string, std::string> files(const Folder& where) {
        std::map<std::string, std::string> out;
        for (const auto& entry : fs::recursive_directory_iterator(where.path)) {
            if (!entry.is_regular_file() || entry.path().extension() == ".db-shm") continue;
            std::ifstream in(entry.path(), std::ios::binary);
            std::string bytes((std::istreambuf_iterator<char>(in)), {});
            if (!bytes.empty()) out[fs::relative(entry.path(), where.path)] = std::move(bytes);
        }
        return out;
    }

    std::string root_;
    ManualClock clock_;
    ManualLoop loop_{clock_};
    SeededRandom random_{1};
};

}  // namespace lifeline::journal
