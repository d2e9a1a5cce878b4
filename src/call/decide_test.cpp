#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "call/access.h"
#include "call/deadlines.h"
#include "call/decide.h"
#include "call/state.h"
#include "contract/event.h"

namespace lifeline::call {

namespace {

using contract::Role;

constexpr WallTime begin{Millis(1'771'236'000'000)};

contract::Actor actor_of(Role role, std::string id) {
    return {std::string(contract::to_text(role)), std::move(id)};
}

// A call as its events made it: commands go through decide and apply, as they do in an actor.
class Call {
public:
    Call() { state.id = "sess_1"; }

    // What was appended, by type, or the reason of the refusal.
    std::string run(Request request, Role role = Role::user, std::string who = "ada") {
        Command command{std::move(request), actor_of(role, std::move(who)), role};
        const auto decision = decide(state, command, now);
        if (!decision) return "refused " + decision.error().reason;
        std::string types;
        const auto append = [&](const contract::Event& event, std::string_view by) {
            apply(state, event, by);
            log.push_back(event.json());
            types += (types.empty() ? "" : " ") + std::string(event.type_name());
        };
        if (const auto* publish = std::get_if<Publish>(&command.request))
            append(publish->event, command.actor.id);
        for (const auto& made : decision->events) {
            const auto json =
                contract::event_json(made.id, state.id, format_rfc3339(now),
                                     contract::type_info(made.type).name, made.payload);
            const auto event = checker.check(json, contract::Sender::server);
            EXPECT_TRUE(event.has_value()) << json << event.error().reason << event.error().pointer;
            append(*event, command.actor.id);
        }
        return types.empty() ? "nothing" : types;
    }
    std::string publish(std::string type, std::string payload, Role role = Role::user,
                        std::string who = "ada", std::string ts = "") {
        if (ts.empty()) ts = format_rfc3339(now);
        auto event = checker.check(contract::event_json("evt_" + std::to_string(++published),
                                                        state.id, ts, type, payload));
        EXPECT_TRUE(event.has_value())
            << type << payload << event.error().reason << event.error().pointer;
        return run(Publish{std::move(*event)}, role, std::move(who));
    }
    std::string create(std::string owner = "ada", std::string provider = "") {
        Create create;
        create.owner_id = owner;
        create.account_id = "acct_1";
        create.channel = "voice";
        create.provider = provider;
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(1);
        create.reconnect_window = std::chrono::minutes(15);
        create.members = {{"ada", Role::user, "Ada"}, {"bot", Role::agent, ""}};
        return run(create);
    }
    void running() {
        create();
        run(LineChanged{"ada", true}, Role::server, "lifeline");
    }

