#include <gtest/gtest.h>

#include <charconv>
#include <string>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "delivery/channel.h"
#include "delivery/frame_tail.h"
#include "delivery/reader.h"
#include "journal/memory_journal.h"

namespace lifeline::delivery {

namespace {

void line_prefix(std::string& out, std::size_t payload_bytes) {
    out += std::to_string(payload_bytes) + "|";
}

// A connection that takes as much as it is told to, and keeps what it got.
class Pipe final : public Outlet {
public:
    bool ready() const override { return room > 0 && kept.empty(); }
    std::size_t send(std::string_view frames) override {
        const std::size_t taken = std::min(room, frames.size());
        room -= taken;
        got += frames.substr(0, taken);
        return taken;
    }
    void keep(std::string_view rest) override { kept = rest; }
    void replayed(std::uint64_t seq) override { got += "<replayed " + std::to_string(seq) + ">"; }
    void caught_up() override { ++caught_up_count; }
    void falls_behind() override { ++reads_of_the_journal; }
    void read_failed(const Error& error) override { failed = error.reason; }

    // The socket takes bytes again.
    void drain(std::size_t bytes) {
        const std::size_t taken = std::min(bytes, kept.size());
        got += kept.substr(0, taken);
        kept.erase(0, taken);
        room = bytes - taken;
    }

    std::size_t room = SIZE_MAX;
    std::string got;
    std::string kept;
    std::string failed;
    int caught_up_count = 0;
    int reads_of_the_journal = 0;
};

// The seqs in what a pipe got, and where the replay was over.
std::string seqs(const std::string& got) {
    std::string out;
    for (std::size_t at = 0; at < got.size();) {
        if (got[at] == '<') {
            const auto end = got.find('>', at);
            out += "r" + got.substr(at + 10, end - at - 10) + " ";
            at = end + 1;
            continue;
        }
        const auto bar = got.find('|', at);
        EXPECT_NE(bar, std::string::npos);
        std::size_t size = 0;
        std::from_chars(got.data() + at, got.data() + bar, size);
        const std::string frame = got.substr(bar + 1, size);
        EXPECT_EQ(frame.size(), size);
        const auto seq = frame.find("\"seq\":");
        out += frame.substr(seq + 6, frame.find(',', seq) - seq - 6) + " ";
        at = bar + 1 + size;
    }
    return out;
}

std::string one_to(int last, int replayed) {
    std::string out;
    for (int i = 1; i <= last; ++i) {
        out += std::to_string(i) + " ";
        if (i == replayed) out += "r" + std::to_string(i) + " ";
    }
    return out;
}

class House {
public:
    House() : journal(loop.clock()) {
        journal.open("sess_1", loop, [this](auto opened) { stream = std::move(*opened); });
        loop.run();
    }
    void append(int events) {
        std::vector<journal::Draft> drafts;
        for (int i = 0; i < events; ++i)
            drafts.push_back({"e" + std::to_string(++made),
                              {"user", "ada"},
                              "",
                              "{\"n\":" + std::to_string(made) + "}"});
        stream->append(head, std::move(drafts), [this](auto done) { head = done->head; });
        loop.run();
    }

