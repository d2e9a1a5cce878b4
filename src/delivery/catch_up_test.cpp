#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "contract/json.h"
#include "delivery/channel.h"
#include "delivery/reader.h"
#include "journal/memory_journal.h"

// What a reader that is behind is shown, and what all of them together may hold.
namespace lifeline::delivery {

namespace {

void no_prefix(std::string&, std::size_t) {}

// A client that takes a little at a time, and accounts for every seq.
class SlowPipe final : public Outlet {
public:
    bool ready() const override { return room > 0 && kept.empty(); }
    std::size_t send(std::string_view frames) override {
        const std::size_t taken = std::min(room, frames.size());
        room -= taken;
        got += frames.substr(0, taken);
        return taken;
    }
    void keep(std::string_view rest) override { kept = rest; }
    void replayed(std::uint64_t) override {}
    void caught_up() override {}
    void falls_behind() override {}
    void read_failed(const Error&) override { failed = true; }
    void drain(std::size_t bytes) {
        const std::size_t taken = std::min(bytes, kept.size());
        got += kept.substr(0, taken);
        kept.erase(0, taken);
        room = bytes - taken;
    }

    std::size_t room = 0;
    std::string got;
    std::string kept;
    bool failed = false;
};

class House {
public:
    House(std::size_t budget_bytes = 1 << 20) : budget(loop, budget_bytes), journal(loop.clock()) {
        journal.open("sess_1", loop, [this](auto opened) { stream = std::move(*opened); });
        loop.run();
        channel.emplace(*stream, loop, &no_prefix, Channel::House{checker, budget});
    }
    void append(std::string_view type, const std::string& payload) {
        const std::string id = "e" + std::to_string(head + 1);
        stream->append(
            head,
            {{id,
              {"user", "ada"},
              "",
              contract::event_json(id, "sess_1", "2026-02-16T10:00:00.000Z", type, payload)}},
            [this](auto done) { head = done->head; });
        loop.run();
    }
    void partial(const std::string& utterance) {
        append("transcript.partial", R"({"utteranceId":")" + utterance +
                                         R"(","speaker":"user","text":"so far","startMs":0,)"
                                         R"("endMs":1,"rev":)" +
                                         std::to_string(head) + "}");
    }
    void note() { append("x.note", "{}"); }

    VirtualLoop loop;
    contract::EventChecker checker;
    CatchUpBudget budget;
    journal::MemoryJournal journal;
    std::unique_ptr<journal::Stream> stream;
    std::optional<Channel> channel;
    std::uint64_t head = 0;
};

// What a client makes of its bytes: every seq once, either shown or said to be passed over.
struct Seen {
    std::uint64_t last = 0;
    std::uint64_t shown = 0;
    std::uint64_t skipped = 0;
    std::string wrong;
};

Seen read(const std::string& got) {
    Seen seen;
    for (std::size_t at = 0; at < got.size();) {
        // Frames stand back to back: an object ends where the next begins.
        const auto next = got.find("{\"op\":", at + 1);
        const auto text = got.substr(at, next == std::string::npos ? next : next - at);
        at += text.size();
        const auto frame = contract::Json::parse(text);
        if (!frame) return seen.wrong = "no frame: " + text, seen;
        const auto number = [&](std::string_view name) {
            return static_cast<std::uint64_t>(*frame->find(name)->as_integer());
        };
        const bool event = frame->text("op") == "event";
        const std::uint64_t from = event ? number("seq") : number("fromSeq");
        const std::uint64_t to = event ? from : number("toSeq");
        if (from != seen.last + 1 || to < from) seen.wrong += "gap before " + text;
        (event ? seen.shown : seen.skipped) += to - from + 1;
        seen.last = to;
    }
    return seen;
}

}  // namespace

TEST(CatchUp, PassesOverWhatWasOvertakenAndSaysSo) {
    House house;
    for (int i = 0; i < 50; ++i) house.partial("u1");
    house.note();
    for (int i = 0; i < 50; ++i) house.partial("u1");
    SlowPipe pipe;
    pipe.room = SIZE_MAX;
    Reader reader(*house.channel, pipe, 0);
    reader.pump();
    house.loop.run();
    const Seen seen = read(pipe.got);
    EXPECT_EQ(seen.wrong, "");
    EXPECT_EQ(seen.last, 101u);
    EXPECT_EQ(seen.shown, 2u) << "the note and the last partial";
}

