#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/digest.h"
#include "base/text.h"
#include "call/test_call.h"

namespace lifeline::call {

namespace {

std::string utterance(std::string id, std::string who, std::string speaker = "user") {
    return R"({"utteranceId":")" + id + R"(","speaker":")" + speaker + R"(","participantId":")" +
           who + R"(","startMs":0})";
}

std::string partial(std::string id, int rev) {
    return R"({"utteranceId":")" + id +
           R"(","speaker":"user","text":"he","startMs":0,"endMs":5,"rev":)" + std::to_string(rev) +
           "}";
}

std::string final_text(std::string id, std::string speaker = "user") {
    return R"({"utteranceId":")" + id + R"(","speaker":")" + speaker +
           R"(","text":"hello","startMs":0,"endMs":5})";
}

std::string heard(std::string id) {
    return R"({"utteranceId":")" + id + R"(","heardText":"he","playedMs":5})";
}

std::string failure(std::string id) {
    return R"({"utteranceId":")" + id + R"(","code":"too_noisy","message":"Nothing."})";
}

std::string correct(Call& call, std::string id, std::string before, std::string after) {
    return call.publish("transcript.corrected",
                        R"({"utteranceId":")" + id + R"(","text":")" + after +
                            R"(","by":"ada","previousHash":")" + to_hex(sha256(before)) + R"("})",
                        Role::service, "key_1");
}

}  // namespace