    VirtualLoop loop;
    contract::EventChecker checker;
    CatchUpBudget budget{loop, 1 << 20};
    Channel::House house{checker, budget};
    journal::MemoryJournal journal;
    std::unique_ptr<journal::Stream> stream;
    std::uint64_t head = 0;
    int made = 0;
};

}  // namespace

TEST(FrameTail, GivesWholeFramesAndKnowsWhereASendStopped) {
    FrameTail tail(5);
    for (const char* frame : {"five", "six", "seven"}) {
        tail.begin() += frame;
        tail.end();
    }
    EXPECT_EQ(tail.next(), 8u);
    EXPECT_FALSE(tail.covers(3));
    EXPECT_TRUE(tail.covers(4));
    EXPECT_FALSE(tail.covers(7));
    EXPECT_EQ(tail.after(4, 7, 1000).bytes, "fivesixseven");
    EXPECT_EQ(tail.after(4, 6, 1000).bytes, "fivesix");
    EXPECT_EQ(tail.after(4, 7, 7).bytes, "fivesix");
    EXPECT_EQ(tail.after(5, 7, 1).bytes, "six");  // One at least.
    EXPECT_EQ(tail.reach(4, 4).last, 5u);
    EXPECT_EQ(tail.reach(4, 5).last, 6u);
    EXPECT_EQ(tail.reach(4, 5).bytes, 7u);
    tail.drop_through(6);
    EXPECT_EQ(tail.oldest(), 7u);
    EXPECT_EQ(tail.after(6, 7, 1000).bytes, "seven");
    tail.drop_through(7);
    EXPECT_EQ(tail.next(), 8u);
    EXPECT_EQ(tail.bytes(), 0u);
}

TEST(Reader, ReplaysThenGoesLive) {
    House house;
    house.append(3);
    Channel channel(*house.stream, house.loop, &line_prefix, house.house);
    Pipe pipe;
    {
        Reader reader(channel, pipe, 0);
        reader.pump();
        house.loop.run();
        EXPECT_EQ(seqs(pipe.got), one_to(3, 3));
        house.append(2);
        EXPECT_EQ(seqs(pipe.got), one_to(5, 3));
        EXPECT_EQ(reader.cursor(), 5u);
    }
}

TEST(Reader, AtTheHeadIsToldSoAndGetsNothingTwice) {
    House house;
    house.append(3);
    Channel channel(*house.stream, house.loop, &line_prefix, house.house);
    Pipe pipe;
    Reader reader(channel, pipe, 3);
    reader.pump();
    EXPECT_EQ(seqs(pipe.got), "r3 ");
    EXPECT_GT(pipe.caught_up_count, 0);
}

TEST(Reader, ASlowOneFallsBackToTheJournalAndAFastOneDoesNotWait) {
    House house;
    Channel channel(*house.stream, house.loop, &line_prefix, house.house);
    Pipe slow;
    Pipe fast;
    Reader slow_reader(channel, slow, 0);
    Reader fast_reader(channel, fast, 0);
    slow.room = 10;
    slow_reader.pump();
    fast_reader.pump();
    for (int i = 0; i < 400; ++i) house.append(10);
    EXPECT_EQ(seqs(fast.got).size(), ("r0 " + one_to(4000, -1)).size());
    EXPECT_LT(slow.got.size(), 100u);
    // It comes back, a little at a time.
    while (slow_reader.cursor() < 4000 || !slow.kept.empty()) {
        slow.drain(5'000);
        if (slow.ready()) slow_reader.pump();
        house.loop.run();
    }
    EXPECT_EQ(slow.got, fast.got);
    EXPECT_GT(slow.reads_of_the_journal, 0) << "and it is told before each";
    EXPECT_EQ(fast.reads_of_the_journal, 0);
}

TEST(Channel, LetsItsFramesGoWhenNothingHappens) {
    House house;
    Channel channel(*house.stream, house.loop, &line_prefix, house.house);
    Pipe seen;
    Pipe stuck;
    Reader reader(channel, seen, 0);
    reader.pump();
    {
        Reader other(channel, stuck, 0);
        stuck.room = 0;
        house.append(3);
        house.loop.run_for(std::chrono::minutes(1));
        channel.rest(house.loop.clock().steady());
        stuck.room = SIZE_MAX;
        other.pump();
        EXPECT_FALSE(other.behind()) << "they were kept for the one who had not seen them";
        EXPECT_EQ(seqs(stuck.got), "r0 1 2 3 ");
    }
    channel.rest(house.loop.clock().steady());
    house.append(2);
    EXPECT_EQ(seqs(seen.got), "r0 1 2 3 4 5 ");
    Pipe late;
    Reader from_the_journal(channel, late, 1);
    from_the_journal.pump();
    house.loop.run();
    EXPECT_EQ(seqs(late.got), "2 3 4 5 r5 ");
}

// Whatever the socket takes at a time, and whenever events come: exactly the events after the
// cursor, in order, and the replay's end where it was.
TEST(Reader, PropertyExactlyTheSuffixInOrder) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        House house;
        const int before = static_cast<int>(random.below(50));
        if (before > 0) house.append(before);
        Channel channel(*house.stream, house.loop, &line_prefix, house.house);
        Pipe pipe;
        pipe.room = random.below(200);
        const std::uint64_t cursor = random.below(static_cast<std::uint64_t>(before) + 1);
        Reader reader(channel, pipe, cursor);
        reader.pump();
        for (int step = 0; step < 100; ++step) {
            if (random.below(3) == 0) house.append(1 + static_cast<int>(random.below(5)));
            pipe.drain(random.below(400));
            if (pipe.ready()) reader.pump();
            if (random.below(2) == 0) house.loop.run();
        }
        for (int i = 0; i < 10'000 && (reader.cursor() < house.head || !pipe.kept.empty()); ++i) {
            pipe.drain(1000);
            if (pipe.ready()) reader.pump();
            house.loop.run();
        }
        pipe.drain(1'000'000);
        if (pipe.ready()) reader.pump();
        std::string expected;
        if (cursor == static_cast<std::uint64_t>(before))
            expected = "r" + std::to_string(before) + " ";
        for (auto seq = cursor + 1; seq <= house.head; ++seq) {
            expected += std::to_string(seq) + " ";
            if (seq == static_cast<std::uint64_t>(before))
                expected += "r" + std::to_string(seq) + " ";
        }
        ASSERT_EQ(seqs(pipe.got), expected);
    }
}

}  // namespace lifeline::delivery
