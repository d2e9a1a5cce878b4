#include "call/test_call.h"

namespace lifeline::call {

namespace {

const std::string said =
    R"({"utteranceId":"utt_1","speaker":"user","text":"Hi","startMs":0,"endMs":9})";

enum class Joined { ada, nobody };

// A call that keeps a person's words only with their consent, with ada and the agent in it.
class Demanding : public Call {
public:
    explicit Demanding(Joined joined = Joined::ada, const std::string& owner = "ada") {
        Create create;
        create.owner_id = owner;
        create.account_id = "acct_1";
        create.channel = "voice";
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(1);
        create.reconnect_window = std::chrono::minutes(15);
        create.recording_consent_required = true;
        create.members = {{"ada", Role::user, "Ada"}, {"bot", Role::agent, ""}};
        if (owner != "ada") create.members.insert(create.members.begin(), {owner, Role::user, ""});
        run(create, owner == "ada" ? Role::user : Role::service, owner);
        if (joined == Joined::ada)
            run(LineChanged{"ada", true}, Role::server, "lifeline");
        else
            run(SetStatus{}, Role::service, "key_1");
    }
};

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
    Demanding call;
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
    EXPECT_EQ(consents(call, "denied"), "call.consent.updated");
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
    consents(call, "granted");
    EXPECT_EQ(call.publish(
                  "transcript.utterance.started",
                  R"({"utteranceId":"utt_1","speaker":"user","participantId":"ada","startMs":0})"),
              "transcript.utterance.started");
    consents(call, "withdrawn");
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
    consents(call, "granted");
    EXPECT_EQ(call.publish("transcript.final", said), "transcript.final");
}

TEST(RecordingConsent, IsEachPersonsOwn) {
    Demanding call;
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

// The line of a call that a service alone holds: nobody has joined, and the owner is on it.
TEST(RecordingConsent, OfALineThatAServiceHoldsIsItsOwners) {
    Demanding call(Joined::nobody);
    EXPECT_EQ(call.publish("transcript.final", said, Role::service, "key_1"),
              "refused consent_required");
    EXPECT_EQ(
        call.publish("call.consent.updated",
                     R"({"callId":"sess_1","subject":"recording","state":"granted","by":"ada"})",
                     Role::service, "key_1"),
        "call.consent.updated");
    EXPECT_EQ(call.publish("transcript.final", said, Role::service, "key_1"), "transcript.final");
}

TEST(RecordingConsent, OfABackendsOwnCallIsEverybodysWhoCame) {
    Demanding call(Joined::nobody, "key_1");
    EXPECT_EQ(call.publish("transcript.final", said, Role::service, "key_1"),
              "refused consent_required");
    call.run(LineChanged{"ada", true}, Role::server, "lifeline");
    const std::string of_ada =
        R"({"utteranceId":"utt_1","speaker":"user","participantId":"ada","startMs":0})";
    EXPECT_EQ(call.publish("transcript.utterance.started", of_ada, Role::service, "key_1"),
              "refused consent_required");
    consents(call, "granted");
    EXPECT_EQ(call.publish("transcript.utterance.started", of_ada, Role::service, "key_1"),
              "transcript.utterance.started");
    EXPECT_EQ(call.publish("transcript.final", said, Role::service, "key_1"), "transcript.final");
}

TEST(RecordingConsent, OneThatWasNamedIsTheOnlyOneToBeAsked) {
    Demanding call;
    call.run(AddParticipant{{"bob", Role::user, "Bob"}});
    call.run(LineChanged{"bob", true}, Role::server, "lifeline");
    consents(call, "granted", "bob");
    const auto begins = [&](const std::string& utterance, const std::string& who) {
        return call.publish("transcript.utterance.started",
                            R"({"utteranceId":")" + utterance +
                                R"(","speaker":"user","participantId":")" + who +
                                R"(","startMs":0})",
                            Role::service, "key_1");
    };
    EXPECT_EQ(begins("utt_8", "ada"), "refused consent_required");
    EXPECT_EQ(begins("utt_1", "bob"), "transcript.utterance.started");
    EXPECT_EQ(call.publish("transcript.final", said, Role::service, "key_1"), "transcript.final");
}

TEST(RecordingConsent, NobodyGivesItForSomebodyElse) {
    Demanding call;
    EXPECT_EQ(consents(call, "granted", "bob"), "refused forbidden") << "not in the call";
    EXPECT_EQ(
        call.publish("call.consent.updated",
                     R"({"callId":"sess_1","subject":"recording","state":"granted","by":"bot"})"),
        "refused not_yourself");
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
}

TEST(RecordingConsent, WhoComesAgainIsAskedAgain) {
    Demanding call;
    call.run(AddParticipant{{"bob", Role::user, "Bob"}});
    call.run(LineChanged{"bob", true}, Role::server, "lifeline");
    consents(call, "granted", "bob");
    call.run(RemoveParticipant{"bob", ""});
    call.run(AddParticipant{{"bob", Role::user, "Bob"}});
    EXPECT_EQ(call.publish("transcript.final", said, Role::user, "bob"),
              "refused consent_required");
}

TEST(RecordingConsent, ToSomethingElseIsNone) {
    Demanding call;
    call.publish("call.consent.updated",
                 R"({"callId":"sess_1","subject":"processing","state":"granted","by":"ada"})");
    EXPECT_EQ(call.publish("transcript.final", said), "refused consent_required");
}

TEST(RecordingConsent, IsAskedBeforeTheEndsOfWordsToo) {
    Demanding call;
    consents(call, "granted");
    call.publish("transcript.utterance.started",
                 R"({"utteranceId":"utt_1","speaker":"user","participantId":"ada","startMs":0})");
    consents(call, "withdrawn");
    EXPECT_EQ(call.publish("transcript.partial",
                           R"({"utteranceId":"utt_1","speaker":"user","text":"Hi","startMs":0,)"
                           R"("endMs":9,"rev":1})"),
              "refused consent_required");
    EXPECT_EQ(call.publish("transcript.truncated",
                           R"({"utteranceId":"utt_1","heardText":"Hi","playedMs":9})"),
              "refused consent_required");
    EXPECT_EQ(call.publish("transcript.failed",
                           R"({"utteranceId":"utt_1","code":"consent_required","message":"No.",)"
                           R"("startMs":0,"endMs":9})"),
              "transcript.failed")
        << "that something was said and not kept is no word";
}

TEST(RecordingConsent, OperatorsAreOfTheAccountThatDemandsIt) {
    Demanding call;
    EXPECT_EQ(
        call.publish(
            "transcript.final",
            R"({"utteranceId":"utt_4","speaker":"operator","text":"Hi","startMs":0,"endMs":9})",
            Role::operator_, "usr_desk"),
        "transcript.final");
}

TEST(RecordingConsent, AnAgentNeedsNone) {
    Demanding call;
    EXPECT_EQ(call.publish(
                  "transcript.final",
                  R"({"utteranceId":"utt_3","speaker":"agent","text":"Hi","startMs":0,"endMs":9})",
                  Role::agent, "bot"),
              "transcript.final");
}

}  // namespace lifeline::call