TEST(Decide, WhatFollowsFromWhat) {
    struct Case {
        const char* name;
        std::function<void(Call&)> given;
        std::function<std::string(Call&)> when;
        const char* then;
    };
    const auto nothing = [](Call&) {};
    const auto created = [](Call& call) { call.create(); };
    const auto running = [](Call& call) { call.running(); };
    const auto ended = [](Call& call) {
        call.running();
        call.publish("call.end.requested", "{}");
    };
    const auto set = [](Status status) {
        return [status](Call& call) {
            SetStatus change;
            change.wanted = status;
            return call.run(change);
        };
    };
    const auto end_with = [](std::string reason, Role role) {
        return [reason, role](Call& call) {
            SetStatus change;
            change.wanted = Status::ended;
            change.reason = reason;
            return call.run(change, role, role == Role::user ? "ada" : "key_1");
        };
    };
    const auto in_room_9 = [](Call& call) {
        call.create();
        SetStatus change;
        change.provider = "livekit";
        change.provider_ids.room_id = "room_9";
        call.run(change, Role::service, "key_1");
    };
    const auto connecting = [](Call& call, std::string room) {
        return call.publish("call.connecting",
                            R"({"callId":"sess_1","providerRoomId":")" + room + R"("})",
                            Role::service, "key_1");
    };
    const Case cases[] = {
        {"a call is created with its members", nothing, [](Call& c) { return c.create(); },
         "call.created call.participant.added call.participant.added"},
        {"the same request again changes nothing", created, [](Call& c) { return c.create(); },
         "nothing"},
        {"another request under the same id is refused", created,
         [](Call& c) { return c.create("eve"); }, "refused id_conflict"},
        {"nothing can be asked of a call that is not there", nothing, set(Status::ended),
         "refused session_not_found"},
        {"the first user who connects starts the call", created,
         [](Call& c) { return c.run(LineChanged{"ada", true}); },
         "call.started call.connecting call.connected call.participant.joined "
         "call.participant.connection.changed"},
        {"an agent who comes first only waits", created,
         [](Call& c) { return c.run(LineChanged{"bot", true}); },
         "call.participant.joined call.participant.connection.changed"},
        {"a second line of the same participant says nothing new", running,
         [](Call& c) { return c.run(LineChanged{"ada", true}); }, "nothing"},
        {"who watches from outside leaves no trace", running,
         [](Call& c) { return c.run(LineChanged{"auditor", true}); }, "nothing"},
        {"a lost line is told", running,
         [](Call& c) {
             return c.run(LineChanged{"bot", true}) + " " + c.run(LineChanged{"bot", false});
         },
         "call.participant.joined call.participant.connection.changed"
         " call.participant.connection.changed"},
        {"after a restart every line is told as lost", running,
         [](Call& c) { return c.run(Recovered{}); },
         "call.participant.connection.changed call.reconnecting"},
        {"a user hangs up", running, [](Call& c) { return c.publish("call.end.requested", "{}"); },
         "call.end.requested call.ended"},
        {"a call ends once", ended, set(Status::ended), "nothing"},
        {"what has ended cannot fail", ended, set(Status::failed), "refused illegal_transition"},
        {"what has ended cannot begin", ended, set(Status::active), "refused illegal_transition"},
        {"nothing is said after the end", ended, [](Call& c) { return c.publish("x.note", "{}"); },
         "refused session_over"},
        {"but a late final is", ended,
         [](Call& c) { return c.publish("transcript.final", final_text("u9")); },
         "transcript.final"},
        {"an application may start a call itself", created, set(Status::active),
         "call.started call.connecting call.connected"},
        {"and repeat it", running, set(Status::active), "nothing"},
        {"but only who manages it", running,
         [](Call& c) {
             SetStatus change;
             change.wanted = Status::ended;
             c.run(AddParticipant{{"bob", Role::user, ""}});
             return c.run(change, Role::user, "bob") + " " + c.run(change, Role::agent, "bot");
         },
         "refused forbidden refused forbidden"},
        {"a user knows no provider", created,
         [](Call& c) {
             SetStatus change;
             change.provider_ids.room_id = "room_1";
             return c.run(change);
         },
         "refused forbidden"},
        {"a user ends it as users do", running, end_with("user_hangup", Role::user), "call.ended"},
        {"not as an operator", running, end_with("operator_stop", Role::user), "refused forbidden"},
        {"nor as the budget", running, end_with("budget_stop", Role::user), "refused forbidden"},
        {"which a service does", running, end_with("budget_stop", Role::service), "call.ended"},
        {"an operator stops it", running, end_with("operator_stop", Role::operator_), "call.ended"},
        {"a reason is one of the list", running, end_with("boredom", Role::admin),
         "refused unknown_value"},
        {"nobody fails it in the server's name", running,
         [](Call& c) {
             SetStatus change;
             change.wanted = Status::failed;
             change.reason = "reconnect_window_expired";
             return c.run(change, Role::service, "key_1");
         },
         "refused forbidden"},
        {"the owner says that it failed", running,
         [](Call& c) {
             SetStatus change;
             change.wanted = Status::failed;
             change.reason = "microphone_lost";
             return c.run(change);
         },
         "call.terminal_failure"},
        {"a provider's ids do not change, whoever names others", in_room_9,
         [&](Call& c) {
             SetStatus change;
             change.provider_ids.room_id = "room_8";
             return c.run(change, Role::service, "key_1") + " " + connecting(c, "room_8");
         },
         "refused provider_immutable refused provider_immutable"},
        {"not even before it is connected", in_room_9,
         [](Call& c) {
             return c.publish("call.connected",
                              R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z",)"
                              R"("provider":"twilio"})",
                              Role::service, "key_1");
         },
         "refused provider_immutable"},
        {"nor by starting anew", in_room_9,
         [](Call& c) {
             return c.publish("call.started",
                              R"({"callId":"sess_1","channel":"voice","direction":"inbound",)"
                              R"("provider":"livekit","providerRoomId":"room_8"})",
                              Role::service, "key_1");
         },
         "refused provider_immutable"},
        {"the same again is no change, and what was not told may be", in_room_9,
         [&](Call& c) {
             const auto told =
                 connecting(c, "room_9") + " " +
                 c.publish("call.connecting", R"({"callId":"sess_1","providerCallId":"call_7"})",
                           Role::service, "key_1");
             EXPECT_EQ(c.state.provider_ids.call_id, "call_7");
             return told + " " +
                    c.publish("call.connecting", R"({"callId":"sess_1","providerCallId":"call_8"})",
                              Role::service, "key_1");
         },
         "call.connecting call.connecting refused provider_immutable"},
        {"an utterance begins, goes on and closes", running,
         [](Call& c) {
             return c.publish("transcript.utterance.started", utterance("u1", "ada")) + " " +
                    c.publish("transcript.partial", partial("u1", 1)) + " " +
                    c.publish("transcript.final", final_text("u1"));
         },
         "transcript.utterance.started transcript.partial transcript.final"},
        {"an utterance begins once", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             return c.publish("transcript.utterance.started", utterance("u1", "ada"));
         },
         "refused utterance_exists"},
        {"rev grows", running,
         [](Call& c) {
             c.publish("transcript.partial", partial("u1", 2));
             return c.publish("transcript.partial", partial("u1", 2));
         },
         "refused revision_stale"},
        {"there is one final", running,
         [](Call& c) {
             c.publish("transcript.final", final_text("u1"));
             return c.publish("transcript.final", final_text("u1"));
         },
         "refused utterance_closed"},
        {"an utterance that was cut off is over", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             c.publish("transcript.truncated", heard("u1"));
             EXPECT_TRUE(c.state.open_utterances.empty());
             return c.publish("transcript.final", final_text("u1"));
         },
         "refused utterance_closed"},
        {"nobody speaks for somebody else", running,
         [](Call& c) { return c.publish("transcript.utterance.started", utterance("u1", "bot")); },
         "refused not_yourself"},
        {"nobody goes on with another's utterance", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             return c.publish("transcript.final", final_text("u1"), Role::agent, "bot");
         },
         "refused utterance_not_yours"},
        {"nor cuts it off", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             return c.publish("transcript.truncated", heard("u1"), Role::agent, "bot");
         },
         "refused utterance_not_yours"},
        {"nor says that it failed", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             return c.publish("transcript.failed", failure("u1"), Role::agent, "bot");
         },
         "refused utterance_not_yours"},
        {"nor changes what was heard of it afterwards", running,
         [](Call& c) {
             c.publish("transcript.final", final_text("u0", "agent"), Role::agent, "bot");
             c.publish("transcript.final", final_text("u1"));
             return c.publish("transcript.truncated", heard("u1"), Role::agent, "bot") + " " +
                    c.publish("transcript.failed", failure("u0"));
         },
         "refused utterance_not_yours refused utterance_not_yours"},
        {"its starter does, also of a final one, also after the end", running,
         [](Call& c) {
             c.publish("transcript.final", final_text("u1", "agent"), Role::agent, "bot");
             c.publish("call.end.requested", "{}");
             return c.publish("transcript.truncated", heard("u1"), Role::agent, "bot");
         },
         "transcript.truncated"},
        {"a service does it of its line", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             return c.publish("transcript.failed", failure("u1"), Role::service, "key_1");
         },
         "transcript.failed"},
        {"who a service closed it for is still its starter", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             c.publish("transcript.final", final_text("u1"), Role::service, "key_1");
             return c.publish("transcript.truncated", heard("u1"));
         },
         "transcript.truncated"},
        {"an utterance that failed is over", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             c.publish("transcript.failed", failure("u1"));
             return c.publish("transcript.partial", partial("u1", 1));
         },
         "refused utterance_closed"},
        {"what was never begun is not cut off", running,
         [](Call& c) { return c.publish("transcript.truncated", heard("u1")); },
         "refused utterance_unknown"},
        {"a final text is corrected, and then that one", running,
         [](Call& c) {
             c.publish("transcript.final", final_text("u1"));
             return correct(c, "u1", "hello", "hallo") + " " + correct(c, "u1", "hallo", "holla");
         },
         "transcript.corrected transcript.corrected"},
        {"of two corrections that crossed the first counts", running,
         [](Call& c) {
             c.publish("transcript.final", final_text("u1"));
             return correct(c, "u1", "hello", "hallo") + " " + correct(c, "u1", "hello", "holla");
         },
         "transcript.corrected refused correction_stale"},
        {"what was cut short is corrected as it was heard", running,
         [](Call& c) {
             c.publish("transcript.final", final_text("u1"));
             c.publish("transcript.truncated", heard("u1"));
             return correct(c, "u1", "hello", "x") + " " + correct(c, "u1", "he", "x");
         },
         "refused correction_stale transcript.corrected"},
        {"what has no final text is not corrected", running,
         [](Call& c) {
             c.publish("transcript.utterance.started", utterance("u1", "ada"));
             const std::string open = correct(c, "u1", "", "x");
             c.publish("transcript.failed", failure("u1"));
             return open + " " + correct(c, "u1", "", "x");
         },
         "refused utterance_unknown refused utterance_unknown"},
        {"a failure need not be of an utterance", running,
         [](Call& c) {
             return c.publish("transcript.failed", R"({"code":"stt_down","message":"Nothing."})");
         },
         "transcript.failed"},
        {"a user does not speak as an agent", running,
         [](Call& c) { return c.publish("transcript.final", final_text("u1", "agent")); },
         "refused not_yourself"},
        {"nor an agent as a user", running,
         [](Call& c) {
             return c.publish("transcript.utterance.started", utterance("u1", "bot"), Role::agent,
                              "bot");
         },
         "refused not_yourself"},
        {"a service speaks as whoever it is on its line", running,
         [](Call& c) {
             return c.publish("transcript.final", final_text("u1", "agent"), Role::service,
                              "key_1");
         },
         "transcript.final"},
        {"one who never finishes costs nobody else their word", running,
         [](Call& c) {
             for (int i = 0; i < 256; ++i)
                 EXPECT_EQ(c.publish("transcript.partial", partial("a" + std::to_string(i), 0)),
                           "transcript.partial");
             return c.publish("transcript.partial", partial("a256", 0)) + " " +
                    c.publish("transcript.final", final_text("b1", "agent"), Role::agent, "bot");
         },
         "refused limit_exceeded transcript.final"},
        {"a user cannot make what only the server makes", running,
         [](Call& c) {
             return c.publish("call.ended",
                              R"({"callId":"sess_1","endedAt":"2026-02-16T10:00:00.000Z",)"
                              R"("durationSeconds":1,"endReason":"completed"})");
         },
         "refused type_not_allowed"},
        {"a viewer says nothing", running,
         [](Call& c) {
             c.run(AddParticipant{{"vic", Role::viewer, ""}});
             return c.publish("x.note", "{}", Role::viewer, "vic");
         },
         "refused type_not_allowed"},
        {"the owner adds somebody", running,
         [](Call& c) { return c.run(AddParticipant{{"bob", Role::viewer, ""}}); },
         "call.participant.added"},
        {"an agent does not", running,
         [](Call& c) {
             return c.run(AddParticipant{{"bob", Role::viewer, ""}}, Role::agent, "bot");
         },
         "refused forbidden"},
        {"one user has one role", running,
         [](Call& c) { return c.run(AddParticipant{{"bot", Role::viewer, ""}}); },
         "refused participant_conflict"},
        {"and nobody as an operator", running,
         [](Call& c) { return c.run(AddParticipant{{"bob", Role::operator_, ""}}); },
         "refused forbidden"},
        {"nor by an invite", running,
         [](Call& c) {
             return c.run(CreateInvite{"inv_1", Role::operator_, 1, std::chrono::hours(1)});
         },
         "refused forbidden"},
        {"nor from the beginning", nothing,
         [](Call& c) {
             Create create;
             create.owner_id = "ada";
             create.members = {{"ada", Role::user, ""}, {"bob", Role::operator_, ""}};
             return c.run(create);
         },
         "refused forbidden"},
        {"a service does", running,
         [](Call& c) {
             return c.run(AddParticipant{{"bob", Role::operator_, ""}}, Role::service, "key_1");
         },
         "call.participant.added"},
        {"one participant does not remove another", running,
         [](Call& c) {
             c.run(AddParticipant{{"bob", Role::user, ""}});
             return c.run(RemoveParticipant{"bot", ""}, Role::user, "bob");
         },
         "refused forbidden"},
        {"but may go", running,
         [](Call& c) {
             c.run(AddParticipant{{"bob", Role::user, ""}});
             return c.run(RemoveParticipant{"bob", ""}, Role::user, "bob");
         },
         "call.participant.left"},
        {"what was sent behind the removal is refused", running,
         [](Call& c) {
             c.run(RemoveParticipant{"bot", ""});
             return c.publish("x.note", "{}", Role::agent, "bot");
         },
         "refused forbidden"},
        {"and nobody lets himself in again", running,
         [](Call& c) {
             c.run(AddParticipant{{"gst_1", Role::operator_, ""}}, Role::service, "key_1");
             c.run(RemoveParticipant{"gst_1", ""});
             return c.run(AddParticipant{{"gst_1", Role::operator_, ""}}, Role::operator_, "gst_1");
         },
         "refused forbidden"},
        {"the owner stays", running, [](Call& c) { return c.run(RemoveParticipant{"ada", ""}); },
         "refused participant_conflict"},
        {"somebody is removed", running,
         [](Call& c) { return c.run(RemoveParticipant{"bot", ""}); }, "call.participant.left"},
        {"nobody can be removed who was never there", running,
         [](Call& c) { return c.run(RemoveParticipant{"eve", ""}); },
         "refused participant_not_found"},
        {"an invite lets one guest in", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             return c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, "Guest"}});
         },
         "call.invite.redeemed call.participant.added"},
        {"who redeems it again by the same key is the same guest, of the same name", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, "Guest"}});
             const auto again = c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, "Guest"}});
             return again + " " + c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, "Eve"}});
         },
         "nothing refused id_conflict"},
        {"and does not come back after a removal", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 2, std::chrono::hours(1)});
             c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, ""}});
             c.run(RemoveParticipant{"gst_1", ""});
             return c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, ""}});
         },
         "refused invite_invalid"},
        {"the same invite again is no other", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             c.now += std::chrono::minutes(1);
             return c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
         },
         "nothing"},
        {"another one under its key is refused", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             return c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(2)}) + " " +
                    c.run(CreateInvite{"inv_1", Role::viewer, 2, std::chrono::hours(1)}) + " " +
                    c.run(CreateInvite{"inv_1", Role::user, 1, std::chrono::hours(1)});
         },
         "refused id_conflict refused id_conflict refused id_conflict"},
        {"ids may be as long as they like", running,
         [](Call& c) {
             const std::string who(128, 'g');
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             const auto came = c.run(RedeemInvite{"inv_1", {who, Role::user, "Guest"}});
             return came + " " + c.run(LineChanged{who, true}) + " " +
                    c.run(RemoveParticipant{who, ""});
         },
         "call.invite.redeemed call.participant.added call.participant.joined "
         "call.participant.connection.changed call.participant.left"},
        {"and no second one", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, ""}});
             return c.run(RedeemInvite{"inv_1", {"gst_2", Role::user, ""}});
         },
         "refused invite_invalid"},
        {"a revoked invite lets nobody in", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             c.run(RevokeInvite{"inv_1"});
             return c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, ""}});
         },
         "refused invite_invalid"},
        {"nor does one that has expired", running,
         [](Call& c) {
             c.run(CreateInvite{"inv_1", Role::viewer, 1, std::chrono::hours(1)});
             c.now += std::chrono::hours(1);
             return c.run(RedeemInvite{"inv_1", {"gst_1", Role::user, ""}});
         },
         "refused invite_invalid"},
    };
    for (const auto& [name, given, when, then] : cases) {
        SCOPED_TRACE(name);
        Call call;
        given(call);
        EXPECT_EQ(when(call), then);
    }
}

