#include "retention/call_contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "contract/json.h"
#include "retention/test_call.h"

namespace lifeline::retention {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string money(const std::string& id) {
    return R"({"reportId":")" + id +
           R"(","meter":"agent.tokens","unit":"token","quantity":"7","source":"measured"})";
}

// Ada owns the call, Ben takes part; what each says has a word that nobody else says.
void two_people(TestCall& call) {
    call.created("ada", R"(,"metadata":{"case":"META"})");
    call.added("ada", "NAME_ADA");
    call.added("ben", "NAME_BEN");
    call.add("call.participant.joined", R"({"callId":"sess_1","participantId":"ben","role":"user",)"
                                        R"("identity":{"displayName":"NAME_BEN"}})");
    call.said("ada", "u1", "WORD_ADA");
    call.said("ben", "u2", "WORD_BEN");
    call.said("ben", "u3", "HEARD_BEN", "svc");
    call.add("transcript.corrected",
             R"({"utteranceId":"u2","text":"FIXED_BEN","by":"svc","previousHash":")" +
                 std::string(64, 'a') + R"("})",
             "svc");
    call.add("x.note", R"({"note":"NOTE_BEN"})", "ben");
    call.add("billing.usage.reported", money("r1"), "bot");
}

TEST(CallContents, WhoTookPartGoesWithTheirWordsAndTheirNameAlone) {
    TestCall call;
    two_people(call);
    call.add("call.summary.ready",
             R"({"callId":"sess_1","summary":"SUMMARY","model":"m","coversSeq":9})", "svc");
    call.ended();
    const Plan plan = call.contents().of_person("ben", {});
    EXPECT_EQ(plan.participant_id, "ben");
    call.carry_out(plan);
    const std::string left = call.left();
    for (const char* word :
         {"WORD_BEN", "HEARD_BEN", "FIXED_BEN", "NOTE_BEN", "NAME_BEN", "SUMMARY"})
        EXPECT_THAT(left, Not(HasSubstr(word)));
    for (const char* word : {"WORD_ADA", "NAME_ADA", "META", "billing.usage.reported"})
        EXPECT_THAT(left, HasSubstr(word));
    EXPECT_TRUE(call.contents().of_person("ben", {}).empty()) << "once is enough";
}

TEST(CallContents, AnOwnersCallGoesWhole) {
    TestCall call;
    two_people(call);
    call.add("call.end.requested", R"({"endDetail":"DETAIL"})", "ben");
    call.ended("DETAIL");
    const CallContents before = call.contents();
    EXPECT_TRUE(before.is_over());
    call.carry_out(before.of_person("ada", {}));
    EXPECT_THAT(call.types_left(),
                testing::UnorderedElementsAre("billing.usage.reported", "record.erased"));
    const std::string left = call.left();
    for (const char* word : {"WORD", "NAME", "NOTE", "META", "DETAIL"})
        EXPECT_THAT(left, Not(HasSubstr(word)));
    // Whose it is and who may see it stays, also through a second erasure.
    const CallContents after = call.contents();
    EXPECT_EQ(after.owner_id(), "ada");
    EXPECT_EQ(after.account_id(), "acct_1");
    EXPECT_TRUE(after.is_over());
    EXPECT_TRUE(after.people().contains("ben"));
    EXPECT_TRUE(after.records("era_1"));
    EXPECT_EQ(after.recorded("era_1"), before.whole().erased);
    EXPECT_TRUE(after.whole().empty());
    EXPECT_THAT(after.whole().kept_json, HasSubstr(R"("userId":"ben")"));
}

TEST(CallContents, AFrameWithoutWordsStays) {
    TestCall call;
    call.created("ada");
    call.added("ada");
    call.said("ada", "u1", "WORD");
    call.ended();
    const Plan plan = call.contents().whole();
    EXPECT_EQ(plan.contents, std::vector<std::uint64_t>{3});
    EXPECT_THAT(plan.frame, IsEmpty());
    EXPECT_THAT(plan.kept_json, IsEmpty());
}

// Half of an action would seem to be still open.
TEST(CallContents, AnActionGoesAsOneOrNotAtAll) {
    const auto action = [](TestCall& call, const std::string& id, const std::string& asker) {
        call.add("orchestration.action.requested",
                 R"({"actionId":")" + id +
                     R"(","actionType":"mail.send","summary":"S","args":{"to":"ARGS_)" + id +
                     R"("}})",
                 asker);
        call.add(
            "safety.confirmation.requested",
            R"({"confirmationId":"c_)" + id + R"(","actionId":")" + id +
                R"(","title":"T","description":"D","severity":"warning","scope":{"kind":"message_send",)"
                R"("target":"t","audience":"external"},"preview":"PREVIEW_)" +
                id + R"(","allowedDecisions":["approve","deny"],"argsHash":")" +
                std::string(64, 'b') +
                R"(","expiresAt":"2026-02-16T11:00:00.000Z","channel":"ui"})");
    };
    struct Case {
        const char* name;
        const char* answer;  // What Ben adds to his yes.
        bool goes;
    };
    for (const auto& [name, answer, goes] : {Case{"a plain yes is no content", "", false},
                                             Case{"a reason is", R"(,"reason":"BECAUSE")", true}}) {
        SCOPED_TRACE(name);
        TestCall call;
        call.created("ada");
        call.added("ben");
        action(call, "a1", "bot");
        call.add("safety.confirmation.answered",
                 R"({"confirmationId":"c_a1","decision":"approve","argsHash":")" +
                     std::string(64, 'b') + "\"" + answer + "}",
                 "ben");
        call.add("orchestration.action.succeeded",
                 R"({"actionId":"a1","durationMs":1,"resultSummary":"RESULT"})");
        call.ended();
        call.carry_out(call.contents().of_person("ben", {}));
        EXPECT_THAT(call.left(), Not(HasSubstr("BECAUSE")));
        for (const char* word : {"ARGS_a1", "PREVIEW_a1", "RESULT"})
            EXPECT_EQ(call.left().find(word) == std::string::npos, goes) << word;
    }
}