    contract::EventChecker checker;
    State state;
    WallTime now = begin;
    std::vector<std::string> log;
    int published = 0;
};

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
        {"a lost line is told", running, [](Call& c) { return c.run(LineChanged{"ada", false}); },
         "call.participant.connection.changed"},
        {"after a restart every line is told as lost", running,
         [](Call& c) { return c.run(Recovered{}); }, "call.participant.connection.changed"},
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

TEST(Deadlines, FireOnceAndInTheirOrder) {
    Call call;
    call.create();
    EXPECT_EQ(next_deadline(call.state), begin + std::chrono::minutes(5));
    call.now = begin + std::chrono::minutes(4);
    EXPECT_EQ(call.run(TimePassed{}), "nothing");
    call.run(LineChanged{"ada", true});
    const WallTime connected = call.now;
    EXPECT_EQ(next_deadline(call.state), connected + std::chrono::minutes(59));
    call.now = connected + std::chrono::minutes(59);
    EXPECT_EQ(call.run(TimePassed{}), "call.deadline.warning");
    EXPECT_EQ(call.run(TimePassed{}), "nothing");
    EXPECT_EQ(next_deadline(call.state), connected + std::chrono::hours(1));
    call.now = connected + std::chrono::hours(1);
    EXPECT_EQ(call.run(TimePassed{}), "call.ended");
    EXPECT_EQ(call.run(TimePassed{}), "nothing");
    EXPECT_EQ(next_deadline(call.state), WallTime::max());
    EXPECT_EQ(call.state.end_reason, "timeout");
}

TEST(Deadlines, NobodyConnectsInTime) {
    Call call;
    call.create();
    call.now = begin + std::chrono::minutes(5);
    EXPECT_EQ(call.run(TimePassed{}), "call.terminal_failure");
    EXPECT_EQ(call.state.end_reason, "connect_timeout");
}

// A service says when its line stood. Whatever it says, the call keeps its own time.
TEST(Deadlines, AServiceClaimsNoTimeThatTheCallDidNotHave) {
    const WallTime latest = begin + std::chrono::minutes(5);
    struct Case {
        const char* ts;
        WallTime connected;
    };
    const Case cases[] = {
        {"1970-01-01T00:00:00.000Z", begin},
        {"2020-01-01T00:00:00.000Z", begin},
        {"0000-01-01T00:00:00.000Z", begin},
        {"9999-12-31T23:59:59.999Z", latest},
        {"2026-02-16T10:01:00.000Z", begin + std::chrono::minutes(1)},
    };
    for (const auto& [ts, connected] : cases) {
        SCOPED_TRACE(ts);
        Call call;
        call.create("ada", "livekit");
        call.publish("call.started",
                     R"({"callId":"sess_1","channel":"voice","direction":"inbound",)"
                     R"("provider":"livekit"})",
                     Role::service, "key_1", "1970-01-01T00:00:00.000Z");
        EXPECT_EQ(call.state.started_at, begin);
        call.now += std::chrono::seconds(10);
        const auto payload = R"({"callId":"sess_1","connectedAt":")" + std::string(ts) + R"("})";
        EXPECT_EQ(call.publish("call.connected", payload, Role::service, "key_1", ts),
                  "call.connected");
        EXPECT_EQ(call.state.connected_at, connected);
        EXPECT_EQ(call.run(TimePassed{}), "nothing");
        EXPECT_EQ(call.run(LineChanged{"ada", true}),
                  "call.participant.joined call.participant.connection.changed");
        EXPECT_EQ(next_deadline(call.state), connected + std::chrono::minutes(59));
    }
}

TEST(Deadlines, DoNotGoBeyondTheEndOfTime) {
    EXPECT_EQ(later(WallTime::max(), Millis(1)), WallTime::max());
    EXPECT_EQ(later(begin, Millis::max()), WallTime::max());
    EXPECT_EQ(later(begin, Millis(1)), begin + Millis(1));
    EXPECT_EQ(later(WallTime::min(), Millis::max()), WallTime::min() + Millis::max());
}

// Whom a call waits for, from when on, and how long.
TEST(Deadlines, ACallThatNobodyComesBackToIsReaped) {
    struct Case {
        const char* name;
        std::function<void(Call&)> given;
        std::optional<Millis> reaped;  // After the beginning.
    };
    const auto minutes = [](int n) { return std::optional<Millis>(std::chrono::minutes(n)); };
    const auto at = [](Call& call, int minute) { call.now = begin + std::chrono::minutes(minute); };
    const auto activate = [](Call& call, std::string provider) {
        SetStatus change;
        change.provider = std::move(provider);
        return call.run(change, Role::service, "key_1");
    };
    const auto add = [](Call& call, std::string who) {
        call.run(AddParticipant{{std::move(who), Role::user, ""}}, Role::service, "key_1");
    };
    const Case cases[] = {
        {"its owner is there", [&](Call& c) { c.running(); }, std::nullopt},
        {"its owner is gone",
         [&](Call& c) {
             c.running();
             at(c, 2);
             c.run(LineChanged{"ada", false});
         },
         minutes(17)},
        {"its owner came back",
         [&](Call& c) {
             c.running();
             c.run(LineChanged{"ada", false});
             c.run(LineChanged{"ada", true});
         },
         std::nullopt},
        {"an agent alone is no call",
         [&](Call& c) {
             c.running();
             c.run(LineChanged{"bot", true});
             at(c, 2);
             c.run(LineChanged{"ada", false});
             at(c, 3);
             c.run(LineChanged{"bot", false});
         },
         minutes(17)},
        {"it was made active before anybody had a socket",
         [&](Call& c) {
             c.create();
             at(c, 4);
             activate(c, "");
         },
         minutes(19)},
        {"the owner is a backend and a user is there",
         [&](Call& c) {
             c.create("key_1");
             activate(c, "");
             c.run(LineChanged{"ada", true});
         },
         std::nullopt},
        {"the owner is a backend and the last user is gone",
         [&](Call& c) {
             c.create("key_1");
             add(c, "bob");
             c.run(LineChanged{"ada", true});
             c.run(LineChanged{"bob", true});
             at(c, 2);
             c.run(LineChanged{"ada", false});
             at(c, 3);
             c.run(LineChanged{"bob", false});
         },
         minutes(18)},
        {"the last user was removed",
         [&](Call& c) {
             c.create("key_1");
             c.run(LineChanged{"ada", true});
             at(c, 2);
             c.run(RemoveParticipant{"ada", ""}, Role::service, "key_1");
         },
         minutes(17)},
        {"a media provider holds the line",
         [&](Call& c) {
             c.create("ada", "livekit");
             activate(c, "");
             c.publish("call.connected",
                       R"({"callId":"sess_1","connectedAt":"2026-02-16T10:00:00.000Z"})",
                       Role::service, "key_1");
         },
         std::nullopt},
    };
    for (const auto& [name, given, reaped] : cases) {
        SCOPED_TRACE(name);
        Call call;
        given(call);
        ASSERT_TRUE(call.state.connected_at.has_value());
        call.now = begin + reaped.value_or(std::chrono::minutes(50)) - Millis(1);
        EXPECT_EQ(call.run(TimePassed{}), "nothing");
        call.now += Millis(1);
        EXPECT_EQ(call.run(TimePassed{}), reaped ? "call.ended" : "nothing");
    }
}

// One terminal event of each turn, of the agent that started it.
TEST(Decide, WhatBecomesOfATurn) {
    const auto started = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish(
            "orchestration.turn.started",
            R"({"turnId":")" + id + R"(","orchestrator":"scripted","inputUtteranceIds":[]})",
            Role::agent, std::move(who));
    };
    const auto completed = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish(
            "orchestration.turn.completed",
            R"({"turnId":")" + id + R"(","durationMs":1,"stopReason":"end_turn","text":""})",
            Role::agent, std::move(who));
    };
    const auto cancelled = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish("orchestration.turn.cancelled",
                            R"({"turnId":")" + id + R"(","durationMs":1,"cause":"barge_in"})",
                            Role::agent, std::move(who));
    };
    const auto failed = [](Call& call, std::string id) {
        return call.publish("orchestration.turn.failed",
                            R"({"turnId":")" + id +
                                R"(","durationMs":1,"code":"down","message":"m","retryable":true})",
                            Role::agent, "bot");
    };
    const auto delta = [](Call& call, std::string id, std::string who = "bot") {
        return call.publish("orchestration.turn.delta",
                            R"({"turnId":")" + id + R"(","itemId":"i","deltaText":"x","offset":0})",
                            Role::agent, std::move(who));
    };
    Call call;
    call.running();
    call.run(AddParticipant{{"other", Role::agent, ""}});
    EXPECT_EQ(completed(call, "t1"), "refused turn_unknown");
    EXPECT_EQ(delta(call, "t1"), "refused turn_unknown");
    EXPECT_EQ(started(call, "t1"), "orchestration.turn.started");
    EXPECT_EQ(started(call, "t1"), "refused turn_exists");
    EXPECT_EQ(delta(call, "t1"), "orchestration.turn.delta");
    EXPECT_EQ(delta(call, "t1", "other"), "refused turn_not_yours");
    EXPECT_EQ(cancelled(call, "t1", "other"), "refused turn_not_yours");
    EXPECT_EQ(completed(call, "t1"), "orchestration.turn.completed");
    EXPECT_EQ(completed(call, "t1"), "refused turn_closed");
    EXPECT_EQ(cancelled(call, "t1"), "refused turn_closed");
    EXPECT_EQ(failed(call, "t1"), "refused turn_closed");
    EXPECT_EQ(delta(call, "t1"), "refused turn_closed");
    EXPECT_EQ(started(call, "t1"), "refused turn_exists");
    EXPECT_EQ(started(call, "t2") + " " + failed(call, "t2"),
              "orchestration.turn.started orchestration.turn.failed");
    EXPECT_EQ(started(call, "t3") + " " + cancelled(call, "t3"),
              "orchestration.turn.started orchestration.turn.cancelled");
    EXPECT_TRUE(call.state.open_turns.empty());
    for (int i = 0; i < 64; ++i) started(call, "open" + std::to_string(i));
    EXPECT_EQ(started(call, "open64"), "refused limit_exceeded");
    EXPECT_EQ(started(call, "o1", "other"), "orchestration.turn.started");
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
    for (const auto& json : call.log) {
        const auto event = call.checker.read_stored(json);
        ASSERT_TRUE(event.has_value());
        apply(again, *event, "ada");
    }
    EXPECT_EQ(again.status, call.state.status);
    EXPECT_EQ(again.connected_at, call.state.connected_at);
    EXPECT_EQ(again.participants.size(), call.state.participants.size());
    EXPECT_EQ(again.participants.back().name, "Guest");
    EXPECT_EQ(again.invites.front().uses_left, 2);
    EXPECT_EQ(again.open_utterances.size(), 1u);
    EXPECT_EQ(again.closed_utterances, call.state.closed_utterances);
}