// A request is the same when everything that was asked for is, however it is spelt.
TEST(Decide, WhenARepeatedRequestIsTheSame) {
    Create first;
    first.owner_id = "ada";
    first.account_id = "acct_1";
    first.channel = "voice";
    first.metadata_json = R"({"a":1,"b":{"x":true,"y":2}})";
    first.config_json = R"({"c":1})";
    first.connect_timeout = std::chrono::minutes(5);
    first.max_duration = std::chrono::hours(1);
    first.members = {{"ada", Role::user, "Ada"}};
    struct Case {
        const char* name;
        std::function<void(Create&)> change;
        const char* then;
    };
    const Case cases[] = {
        {"nothing", [](Create&) {}, "nothing"},
        {"the order of keys",
         [](Create& c) { c.metadata_json = R"({ "b": {"y": 2, "x": true}, "a": 1.0 })"; },
         "nothing"},
        {"the name in the token", [](Create& c) { c.members[0].name = "Ada L."; }, "nothing"},
        {"metadata", [](Create& c) { c.metadata_json = R"({"a":2})"; }, "refused id_conflict"},
        {"config", [](Create& c) { c.config_json = "{}"; }, "refused id_conflict"},
        {"provider", [](Create& c) { c.provider = "livekit"; }, "refused id_conflict"},
        {"owner", [](Create& c) { c.owner_id = "eve"; }, "refused id_conflict"},
        {"connect timeout", [](Create& c) { c.connect_timeout = Millis(1000); },
         "refused id_conflict"},
        {"members", [](Create& c) { c.members.push_back({"bob", Role::user, ""}); },
         "refused id_conflict"},
        {"members, one twice", [](Create& c) { c.members.push_back({"ada", Role::viewer, ""}); },
         "refused participant_conflict"},
    };
    for (const auto& [name, change, then] : cases) {
        SCOPED_TRACE(name);
        Call call;
        call.run(first);
        EXPECT_EQ(call.state.config_json, R"({"c":1})");
        Create again = first;
        change(again);
        EXPECT_EQ(call.run(again), then);
    }
}

