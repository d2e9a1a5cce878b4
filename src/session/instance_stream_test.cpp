#include "session/instance_stream.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/virtual_loop.h"
#include "journal/memory_journal.h"

namespace lifeline::session {

namespace {

// Writes whatever it is given, as another program might have.
class Stream {
public:
    void write(const std::string& event_id, std::string bytes) {
        std::unique_ptr<journal::Stream> open;
        journal.open("sys_instance", loop, [&](auto opened) { open = std::move(*opened); });
        loop.run();
        open->append(open->head(), {{event_id, {"server", "lifeline"}, {}, std::move(bytes)}},
                     [](auto appended) { ASSERT_TRUE(appended.has_value()); });
        loop.run();
    }
    void write(const std::string& event_id, const std::string& type, const std::string& payload) {
        write(event_id, contract::event_json(event_id, "sys_instance", "2026-02-16T10:00:00.000Z",
                                             type, payload));
    }
    Status load(InstanceStream::Fold fold) {
        Status outcome = fail(Code::internal, "no answer");
        InstanceStream stream(loop, journal, std::move(fold));
        stream.load([&](Status loaded) { outcome = std::move(loaded); });
        loop.run();
        return outcome;
    }

    VirtualLoop loop;
    journal::MemoryJournal journal{loop.clock()};
};

}  // namespace

TEST(InstanceStream, FoldsWhatStandsThereInOrder) {
    Stream stream;
    stream.write("one", "identity.account.created", R"({"accountId":"acct_1","name":"One"})");
    stream.write("two", "x.note", "{}");
    std::vector<std::string> types;
    EXPECT_TRUE(stream.load([&](std::string_view type, std::string_view) {
        types.emplace_back(type);
        return Status{};
    }));
    EXPECT_EQ(types, (std::vector<std::string>{"identity.account.created", "x.note"}));
}

TEST(InstanceStream, NamesTheRecordThatItCannotRead) {
    Stream stream;
    stream.write("one", "x.note", "{}");
    stream.write("two", R"({"eventId":"two")");
    stream.write("three", "x.note", "{}");
    std::size_t folded = 0;
    const auto loaded = stream.load([&](std::string_view, std::string_view) {
        ++folded;
        return Status{};
    });
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Code::corrupt);
    EXPECT_EQ(loaded.error().reason, "journal_corrupt");
    EXPECT_NE(loaded.error().detail.find("sys_instance seq=2 position=2"), std::string::npos)
        << loaded.error().detail;
    EXPECT_EQ(folded, 1u) << "nothing after it counts";
}

TEST(InstanceStream, NamesTheRecordThatLacksWhatItsTypePromises) {
    Stream stream;
    stream.write("one", "x.note", "{}");
    const auto loaded = stream.load([](std::string_view, std::string_view) -> Status {
        return fail(Code::corrupt, "journal_corrupt", "a bad field", "/accountId");
    });
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().detail.find("seq=1 "), std::string::npos);
    EXPECT_NE(loaded.error().detail.find("a bad field /accountId"), std::string::npos);
}

TEST(InstanceStream, WhatItRefusesHoldsNothingBehindItUp) {
    Stream house;
    InstanceStream stream(house.loop, house.journal,
                          [](std::string_view, std::string_view) { return Status(); });
    stream.load([](const Status& loaded) { EXPECT_TRUE(loaded); });
    house.loop.run();
    std::vector<std::string> answers;
    const auto append = [&](const std::string& id, const std::string& name) {
        stream.append(
            {{.event_id = id,
              .type = "identity.account.created",
              .payload_json = R"({"accountId":"acct_)" + id + R"(","name":")" + name + "\"}"}},
            [&](const Status& done) { answers.push_back(done ? "ok" : done.error().reason); });
    };
    append("1", "One");
    append("2", std::string(129, 'x'));
    append("3", "Three");
    house.loop.run();
    EXPECT_EQ(answers, (std::vector<std::string>{"ok", "out_of_range", "ok"}));
}

}  // namespace lifeline::session
