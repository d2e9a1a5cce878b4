#include "whatif/walk.h"

#include <gtest/gtest.h>

#include <functional>

#include "whatif/test_house.h"

namespace lifeline::whatif {

namespace {

using Rows = std::vector<std::string>;
using Word = call::EngineWord;

constexpr const char* nothing = "";
constexpr const char* no_notes = R"({"name":"no-notes","when":{"action":"note"},"then":"deny"})";
constexpr const char* ask_notes = R"({"name":"ask","when":{"action":"note"},"then":"confirm"})";
constexpr const char* operators_ask =
    R"({"name":"ask","when":{"action":"send"},"then":"confirm","confirm_by":"operator"})";
constexpr const char* second_of_call =
    R"({"name":"once","when":{"action":"note","count_over":1},"then":"deny"})";
constexpr const char* second_of_day =
    R"({"name":"daily","when":{"action":"note","day_count_over":1},"then":"deny"})";
constexpr const char* third_of_account =
    R"({"name":"daily","when":{"action":"note","account_day_count_over":2},"then":"deny"})";
constexpr const char* not_without_consent =
    R"({"name":"consent","when":{"action":"note","consent":{"subject":"outreach","state":["missing","denied","withdrawn"]}},"then":"deny"})";
constexpr const char* not_to_eve =
    R"({"name":"not-eve","when":{"args":[{"path":"/to","equals":"eve"}]},"then":"deny"})";
constexpr const char* nothing_of_high_risk =
    R"({"name":"risky","when":{"risk":"high_risk_external_send"},"then":"deny"})";

Rows rows_of(const Walk& walk) {
    Rows rows;
    for (const Comparison& one : walk.comparisons()) rows.push_back(text_of(one));
    return rows;
}

TEST(Walk, AsksAnotherPolicyWhatWasAskedThen) {
    struct Case {
        const char* name;
        const char* in_force;
        std::function<void(House&)> given;
        const char* other;
        Rows rows;
    };
    const auto note = [](House& house) { house.ask("sess_1", "a", "note"); };
    const auto two_notes = [](House& house) {
        house.ask("sess_1", "a", "note");
        house.ask("sess_1", "b", "note");
    };
    const Case cases[] = {
        {"the same policy",
         nothing,
         note,
         nothing,
         {"a: allow default:low_risk_write -> allow default:low_risk_write: same"}},
        {"a stricter one",
         nothing,
         note,
         no_notes,
         {"a: allow default:low_risk_write -> deny no-notes: stricter"}},
        {"a looser one",
         no_notes,
         note,
         nothing,
         {"a: deny no-notes -> allow default:low_risk_write: looser"}},
        {"another rule with the same end is the same",
         no_notes,
         note,
         second_of_call,
         {"a: deny no-notes -> allow default:low_risk_write: looser"}},
        {"another person is asked",
         nothing,
         [](House& house) { house.ask("sess_1", "a", "send"); },
         operators_ask,
         {"a: confirm default:high_risk_external_send of owner -> confirm ask of operator: asks "
          "another"}},
        {"what is rejected is not judged",
         nothing,
         [](House& house) { house.ask("sess_1", "a", "nonsense"); },
         no_notes,
         {}},
        {"a repeated request is not judged twice",
         nothing,
         [](House& house) {
             for (const char* id : {"a", "b"})
                 house.publish("sess_1", "orchestration.action.requested",
                               std::string(R"({"actionId":")") + id +
                                   R"(","actionType":"note","summary":"s","idempotencyKey":"k"})",
                               Role::agent, "bot");
         },
         no_notes,
         {"a: allow default:low_risk_write -> deny no-notes: stricter"}},
        {"how many there were in the call",
         nothing,
         two_notes,
         second_of_call,
         {"a: allow default:low_risk_write -> allow default:low_risk_write: same",
          "b: allow default:low_risk_write -> deny once: stricter"}},
        {"how many there were that day, which nobody counted then",
         nothing,
         two_notes,
         second_of_day,
         {"a: allow default:low_risk_write -> allow default:low_risk_write: same",
          "b: allow default:low_risk_write -> deny daily: stricter"}},
        {"of the owner's calls",
         nothing,
         [](House& house) {
             house.open("sess_2", "ada");
             house.open("sess_3", "eve");
             house.ask("sess_2", "a", "note");
             house.ask("sess_3", "b", "note");
             house.ask("sess_1", "c", "note");
         },
         second_of_day,
         {"a: allow default:low_risk_write -> allow default:low_risk_write: same",
          "b: allow default:low_risk_write -> allow default:low_risk_write: same",
          "c: allow default:low_risk_write -> deny daily: stricter"}},
        {"of the account's calls, on another day",
         nothing,
         [](House& house) {
             house.open("sess_2", "eve");
             house.ask("sess_2", "a", "note");
             house.ask("sess_1", "b", "note");
             house.pass(std::chrono::hours(15));  // It is 1:00.
             house.ask("sess_1", "c", "note");
         },
         third_of_account,
         {"a: allow default:low_risk_write -> allow default:low_risk_write: same",
          "b: allow default:low_risk_write -> allow default:low_risk_write: same",
          "c: allow default:low_risk_write -> allow default:low_risk_write: same"}},
        {"what was counted then counts",
         second_of_day,
         [](House& house) {
             house.ask("sess_1", "a", "note");
             house.assess("sess_1", "a", call::DayCounts{7, 9});
         },
         second_of_day,
         {"a: deny daily -> deny daily: same"}},
        {"the consent of that moment",
         nothing,
         [](House& house) {
             house.ask("sess_1", "a", "note");
             house.consent("sess_1", "granted");
             house.ask("sess_1", "b", "note");
             house.consent("sess_1", "withdrawn");
             house.ask("sess_1", "c", "note");
         },
         not_without_consent,
         {"a: allow default:low_risk_write -> deny consent: stricter",
          "b: allow default:low_risk_write -> allow default:low_risk_write: same",
          "c: allow default:low_risk_write -> deny consent: stricter"}},
        {"the arguments of that moment",
         nothing,
         [](House& house) {
             house.ask("sess_1", "a", "send");
             house.answer("sess_1", "a", "edit", R"({"to":"eve"})");
         },
         not_to_eve,
         {"a: confirm default:high_risk_external_send of owner -> confirm "
          "default:high_risk_external_send of owner: same",
          "a: confirm default:high_risk_external_send of owner -> deny not-eve: stricter"}},
        {"the risk of that moment, which was not that of the request",
         ask_notes,
         [](House& house) {
             house.ask("sess_1", "a", "note");
             house.risk_becomes("note", contract::Risk::high_risk_external_send);
             house.answer("sess_1", "a", "edit", R"({"to":"b"})");
         },
         nothing_of_high_risk,
         {"a: confirm ask of owner -> allow default:low_risk_write: looser",
          "a: confirm ask of owner -> deny risky: stricter"}},
        {"what a person has stopped stays stopped",
         nothing,
         [](House& house) {
             house.run("sess_1", call::SetKillSwitch{true, "drill"});
             house.ask("sess_1", "a", "note");
         },
         nothing,
         {"a: deny default:low_risk_write killswitch -> deny default:low_risk_write killswitch: "
          "same"}},
        {"a grant answers for the other policy, too",
         ask_notes,
         [](House& house) {
             house.run("sess_1",
                       call::CreateGrant{"grant_1", "note", "{}", 1, std::chrono::hours(1)});
             house.ask("sess_1", "a", "note");
             house.ask("sess_1", "b", "note");
         },
         R"({"name":"other","when":{"action":"note"},"then":"confirm","confirm_by":"user"})",
         {"a: allow ask grant:grant_1 -> allow other grant:grant_1: same",
          "b: confirm ask of owner -> confirm other of user: asks another"}},
        {"nobody who could say yes is there",
         nothing,
         [](House& house) {
             house.open("sess_2", "key_1");
             house.ask("sess_2", "a", "note");
         },
         ask_notes,
         {"a: allow default:low_risk_write -> deny ask nobody_to_confirm: stricter"}},
        {"a consent that was taken back before it began",
         ask_notes,
         [](House& house) {
             house.consent("sess_1", "granted");
             house.ask("sess_1", "a", "note");
             house.consent("sess_1", "withdrawn");
             house.answer("sess_1", "a", "approve");
             EXPECT_TRUE(house.claim("sess_1", "a"));
         },
         not_without_consent,
         {"a: confirm ask of owner -> allow default:low_risk_write: looser",
          "a begins: allow -> deny consent: stricter"}},
        {"what began with a yes begins with it",
         nothing,
         [](House& house) {
             house.ask("sess_1", "a", "send");
             house.answer("sess_1", "a", "approve");
             EXPECT_TRUE(house.claim("sess_1", "a"));
         },
         nothing,
         {"a: confirm default:high_risk_external_send of owner -> confirm "
          "default:high_risk_external_send of owner: same"}},
    };
    for (const auto& [name, in_force, given, other, expected] : cases) {
        SCOPED_TRACE(name);
        House house(rules(in_force));
        house.open("sess_1");
        given(house);
        EXPECT_EQ(rows_of(walked(house.stored, rules(other))), expected);
    }
}

