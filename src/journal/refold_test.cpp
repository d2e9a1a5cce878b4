#include "journal/refold.h"

#include <gtest/gtest.h>

#include "contract/event.h"

namespace lifeline::journal {
namespace {

JournalEvent stored(std::uint64_t seq, const std::string& type, const std::string& payload) {
    JournalEvent out{"sess_1", {}};
    out.event.seq = seq;
    out.event.position = 10 * seq;
    out.event.event_id = "e" + std::to_string(seq);
    out.event.actor = {"server", "lifeline"};
    out.event.bytes = contract::event_json(out.event.event_id, "sess_1", "2026-02-16T10:00:00.000Z",
                                           type, payload);
    return out;
}

std::vector<JournalEvent> call() {
    return {
        stored(1, "call.created",
               R"({"callId":"sess_1","ownerId":"ada","accountId":"acct_1","channel":"text",)"
               R"("metadata":{"name":"SECRET"}})"),
        stored(2, "call.participant.added",
               R"({"callId":"sess_1","participantId":"ada","role":"user",)"
               R"("identity":{"displayName":"SECRET"}})"),
        stored(3, "call.participant.added",
               R"({"callId":"sess_1","participantId":"eve","role":"user"})"),
        stored(4, "call.participant.left",
               R"({"callId":"sess_1","participantId":"eve","role":"user","reason":"removed"})"),
        stored(5, "call.connected",
               R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z"})"),
        stored(6, "call.ended",
               R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
               R"("endReason":"completed","endDetail":"SECRET"})"),
        stored(7, "record.erased",
               R"({"because":"request","events":3,"upToSeq":6,"erasureId":"era_1","kept":{)"
               R"("ownerId":"ada","accountId":"acct_1","createdAt":"2026-02-16T10:00:00.000Z",)"
               R"("endedAt":"2026-02-16T10:00:00.000Z","outcome":"ended","channel":"text",)"
               R"("participants":[{"userId":"ada","role":"user"}]}})"),
    };
}

void erase(JournalEvent& one) {
    one.event.bytes.clear();
    one.event.erased = true;
}

// "seq type who" of each that a view would read.
std::string read(const std::vector<JournalEvent>& events) {
    contract::EventChecker checker;
    std::string all;
    for (const auto& [stream, one] : events) {
        if (one.erased) continue;
        const auto event = checker.read_stored(one.bytes);
        EXPECT_TRUE(event.has_value()) << one.bytes;
        if (!event) continue;
        all += std::to_string(one.position) + " " + std::string(event->type_name()) + " " +
               std::string(event->find_text("participantId").value_or("")) + "\n";
    }
    return all;
}

}  // namespace

TEST(Refold, IsTheSameWhetherTheFrameIsStillThereOrNot) {
    const auto erased = erased_in(call());
    ASSERT_EQ(erased.size(), 1u);
    EXPECT_FALSE(erased.front().gone);
    const std::string whole = read(with_kept_frame(erased.front(), call()));
    EXPECT_EQ(whole,
              "10 call.created \n50 call.connected \n70 record.erased \n"
              "70 call.participant.added ada\n70 call.ended \n");
    auto without = call();
    for (const std::size_t i : {0u, 1u, 5u}) erase(without[i]);
    EXPECT_EQ(read(with_kept_frame(erased.front(), without)), whole);
    for (const auto& one : with_kept_frame(erased.front(), call()))
        EXPECT_EQ(one.event.bytes.find("SECRET"), std::string::npos);
}

TEST(Refold, ADocumentThatWasErasedIsGone) {
    auto record = stored(3, "record.erased", R"({"because":"request","events":2,"upToSeq":2})");
    record.stream = "doc_1";
    const auto erased = erased_in({record});
    ASSERT_EQ(erased.size(), 1u);
    EXPECT_TRUE(erased.front().gone);
    EXPECT_TRUE(erased_in({stored(1, "x.note", R"({"say":"record.erased"})")}).empty());
}

}  // namespace lifeline::journal
