#include "call/test_call.h"

namespace lifeline::call {

namespace {

const std::string said = R"({"utteranceId":"utt_1","speaker":"user","text":"Hi","startMs":0,"endMs":9})";

// A call that keeps a person's words only with their consent, with ada and the agent in it.
Call demanding() {
    Call call;
    Create create;
    create.owner_id = "ada";
    create.account_id = "acct_1";
    create.channel = "voice";
    create.connect_timeout = std::chrono::minutes(5);
    create.recording_consent_required = true;
    create.members = {{"ada", Role::user, "Ada"}, {"bot", Role::agent, ""}};
    call.run(create);
    call.run(LineChanged{"ada", true}, Role::server, "lifeline");
    return call;
}

std::string consents(Call& call, const std::string& state, const std::string& who = "ada") {
    return call.publish("call.consent.updated",
                        R"({"callId":"sess_1","subject":"recording","state":")" + state +
                            R"(","by":")" + who + R"("})",
                        Role::user, who);
}

}  // namespace

TEST(RecordingConsent, IsAskedForOnlyWhereTheCallDemandsIt) {
    Call call;
    call.running();
    EXPECT_EQ(call.publish("transcript.final", said), "transcript.final");
}

TEST(RecordingConsent, NothingIsKeptOfWhoHasNotGivenItOrTookItBack) {
    Call call = demanding();
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
    EXPECT_EQ(consents(call, "denied"), "call.consent.updated");
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
    consents(call, "granted");
    EXPECT_EQ(call.publish("transcript.utterance.started",
                           R"({"utteranceId":"utt_1","speaker":"user","startMs":0})"),
              "transcript.utterance.started");
    consents(call, "withdrawn");
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
    consents(call, "granted");
    EXPECT_EQ(call.publish("transcript.final", said), "transcript.final");
}

TEST(RecordingConsent, IsEachPersonsOwn) {
    Call call = demanding();
    call.run(AddParticipant{{"bob", Role::user, "Bob"}});
    call.run(LineChanged{"bob", true}, Role::server, "lifeline");
    consents(call, "granted");
    EXPECT_EQ(call.publish("transcript.final", said, Role::user, "bob"),
              "refused consent_required");
    EXPECT_EQ(call.publish("transcript.final", said), "transcript.final");
    // A line that a service speaks for is everybody's, and so is a recording.
    const std::string service_said =
        R"({"utteranceId":"utt_2","speaker":"user","text":"Hi","startMs":0,"endMs":9})";
    const std::string recording = R"({"callId":"sess_1","recordingId":"rec_1"})";
    EXPECT_EQ(call.publish("transcript.final", service_said, Role::service, "key_1"),
              "refused consent_required");
    EXPECT_EQ(call.publish("call.recording.started", recording, Role::service, "key_1"),
              "refused consent_required");
    consents(call, "granted", "bob");
    EXPECT_EQ(call.publish("transcript.final", service_said, Role::service, "key_1"),
              "transcript.final");
    EXPECT_EQ(call.publish("call.recording.started", recording, Role::service, "key_1"),
              "call.recording.started");
}

TEST(RecordingConsent, AnAgentNeedsNone) {
    Call call = demanding();
    EXPECT_EQ(call.publish("transcript.final",
                           R"({"utteranceId":"utt_3","speaker":"agent","text":"Hi","startMs":0,"endMs":9})",
                           Role::agent, "bot"),
              "transcript.final");
}

}  // namespace lifeline::call