TEST(Access, AStrangerSeesNothing) {
    Call call;
    call.running();
    struct Case {
        const char* name;
        Caller caller;
        std::optional<Role> then;
    };
    const Case cases[] = {
        {"the owner", {"ada", "acct_1", Role::user}, Role::user},
        {"the agent who was asked", {"bot", "acct_1", Role::agent}, Role::agent},
        {"another user of the account", {"eve", "acct_1", Role::user}, std::nullopt},
        {"a service of the account", {"key_1", "acct_1", Role::service}, Role::service},
        {"a service of another", {"key_1", "acct_2", Role::service}, std::nullopt},
        {"an operator of another", {"op", "acct_2", Role::operator_}, std::nullopt},
        {"the administrator", {"root", "acct_0", Role::admin}, Role::admin},
        {"an agent nobody asked", {"bot2", "acct_1", Role::agent}, std::nullopt},
    };
    for (const auto& [name, caller, then] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(role_in(call.state, caller), then);
    }
    call.run(RemoveParticipant{"bot", ""});
    EXPECT_EQ(role_in(call.state, {"bot", "acct_1", Role::agent}), std::nullopt);
}

// Whatever the token of somebody who was removed says; an operator of the account is one by the
// account.
TEST(Access, WhoWasRemovedIsAStranger) {
    Call call;
    call.running();
    call.run(AddParticipant{{"gst_1", Role::operator_, ""}}, Role::service, "key_1");
    const Caller guest{"gst_1", "acct_1", Role::user, true};
    const Caller as_operator{"gst_1", "acct_1", Role::operator_, true};
    EXPECT_EQ(role_in(call.state, guest), Role::operator_);
    EXPECT_EQ(role_in(call.state, as_operator), Role::operator_);
    EXPECT_FALSE(by_account(as_operator));
    call.run(RemoveParticipant{"gst_1", ""});
    EXPECT_EQ(role_in(call.state, guest), std::nullopt);
    EXPECT_EQ(role_in(call.state, as_operator), std::nullopt);
    const Caller of_the_account{"gst_1", "acct_1", Role::operator_};
    EXPECT_EQ(role_in(call.state, of_the_account), Role::operator_);
    EXPECT_TRUE(by_account(of_the_account));
}

}  // namespace lifeline::call
