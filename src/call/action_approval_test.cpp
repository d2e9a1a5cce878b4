#include <gtest/gtest.h>

#include <string>

#include "call/test_actions.h"

// Who said yes counts at the claim, too: by the policy that is in force then, of the person as they
// are then.
namespace lifeline::call {

namespace {

const char* const asked_anew =
    "safety.evaluated safety.confirmation.requested orchestration.action.awaiting_confirmation";

void asked_of(Agency& call, Confirmer confirmer) {
    call.tools->rulings["send"].confirm_by = confirmer;
}

const auto approved_by_eve = [](Agency& c) {
    asked_of(c, Confirmer::user);
    c.ask("a", "send");
    c.answer("a", "approve", "eve");
};

}  // namespace

TEST(Approval, IsOfAPersonWhoMaySaySoWhenItIsClaimed) {
    check({
        {"a guest where any user may", approved_by_eve, [](Agency& c) { return c.claim("a"); },
         "orchestration.action.started"},
        {"who was removed since has said nothing", approved_by_eve,
         [](Agency& c) {
             c.run(RemoveParticipant{"eve", ""});
             return c.claim("a");
         },
         asked_anew},
        {"nor has a guest where it is the owner's word now", approved_by_eve,
         [](Agency& c) {
             asked_of(c, Confirmer::owner);
             return c.claim("a");
         },
         asked_anew},
        {"nor the owner where it is an operator's", approved,
         [](Agency& c) {
             asked_of(c, Confirmer::operator_);
             return c.claim("a");
         },
         asked_anew},
        {"an operator where it is theirs",
         [](Agency& c) {
             asked_of(c, Confirmer::operator_);
             c.ask("a", "send");
             c.answer("a", "approve", "olga", Role::operator_);
         },
         [](Agency& c) { return c.claim("a"); }, "orchestration.action.started"},
        {"whose yes is not the owner's",
         [](Agency& c) {
             asked_of(c, Confirmer::operator_);
             c.ask("a", "send");
             c.answer("a", "approve", "olga", Role::operator_);
         },
         [](Agency& c) {
             asked_of(c, Confirmer::owner);
             return c.claim("a");
         },
         asked_anew},
        {"other arguments were approved by nobody",
         [](Agency& c) {
             c.ask("a", "send");
             c.answer("a", "edit", "ada", Role::user, R"({"to":"b"})");
         },
         [](Agency& c) { return c.claim("a"); }, "refused action_not_ready"},
    });
}

TEST(Approval, IsKeptWithWhoGaveIt) {
    Agency call;
    approved_by_eve(call);
    EXPECT_EQ(call.state.action("a")->approved_by, "eve");
    EXPECT_EQ(call.state.action("a")->approved_as, Role::user);
    call.ask("b", "note");
    EXPECT_EQ(call.state.action("b")->approved_by, "");
}

TEST(KillSwitch, IsTakenBackByWhoMadeItOrWhoIsAboveThem) {
    const auto stop = [](bool on, Role role, const char* who) {
        return [=](Agency& c) { return c.run(SetKillSwitch{on, "because"}, role, who); };
    };
    const char* const changed = "safety.killswitch.changed";
    check({
        {"the owner's by the owner", stop(true, Role::user, "ada"), stop(false, Role::user, "ada"),
         changed},
        {"or by an operator", stop(true, Role::user, "ada"), stop(false, Role::operator_, "olga"),
         changed},
        {"an operator's not by the owner", stop(true, Role::operator_, "olga"),
         stop(false, Role::user, "ada"), "refused forbidden"},
        {"but by another operator", stop(true, Role::operator_, "olga"),
         stop(false, Role::operator_, "otto"), changed},
        {"what an operator wants, too, is theirs",
         [&](Agency& c) {
             stop(true, Role::user, "ada")(c);
             EXPECT_EQ(stop(true, Role::operator_, "olga")(c), changed);
         },
         stop(false, Role::user, "ada"), "refused forbidden"},
        {"twice is once", stop(true, Role::user, "ada"), stop(true, Role::user, "ada"), "nothing"},
    });
}

}  // namespace lifeline::call