TEST(Walk, TakesAnEnginesWordAsItWasGiven) {
    House house(rules(nothing));
    house.open("sess_1");
    house.goes_by(rules(nothing), true);
    house.ask("sess_1", "a", "note");
    house.assess("sess_1", "a", {}, Word{.outcome = Word::Outcome::confirm, .rule = "r"});
    house.ask("sess_1", "b", "note");
    house.assess("sess_1", "b", {}, Word{});
    house.ask("sess_1", "c", "note");
    house.pass(std::chrono::seconds(3));  // It says nothing.
    house.ask("sess_1", "d", "note");
    house.run("sess_1", call::CancelAction{"d"});
    EXPECT_EQ(rows_of(walked(house.stored, rules(nothing))),
              (Rows{"a: confirm default:low_risk_write engine:r of owner -> confirm "
                    "default:low_risk_write engine:r of owner: same",
                    "b: deny engine:unavailable -> deny engine:unavailable: same",
                    "c: deny engine:unavailable evaluation_timeout -> deny engine:unavailable "
                    "evaluation_timeout: same",
                    "d: ? -> ?: unknown"}));
    EXPECT_EQ(totals_of(walked(house.stored, rules(no_notes)).comparisons()),
              (Totals{.same = 2, .stricter = 1, .unknown = 1}));
}