// Where a request was sent, it alone counts: the server's settings may have changed since, and with
// them what is made of it.
TEST(Decide, WhatTheServerAddsMakesNoOtherRequest) {
    Create first;
    first.owner_id = "ada";
    first.account_id = "acct_1";
    first.channel = "voice";
    first.connect_timeout = std::chrono::minutes(5);
    first.max_duration = std::chrono::hours(1);
    first.members = {{"ada", Role::user, "Ada"}};
    first.asked_json = R"({"channel":"voice","metadata":{"a":1}})";
    struct Case {
        const char* name;
        std::function<void(Create&)> change;
        const char* then;
    };
    const Case cases[] = {
        {"the house has come to demand consent",
         [](Create& c) { c.recording_consent_required = true; }, "nothing"},
        {"it waits for longer", [](Create& c) { c.connect_timeout = std::chrono::minutes(9); },
         "nothing"},
        {"it has an agent that joins all",
         [](Create& c) { c.members.push_back({"bot", Role::agent, ""}); }, "nothing"},
        {"the order of keys",
         [](Create& c) { c.asked_json = R"({"metadata":{"a":1.0},"channel":"voice"})"; },
         "nothing"},
        {"consent is asked for",
         [](Create& c) {
             c.asked_json =
                 R"({"channel":"voice","metadata":{"a":1},"recordingConsentRequired":true})";
         },
         "refused id_conflict"},
        {"metadata", [](Create& c) { c.asked_json = R"({"channel":"voice","metadata":{"a":2}})"; },
         "refused id_conflict"},
        {"owner", [](Create& c) { c.owner_id = "eve"; }, "refused id_conflict"},
        {"account", [](Create& c) { c.account_id = "acct_2"; }, "refused id_conflict"},
    };
    for (const auto& [name, change, then] : cases) {
        SCOPED_TRACE(name);
        Call call;
        call.run(first);
        Create again = first;
        change(again);
        EXPECT_EQ(call.run(again), then);
    }
}