TEST(CatchUp, ALiveReaderSeesEveryOne) {
    House house;
    SlowPipe pipe;
    pipe.room = SIZE_MAX;
    Reader reader(*house.channel, pipe, 0);
    reader.pump();
    for (int i = 0; i < 20; ++i) house.partial("u1");
    const Seen seen = read(pipe.got);
    EXPECT_EQ(seen.shown, 20u);
    EXPECT_FALSE(reader.behind());
}

// Whatever is written and however little is taken at a time: every seq is accounted for, in order,
// and nothing but partials that were overtaken is missing.
TEST(CatchUp, PropertyEverySeqIsAccountedFor) {
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        House house;
        SlowPipe pipe;
        std::uint64_t notes = 0;
        const auto write = [&] {
            const auto what = random.below(4);
            if (what == 0) {
                house.note();
                ++notes;
            } else {
                house.partial("u" + std::to_string(random.below(3)));
            }
        };
        for (auto n = random.below(600); n > 0; --n) write();
        Reader reader(*house.channel, pipe, 0);
        for (int step = 0; step < 60; ++step) {
            if (random.below(2) == 0) write();
            pipe.drain(random.below(700));
            if (pipe.ready()) reader.pump();
            if (random.below(2) == 0) house.loop.run();
        }
        for (int i = 0; i < 10'000 && (reader.cursor() < house.head || !pipe.kept.empty()); ++i) {
            pipe.drain(4'000);
            if (pipe.ready()) reader.pump();
            house.loop.run();
        }
        const Seen seen = read(pipe.got);
        ASSERT_EQ(seen.wrong, "");
        ASSERT_EQ(seen.last, house.head);
        ASSERT_EQ(seen.shown + seen.skipped, house.head);
        std::uint64_t shown_notes = 0;
        for (auto at = pipe.got.find("x.note"); at != std::string::npos;
             at = pipe.got.find("x.note", at + 1))
            ++shown_notes;
        ASSERT_EQ(shown_notes, notes);
    }
}

TEST(CatchUp, AllTogetherHoldNoMoreThanTheirBudgetAndEachHasATurn) {
    House house(200 * 1024);
    for (int i = 0; i < 2'000; ++i) house.note();
    std::vector<std::unique_ptr<SlowPipe>> pipes;
    std::vector<std::unique_ptr<Reader>> readers;
    for (int i = 0; i < 20; ++i) {
        pipes.push_back(std::make_unique<SlowPipe>());
        readers.push_back(std::make_unique<Reader>(*house.channel, *pipes.back(), 0));
    }
    bool waited = false;
    for (int round = 0; round < 4'000; ++round) {
        bool done = true;
        for (std::size_t i = 0; i < readers.size(); ++i) {
            pipes[i]->drain(3'000);
            if (pipes[i]->ready()) readers[i]->pump();
            done = done && readers[i]->cursor() == house.head && pipes[i]->kept.empty();
        }
        house.loop.run();
        ASSERT_LE(house.budget.used(), 200u * 1024);
        waited = waited || house.budget.waiting() > 0;
        if (done) break;
    }
    EXPECT_TRUE(waited);
    for (const auto& pipe : pipes) EXPECT_EQ(read(pipe->got).shown, 2'000u);
    readers.clear();
    EXPECT_EQ(house.budget.used(), 0u);
    EXPECT_EQ(house.budget.waiting(), 0u);
}

TEST(CatchUp, WhoGoesWhileWaitingIsForgotten) {
    House house(64 * 1024);
    for (int i = 0; i < 500; ++i) house.note();
    SlowPipe first;
    SlowPipe second;
    first.room = second.room = 10;
    Reader holder(*house.channel, first, 0);
    holder.pump();
    house.loop.run();
    {
        Reader waiter(*house.channel, second, 0);
        waiter.pump();
        EXPECT_EQ(house.budget.waiting(), 1u);
    }
    EXPECT_EQ(house.budget.waiting(), 0u);
    first.drain(SIZE_MAX);
    holder.pump();
    house.loop.run();
    EXPECT_EQ(holder.cursor(), house.head);
}

}  // namespace lifeline::delivery
