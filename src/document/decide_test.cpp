#include "document/decide.h"

#include <gtest/gtest.h>

#include <string>

#include "document/test_document.h"

namespace lifeline::document {

namespace {

using contract::Role;

constexpr const char* edited = "document.edited";
constexpr const char* rejected = "document.edit.rejected";

Caller who(std::string user, Role role, std::string session = {}, Role in_call = Role::viewer) {
    return {.user_id = std::move(user),
            .account_id = "acct_1",
            .role = role,
            .session_id = std::move(session),
            .role_in_call = in_call,
            .bound = false};
}

std::string set(const std::string& path, int value) {
    return R"([{"op":"add","path":")" + path + R"(","value":)" + std::to_string(value) + "}]";
}

}  // namespace

TEST(Decide, AnEditMakesTheNextRevision) {
    TestDocument document(R"({"a":1})");
    EXPECT_EQ(document.state.rev, 0u);
    EXPECT_EQ(document.edit(0, set("/b", 2)), edited);
    EXPECT_EQ(document.payload(),
              R"({"rev":1,"baseRev":0,"patch":[{"op":"add","path":"/b","value":2}],"by":"ada"})");
    EXPECT_EQ(document.state.content.json(), R"({"a":1,"b":2})");
    EXPECT_EQ(document.edit(0, set("/c", 3)), edited);
    EXPECT_EQ(document.state.rev, 2u);
    EXPECT_EQ(document.edit(1, set("/c", 4)), rejected);
    EXPECT_EQ(document.payload(), R"({"baseRev":1,"currentRev":2,"by":"ada","paths":["/c"]})");
    EXPECT_EQ(document.edit(2, set("/c", 4)), edited);
    EXPECT_EQ(document.edit(4, set("/c", 4)), "revision_ahead");
    EXPECT_EQ(document.edit(3, set("/x/y", 4)), "patch_failed");
    EXPECT_EQ(document.state.content.json(), R"({"a":1,"b":2,"c":4})");
}

TEST(Decide, ABaseTooFarBackIsRejected) {
    TestDocument document;
    for (std::size_t i = 0; i <= revisions_kept; ++i)
        ASSERT_EQ(document.edit(i, set("/n", static_cast<int>(i))), edited);
    EXPECT_EQ(document.edit(0, set("/other", 1)), rejected);
    EXPECT_EQ(document.payload(), R"({"baseRev":0,"currentRev":257,"by":"ada","paths":[""]})");
    EXPECT_EQ(document.edit(1, set("/other", 1)), edited);
}

TEST(Decide, TheSameRequestMakesOneDocument) {
    TestDocument document(R"({"a":1})");
    Create again;
    again.kind = "cv";
    again.title = "CV";
    again.owner_id = "ada";
    again.account_id = "acct_1";
    again.initial_json = R"({ "a": 1.0 })";
    EXPECT_EQ(document.run(again), "");
    again.title = "Another";
    EXPECT_EQ(document.run(again), "id_conflict");
}

TEST(Decide, IsSharedAndNotAnyMore) {
    TestDocument document;
    EXPECT_EQ(document.run(SetShare{"bob", false, ShareRole::viewer}), "document.shared");
    EXPECT_EQ(document.run(SetShare{"bob", false, ShareRole::viewer}), "");
    EXPECT_EQ(document.run(SetShare{"bob", false, ShareRole::editor}), "document.shared");
    EXPECT_EQ(document.run(SetShare{"sess_1", true, ShareRole::editor}), "document.shared");
    EXPECT_EQ(document.payload(), R"({"with":{"sessionId":"sess_1"},"role":"editor"})");
    EXPECT_EQ(document.run(SetShare{"sess_1", true, ShareRole::none}), "document.unshared");
    EXPECT_EQ(document.run(SetShare{"sess_1", true, ShareRole::none}), "");
    EXPECT_EQ(document.run(SetShare{"bob", false, ShareRole::none}, who("bob", Role::user)),
              "forbidden");
    for (std::size_t i = 0; i < shared_calls_max; ++i)
        EXPECT_EQ(document.run(SetShare{"sess_x" + std::to_string(i), true, ShareRole::viewer}),
                  "document.shared");
    EXPECT_EQ(document.run(SetShare{"sess_y", true, ShareRole::viewer}), "limit_exceeded");
}

TEST(Decide, WhoMayWhat) {
    struct Case {
        const char* name;
        Caller who;
        const char* edit;
        const char* share;
    };
    Caller stranger = who("ada", Role::user);
    stranger.account_id = "acct_2";
    Caller guest = who("ada", Role::user, "sess_view", Role::user);
    guest.bound = true;
    const Case cases[] = {
        {"the owner", who("ada", Role::user), edited, "document.shared"},
        {"an owner whose token only reads", who("ada", Role::viewer), "forbidden", "forbidden"},
        {"the owner's name in another account", stranger, "document_not_found",
         "document_not_found"},
        {"nobody in particular", who("eve", Role::user), "document_not_found",
         "document_not_found"},
        {"a service of the account", who("key_1", Role::service), edited, "document.shared"},
        {"an operator", who("op", Role::operator_), edited, "document.shared"},
        {"an auditor", who("aud", Role::auditor), "forbidden", "forbidden"},
        {"a user with a share", who("bob", Role::user), edited, "forbidden"},
        {"a user who may look", who("vic", Role::user), "forbidden", "forbidden"},
        {"somebody in the call", who("cy", Role::user, "sess_edit", Role::user), edited,
         "forbidden"},
        {"its agent", who("bot", Role::agent, "sess_edit", Role::agent), edited, "forbidden"},
        {"who only watches the call", who("cy", Role::user, "sess_edit", Role::viewer), "forbidden",
         "forbidden"},
        {"in a call that may look", who("cy", Role::user, "sess_view", Role::user), "forbidden",
         "forbidden"},
        {"in a call that might once", who("cy", Role::user, "sess_gone", Role::user),
         "document_not_found", "document_not_found"},
        {"in another call", who("cy", Role::user, "sess_2", Role::user), "document_not_found",
         "document_not_found"},
        {"the owner by a token for a call", guest, "forbidden", "forbidden"},
    };
    for (const auto& [name, caller, edit, share] : cases) {
        SCOPED_TRACE(name);
        TestDocument document;
        document.run(SetShare{"bob", false, ShareRole::editor});
        document.run(SetShare{"vic", false, ShareRole::viewer});
        document.run(SetShare{"sess_edit", true, ShareRole::editor});
        document.run(SetShare{"sess_view", true, ShareRole::viewer});
        document.run(SetShare{"sess_gone", true, ShareRole::editor});
        document.run(SetShare{"sess_gone", true, ShareRole::none});
        EXPECT_EQ(document.edit(0, set("/x", 1), caller), edit);
        EXPECT_EQ(document.run(SetShare{"new", false, ShareRole::viewer}, caller), share);
    }
}

}  // namespace lifeline::document
