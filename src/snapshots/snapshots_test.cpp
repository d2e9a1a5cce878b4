#include "snapshots/snapshots.h"

#include <gtest/gtest.h>

#include "journal/test_view_house.h"

namespace lifeline::snapshots {

namespace {

class House : public journal::MemoryHouse {
public:
    void say(const std::string& stream, std::uint64_t times = 1) {
        for (std::uint64_t i = 0; i < times; ++i)
            append(stream, "transcript.final",
                   R"({"utteranceId":"utt_)" + std::to_string(++said) +
                       R"(","speaker":"user","text":"Hi","startMs":0,"endMs":9})");
    }
    void end(const std::string& stream) {
        append(stream, "call.ended",
               R"({"callId":")" + stream +
                   R"(","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
                   R"("endReason":"completed"})");
    }
    void taken(const std::string& stream, std::uint64_t up_to) {
        append(stream, "transcript.snapshot.created",
               R"({"snapshotId":"snap_1","upToSeq":)" + std::to_string(up_to) +
                   R"(,"utteranceCount":1,"sha256":")" + std::string(64, 'a') + R"("})");
    }
    void erased(const std::string& stream, const std::string& because) {
        append(stream, "record.erased",
               R"({"because":")" + because + R"(","events":1,"upToSeq":1})");
    }
    // "session seq, ..."
    std::string due(Snapshots& view, std::size_t limit = 100, const Due& after = {}) {
        std::string found;
        for (const Due& one : answer<std::vector<Due>>(
                 [&](auto done) { view.due(after, limit, loop, std::move(done)); }))
            found += one.session_id + " " + std::to_string(one.up_to_seq) + ", ";
        return found;
    }
    void start(Snapshots& view, const std::string& file = "snapshots.db") {
        MemoryHouse::start(view, file);
    }

    int said = 0;
};

}  // namespace

TEST(Snapshots, AreDueAtTheEndAndUntilTheyStandInTheCall) {
    House house;
    Snapshots view(house.loop, house.loop, house.journal);
    int told = 0;
    view.on_change([&] { ++told; });
    house.start(view);
    house.say("sess_1");
    EXPECT_EQ(house.due(view), "");
    house.end("sess_1");
    EXPECT_EQ(house.due(view), "sess_1 2, ");
    EXPECT_GT(told, 0);
    house.say("sess_1");  // What comes after the end changes nothing.
    EXPECT_EQ(house.due(view), "sess_1 2, ");
    house.taken("sess_1", 2);
    EXPECT_EQ(house.due(view), "");
}

TEST(Snapshots, AreNotTakenOfACallInWhichNothingWasSaid) {
    House house;
    Snapshots view(house.loop, house.loop, house.journal);
    house.start(view);
    house.end("sess_1");
    EXPECT_EQ(house.due(view), "");
}

TEST(Snapshots, AreDueAfterSoManyFinalsOfACallThatGoesOn) {
    House house;
    Snapshots view(house.loop, house.loop, house.journal);
    house.start(view);
    house.say("sess_1", said_between - 1);
    EXPECT_EQ(house.due(view), "");
    house.say("sess_1", said_between + 2);
    EXPECT_EQ(house.due(view), "sess_1 200, sess_1 400, ");
    EXPECT_EQ(house.due(view, 1), "sess_1 200, ");
    EXPECT_EQ(house.due(view, 1, {"sess_1", 200}), "sess_1 400, ");
    EXPECT_EQ(house.due(view, 1, {"sess_1", 400}), "");
    house.taken("sess_1", 200);
    EXPECT_EQ(house.due(view), "sess_1 400, ");
}

TEST(Snapshots, AreTheSameOfAViewThatIsMadeAnew) {
    House house;
    {
        Snapshots view(house.loop, house.loop, house.journal);
        house.start(view);
        house.say("sess_1");
        house.end("sess_1");
        EXPECT_EQ(house.due(view), "sess_1 2, ");
    }
    // The process died before it was taken.
    Snapshots again(house.loop, house.loop, house.journal);
    house.start(again);
    EXPECT_EQ(house.due(again), "sess_1 2, ");
    Snapshots anew(house.loop, house.loop, house.journal);
    house.start(anew, "anew.db");
    EXPECT_EQ(house.due(anew), "sess_1 2, ");
}

TEST(Snapshots, StayWhatTheyAreWhenSomethingIsCorrected) {
    House house;
    Snapshots view(house.loop, house.loop, house.journal);
    house.start(view);
    house.say("sess_1");
    house.end("sess_1");
    house.taken("sess_1", 2);
    house.append("sess_1", "transcript.corrected",
                 R"({"utteranceId":"utt_1","text":"Hello","by":"ada","previousHash":")" +
                     std::string(64, 'a') + R"("})");
    EXPECT_EQ(house.due(view), "") << "they are of a position, and there nothing has changed";
}

TEST(Snapshots, AreDueOnceMoreAfterSomethingWasErased) {
    House house;
    Snapshots view(house.loop, house.loop, house.journal);
    house.start(view);
    house.say("sess_1", 2);
    house.end("sess_1");
    house.taken("sess_1", 3);
    house.erased("sess_1", "superseded");  // Of partials: the transcript is the same.
    EXPECT_EQ(house.due(view), "");
    house.erased("sess_1", "request");
    EXPECT_EQ(house.due(view), "sess_1 6, ");
    house.taken("sess_1", 6);
    EXPECT_EQ(house.due(view), "");
    Snapshots anew(house.loop, house.loop, house.journal);
    house.start(anew, "anew.db");
    EXPECT_EQ(house.due(anew), "");
}

}  // namespace lifeline::snapshots