TEST(CallContents, TextsThatALaterOneReplacedGo) {
    TestCall call;
    call.created("ada");
    const auto partial = [&](const std::string& id, int rev, const std::string& text) {
        return call.add("transcript.partial",
                        R"({"utteranceId":")" + id + R"(","speaker":"user","text":")" + text +
                            R"(","startMs":0,"endMs":1,"rev":)" + std::to_string(rev) + "}",
                        "ada");
    };
    const auto first = partial("u1", 1, "a");
    const auto second = partial("u1", 2, "ab");
    call.said("ada", "u1", "abc");
    const auto other = partial("u2", 1, "never final");
    call.ended();
    EXPECT_EQ(call.contents().superseded().contents, (std::vector<std::uint64_t>{first, second}));
    call.carry_out(call.contents().superseded(), "");
    EXPECT_FALSE(call.stored[other - 1].bytes.empty());
    EXPECT_TRUE(call.contents().superseded().empty());
    EXPECT_THAT(call.left(), HasSubstr(R"("because":"superseded")"));
}

// After a crash at any moment what is left is found, and in the end said once.
TEST(CallContents, CarriedOnFromWhereverItStopped) {
    TestCall whole;
    two_people(whole);
    whole.ended("DETAIL");
    const Plan plan = whole.contents().whole();
    for (std::size_t done = 0; done <= plan.contents.size() + 1 + plan.frame.size(); ++done) {
        SCOPED_TRACE(done);
        TestCall call;
        two_people(call);
        call.ended("DETAIL");
        for (std::size_t i = 0; i < std::min(done, plan.contents.size()); ++i)
            call.stored[plan.contents[i] - 1].bytes.clear();
        if (done > plan.contents.size()) {
            call.add("record.erased", payload_of(plan, "era_1"));
            for (std::size_t i = 0; i < done - plan.contents.size() - 1; ++i)
                call.stored[plan.frame[i] - 1].bytes.clear();
        }
        const CallContents found = call.contents();
        const Plan rest = found.whole();
        EXPECT_EQ(found.owner_id(), "ada");
        if (!found.records("era_1")) {
            EXPECT_EQ(rest.erased, plan.erased);
            EXPECT_EQ(rest.kept_json, plan.kept_json);
            call.carry_out(rest);
        } else {
            EXPECT_THAT(rest.contents, IsEmpty());
            EXPECT_EQ(rest.kept_json, plan.kept_json);
            for (const auto seq : rest.frame) call.stored[seq - 1].bytes.clear();
        }
        EXPECT_TRUE(call.contents().whole().empty());
        EXPECT_THAT(call.left(), Not(HasSubstr("DETAIL")));
    }
}

// Whoever says what in whichever order: what one person said goes, all the others' stays.
TEST(CallContentsProperty, OnePersonGoesAndNobodyElse) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(seed);
        SeededRandom random(seed);
        const std::vector<std::string> people{"ada", "ben", "cleo", "dan"};
        TestCall call;
        call.created("ada", R"(,"metadata":{"by":"m_ada_"})");
        for (const auto& one : people) call.added(one, "n_" + one + "_");
        const auto count = 5 + random.next() % 40;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::string& who = people[random.next() % people.size()];
            const std::string word = "w_" + who + "_" + std::to_string(i);
            const std::string id = std::to_string(i);
            switch (random.next() % 6) {
                case 0:
                    call.said(who, "u" + id, word);
                    break;
                case 1:
                    call.said(who, "u" + id, word, "svc");
                    break;
                case 2:
                    call.add("x.note", R"({"note":")" + word + "\"}", who);
                    break;
                case 3:
                    call.add("orchestration.action.requested",
                             R"({"actionId":"a)" + id +
                                 R"(","actionType":"mail.send","summary":")" + word +
                                 R"(","args":{}})",
                             who);
                    call.add("orchestration.action.failed", R"({"actionId":"a)" + id +
                                                                R"(","code":"x","message":")" +
                                                                word + R"(","attempt":1})");
                    break;
                case 4:
                    call.add("orchestration.turn.completed",
                             R"({"turnId":"t)" + id +
                                 R"(","durationMs":1,"stopReason":"end_turn","text":")" + word +
                                 "\"}",
                             who);
                    break;
                default:
                    call.add("billing.usage.reported", money("r" + id), who);
            }
        }
        call.ended();
        const std::string before = call.left();
        const std::string& gone = people[1 + random.next() % 3];
        call.carry_out(call.contents().of_person(gone, {}));
        const std::string after = call.left();
        EXPECT_THAT(after, Not(HasSubstr("w_" + gone + "_")));
        EXPECT_THAT(after, Not(HasSubstr("n_" + gone + "_")));
        for (const auto& one : people)
            if (one != gone)
                for (std::uint64_t i = 0; i < count; ++i) {
                    const std::string word = "w_" + one + "_" + std::to_string(i) + "\"";
                    EXPECT_EQ(before.find(word) == std::string::npos,
                              after.find(word) == std::string::npos)
                        << word;
                }
        const auto records = [](const std::string& text) {
            std::size_t found = 0;
            for (auto at = text.find("billing."); at != std::string::npos;
                 at = text.find("billing.", at + 1))
                ++found;
            return found;
        };
        EXPECT_EQ(records(before), records(after));
    }
}

}  // namespace
}  // namespace lifeline::retention