TEST(Walk, OfCountsThatNobodyHadInTimeSaysTheSame) {
    House house(rules(second_of_day));
    house.open("sess_1");
    house.ask("sess_1", "a", "note");
    house.pass(std::chrono::seconds(3));
    EXPECT_EQ(rows_of(walked(house.stored, rules(second_of_day))),
              Rows{"a: deny daily evaluation_timeout -> deny daily evaluation_timeout: same"});
    // One that does not count would not have waited.
    EXPECT_EQ(rows_of(walked(house.stored, rules(nothing))),
              Rows{"a: deny daily evaluation_timeout -> allow default:low_risk_write: looser"});
}

TEST(Walk, SaysOfWhatWasErasedThatItIsUnknown) {
    House house(rules(nothing));
    house.open("sess_1");
    house.open("sess_2", "eve");
    house.ask("sess_2", "x", "look");
    house.ask("sess_1", "a", "note");
    house.ask("sess_1", "b", "note");
    const auto erase = [&](std::string_view part) {
        auto erased = house.stored;
        std::size_t found = 0;
        for (auto& one : erased)
            if (one.bytes.contains(part) && found++ == 0) one.bytes.clear();
        EXPECT_GT(found, 0U) << part;
        return erased;
    };
    const auto request = erase(R"("actionId":"a","actionType":"note")");
    const Walk walk = walked(request, rules(no_notes));
    EXPECT_EQ(walk.erased(), 1U);
    EXPECT_EQ(rows_of(walk)[1], "a: allow default:low_risk_write -> ?: unknown");
    EXPECT_EQ(walk.comparisons()[1].why_unknown, "what was asked for was erased");
    // The one after it was counted in the call, and that is in its hash: no guess.
    EXPECT_EQ(rows_of(walk)[2], "b: allow default:low_risk_write -> ?: unknown");

    // Of the same account: how many there were that day nobody knows; the rest does not care.
    const auto other = erase(R"("actionId":"x","actionType":"look")");
    EXPECT_EQ(rows_of(walked(other, rules(second_of_day)))[1],
              "a: allow default:low_risk_write -> ?: unknown");
    EXPECT_EQ(rows_of(walked(other, rules(no_notes)))[1],
              "a: allow default:low_risk_write -> deny no-notes: stricter");
}

TEST(Walk, LooksAtTheCallAndTheTimeThatAreWanted) {
    House house(rules(nothing));
    house.open("sess_1");
    house.open("sess_2");
    house.ask("sess_2", "a", "note");
    house.pass(std::chrono::hours(1));
    const WallTime later = house.now;
    house.ask("sess_1", "b", "note");
    house.ask("sess_2", "c", "note");
    const auto ids = [&](Walk::Wanted wanted) {
        std::string all;
        const Walk walk = walked(house.stored, rules(second_of_day), std::move(wanted));
        for (const Comparison& one : walk.comparisons())
            all += one.action_id + (one.difference() == Difference::none ? "= " : "! ");
        return all;
    };
    EXPECT_EQ(ids({}), "a= b! c! ");
    // The others count, and are not shown.
    EXPECT_EQ(ids({.session = "sess_1"}), "b! ");
    EXPECT_EQ(ids({.since = later}), "b! c! ");
    EXPECT_EQ(ids({.session = "sess_2", .since = later}), "c! ");
    EXPECT_EQ(walked(house.stored, rules(nothing)).calls(), 2U);
}

// That the comparison can fail: a journal that says otherwise than its policy is found out.
TEST(Walk, FindsARecordThatItsPolicyDidNotMake) {
    House house(rules(no_notes));
    house.open("sess_1");
    house.ask("sess_1", "a", "note");
    const auto with = [&](std::string_view type, const std::string& words,
                          const std::string& others) {
        auto changed = house.stored;
        for (auto& one : changed)
            if (const auto at = one.bytes.find(words);
                at != std::string::npos && one.bytes.contains(type))
                one.bytes.replace(at, words.size(), others);
        return rows_of(walked(changed, rules(no_notes)));
    };
    constexpr std::string_view judged = "safety.evaluated";
    EXPECT_EQ(with(judged, "nothing of it", ""), Rows{"a: deny no-notes -> deny no-notes: same"});
    EXPECT_EQ(with(judged, R"("outcome":"deny")", R"("outcome":"allow")"),
              Rows{"a: allow no-notes -> deny no-notes: stricter"});
    EXPECT_EQ(with("action.requested", R"("to":"a")", R"("to":"b")"),
              Rows{"a: deny no-notes -> ?: unknown"});
}

}  // namespace

}  // namespace lifeline::whatif
