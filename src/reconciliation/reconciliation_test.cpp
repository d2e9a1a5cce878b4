#include "reconciliation/reconciliation.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "journal/test_view_house.h"

namespace lifeline::reconciliation {
namespace {

const Window hour = *parse_window("2026-02-16T10:00Z");

class House : public journal::ViewHouse<Reconciliation> {
public:
    // A call of so long, in the hour in which the clock stands.
    void call(const std::string& id, Millis time) {
        append(
            id, "call.created",
            R"({"callId":")" + id + R"(","ownerId":"ada","accountId":"acct_1","channel":"web"})");
        append(id, "call.connected",
               R"({"callId":")" + id + R"(","connectedAt":"2026-02-16T10:00:00.000Z"})");
        loop.run_for(time);
        append(id, "call.ended",
               R"({"callId":")" + id +
                   R"(","endedAt":"2026-02-16T10:00:00.000Z","durationSeconds":1,)"
                   R"("endReason":"completed"})");
    }
    // A usage record of the call; 'A' or another letter signs it.
    void measured(const std::string& record, const std::string& call, std::int64_t quantity,
                  char signer = 'A') {
        const std::string many = std::to_string(quantity);
        append(call, "billing.usage.measured",
               R"({"accountId":"acct_1","class":"measured","cumulative":")" + many +
                   R"(","evidence":{"count":2,"seqFirst":2,"seqLast":3,"sha256":")" +
                   std::string(64, 'a') +
                   R"("},"from":"2026-02-16T10:00:00.000Z","meter":"call.duration_ms",)"
                   R"("meterVersion":1,"needsReconciliation":false,"quantity":")" +
                   many + R"(","quantityRaw":")" + many + R"(","recordId":")" + record +
                   R"(","sessionId":")" + call +
                   R"(","to":"2026-02-16T10:00:00.000Z","unit":"ms","window":")" + text_of(now()) +
                   R"(","keyId":"3f2a9c1144de0b77","signature":")" + std::string(86, signer) +
                   R"("})");
    }
    Window now() { return window_of(loop.clock().wall()); }
    void close() {
        append("sys_metering", "billing.window.closed",
               R"({"window":")" + text_of(now()) + R"(","upToPosition":)" +
                   std::to_string(journal.head_position()) + "}");
    }
    std::string report(std::uint64_t up_to) {
        return report_json(answer<Report>([&](auto done) {
            view->run({.run_id = "rr_1", .first = now(), .last = now(), .up_to = up_to}, loop,
                      std::move(done));
        }));
    }
};

void with_meters(House& house) {
    house.append("sys_metering", "billing.meters.activated",
                 R"({"sha256":")" + std::string(64, 'a') +
                     R"(","effectiveFrom":"1970-01-01T00:00Z","meters":[{"meter":)"
                     R"("call.duration_ms","version":1,"unit":"ms","increment":"1",)"
                     R"("minimum":"0","mode":"up"}]})");
}

TEST(Reconciliation, CountsFromTheJournalAlone) {
    House house;
    with_meters(house);
    house.call("sess_1", Millis(1'500));
    house.close();
    const std::string json = house.report(house.journal.head_position());
    EXPECT_NE(json.find(R"("counted":"1500")"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("class":"missing")"), std::string::npos) << json;
}

TEST(Reconciliation, ARunOfThenIsTheSameNow) {
    House house;
    with_meters(house);
    house.call("sess_1", Millis(1'500));
    house.close();
    const std::uint64_t then = house.journal.head_position();
    const std::string was = house.report(then);
    house.call("sess_2", Millis(700));
    EXPECT_EQ(house.report(then), was);
    EXPECT_NE(house.report(house.journal.head_position()), was);
    house.open("other.db");
    EXPECT_EQ(house.report(then), was);
}

// Of records only what is compared is kept, and of the rest whether it is the same.
TEST(Reconciliation, OneIdWithTwoContentsIsAConflictAndWithTwoSignaturesIsNot) {
    House house;
    with_meters(house);
    house.call("sess_1", Millis(1'500));
    house.measured("mr_1", "sess_1", 1'500);
    house.close();
    const auto says = [&](std::string_view klass, std::uint64_t up_to) {
        return house.report(up_to).contains(R"("class":")" + std::string(klass) + "\"");
    };
    EXPECT_TRUE(says("match", house.journal.head_position()));
    house.measured("mr_1", "sess_1", 1'500, 'B');
    const std::uint64_t then = house.journal.head_position();
    EXPECT_TRUE(says("match", then));
    house.measured("mr_1", "sess_1", 1'400);
    EXPECT_TRUE(says("conflict", house.journal.head_position()));
    EXPECT_TRUE(says("match", then));
}

// Whoever's call it was written into, it is of the call that it names.
TEST(Reconciliation, ARecordOfNothingIsAnOrphan) {
    House house;
    with_meters(house);
    house.call("sess_1", Millis(1'500));
    house.measured("mr_1", "sess_1", 1'500);
    house.measured("mr_2", "sess_none", 700);
    house.close();
    const std::string json = house.report(house.journal.head_position());
    EXPECT_TRUE(json.contains(R"("class":"orphan")")) << json;
    EXPECT_TRUE(json.contains(R"("measured":"2200")")) << json;
}

TEST(Reconciliation, AViewIsWhatItsRebuildIs) {
    House house;
    with_meters(house);
    house.append("sys_metering", "system.tick",
                 R"({"window":"1970-01-01T00:00Z","openCalls":0,"because":"start"})");
    house.call("sess_1", Millis(1'500));
    house.call("sess_2", Millis(700));
    house.measured("mr_1", "sess_1", 1'500);
    house.measured("mr_1", "sess_1", 1'400);
    house.close();
    house.expect_same_anew();
}

}  // namespace
}  // namespace lifeline::reconciliation