TEST(Decide, ACallFromBeforeRequestsWereKeptIsTheSameCall) {
    Create first;
    first.owner_id = "ada";
    first.account_id = "acct_1";
    first.channel = "voice";
    first.connect_timeout = std::chrono::minutes(5);
    first.max_duration = std::chrono::hours(1);
    first.members = {{"ada", Role::user, "Ada"}};
    Call call;
    call.run(first);
    first.asked_json = R"({"channel":"voice"})";
    EXPECT_EQ(call.run(first), "nothing");
}

// The fold of the same events is the same state, whatever decided them.
TEST(Fold, IsAllThatIsLeftOfACall) {
    Call call;
    call.running();
    call.publish("transcript.utterance.started", utterance("u1", "ada"));
    call.publish("transcript.final", final_text("u2"));
    call.run(CreateInvite{"inv_1", Role::viewer, 3, std::chrono::hours(1)});
    call.run(RedeemInvite{"inv_1", {"gst_1", Role::user, "Guest"}});
    State again;
    again.id = "sess_1";
    std::uint64_t seq = 0;
    for (const auto& json : call.log) {
        const auto event = call.checker.read_stored(json);
        ASSERT_TRUE(event.has_value());
        apply(again, *event, "ada", ++seq);
    }
    EXPECT_EQ(again.status, call.state.status);
    EXPECT_EQ(again.connected_at, call.state.connected_at);
    EXPECT_EQ(again.participants.size(), call.state.participants.size());
    EXPECT_EQ(again.participants.back().name, "Guest");
    EXPECT_EQ(again.invites.front().uses_left, 2);
    EXPECT_EQ(again.open_utterances.size(), 1u);
    EXPECT_EQ(again.closed_utterances, call.state.closed_utterances);
}

}  // namespace lifeline::call
