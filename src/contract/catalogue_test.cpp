// The catalogue as it is compiled in, against the files of schema/v1 as they stand: read here as
// JSON, not through the generator.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "contract/event.h"
#include "contract/event_type.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "contract/limits.h"
#include "contract/reason.h"

namespace lifeline::contract {
namespace {

constexpr std::array all_roles = {Role::user,    Role::agent, Role::operator_, Role::viewer,
                                  Role::service, Role::admin, Role::auditor,   Role::server};

Json read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    auto json = Json::parse(text.str());
    EXPECT_TRUE(json) << path;
    return *json;
}

// By the title of each file.
const std::map<std::string, Json>& files() {
    static const auto loaded = [] {
        std::map<std::string, Json> found;
        for (const auto& entry : std::filesystem::directory_iterator("schema/v1/events")) {
            const Json schema = read(entry.path());
            found.emplace(*schema.text("title"), schema);
        }
        return found;
    }();
    return loaded;
}

bool lists(const Json& list, std::string_view word) {
    for (const Json& item : list.items()) {
        if (item.as_text() == word) return true;
    }
    return false;
}

EventType type_of(const std::string& name) {
    const auto type = find_type(name == "x.*" ? "x.any" : name);
    EXPECT_TRUE(type) << name;
    return type.value_or(EventType::custom);
}

// The worst of what publishers_test.cpp looks at, spelled out once more.
TEST(Catalogue, NobodyPublishesWhatOnlyTheServerKnows) {
    for (std::string_view name : {"call.created",
                                  "call.ended",
                                  "call.terminal_failure",
                                  "call.deadline.warning",
                                  "call.participant.added",
                                  "call.participant.connection.changed",
                                  "call.invite.created",
                                  "call.invite.revoked",
                                  "call.invite.redeemed",
                                  "orchestration.action.accepted",
                                  "orchestration.action.approved",
                                  "orchestration.action.started",
                                  "orchestration.action.succeeded",
                                  "safety.evaluated",
                                  "safety.approved",
                                  "safety.blocked",
                                  "safety.confirmation.requested",
                                  "safety.confirmation.resolved",
                                  "document.edited",
                                  "billing.usage.recorded",
                                  "billing.adjustment.created",
                                  "identity.user.created",
                                  "identity.key.created"}) {
        const auto type = find_type(name);
        ASSERT_TRUE(type) << name;
        for (Role role : all_roles)
            EXPECT_EQ(may_publish(role, *type), role == Role::server) << name;
    }
}

TEST(Catalogue, ReadersPublishNothing) {
    for (const auto& [name, schema] : files()) {
        for (Role role : {Role::viewer, Role::auditor, Role::admin}) {
            EXPECT_FALSE(may_publish(role, type_of(name))) << name << " " << to_text(role);
        }
    }
}

TEST(Catalogue, EverySaidMarkIsCompiledIn) {
    for (const auto& [name, schema] : files()) {
        SCOPED_TRACE(name);
        const TypeInfo& info = type_info(type_of(name));
        const Json marks = *schema.find("x-lifeline");
        EXPECT_EQ(info.name, name);
        EXPECT_EQ(info.supersedable, marks.text("class") == "supersedable");
        EXPECT_EQ(info.stable, marks.text("stability") == "stable");
        EXPECT_EQ(info.may_follow_end, marks.find("mayFollowEnd")->as_bool());
        EXPECT_EQ(info.supersede_key, marks.text("supersedeKey").value_or(""));
        EXPECT_EQ(info.superseded_by().empty(), !info.supersedable);
        for (Role role : all_roles) {
            EXPECT_EQ(info.publishers.has(role), lists(*marks.find("publishers"), to_text(role)));
        }
        for (StreamKind kind :
             {StreamKind::call, StreamKind::document, StreamKind::account, StreamKind::instance}) {
            constexpr std::array names = {"call", "document", "account", "instance"};
            EXPECT_EQ(info.streams.has(kind),
                      lists(*marks.find("streams"), names[static_cast<std::size_t>(kind)]));
        }
    }
}

TEST(Catalogue, Superseding) {
    const auto by = [](EventType type) {
        const auto span = type_info(type).superseded_by();
        return std::vector(span.begin(), span.end());
    };
    EXPECT_EQ(by(EventType::transcript_partial),
              (std::vector{EventType::transcript_partial, EventType::transcript_final}));
    EXPECT_EQ(by(EventType::orchestration_turn_delta),
              (std::vector{EventType::orchestration_turn_completed}));
    EXPECT_EQ(by(EventType::call_speech_changed), (std::vector{EventType::call_speech_changed}));
    EXPECT_TRUE(by(EventType::transcript_final).empty());
}

TEST(Catalogue, FindsTypesByName) {
    for (const auto& [name, schema] : files()) {
        if (name == "x.*") continue;
        EXPECT_EQ(type_info(*find_type(name)).name, name);
        EXPECT_FALSE(find_type(name + "x"));
        EXPECT_FALSE(find_type(name.substr(1)));
    }
    EXPECT_EQ(find_type("x.a"), EventType::custom);
    EXPECT_EQ(find_type("x." + std::string(62, 'a')), EventType::custom);
    EXPECT_FALSE(find_type("x." + std::string(63, 'a')));
    EXPECT_FALSE(find_type(""));
    EXPECT_EQ(legacy_successor("usage.tick"), "billing.usage.tick");
    EXPECT_EQ(legacy_successor("call.started"), "");
}

std::string as_json(const Json& json);

// Every example goes through the checker, in the first stream where its type belongs.
TEST(Catalogue, Examples) {
    const std::map<std::string_view, std::string_view> streams = {{"call", "sess_01JKQ8V4Z7"},
                                                                  {"document", "doc_7"},
                                                                  {"account", "acct_01JKQ8S0"},
                                                                  {"instance", "sys_instance"}};
    EventChecker checker;
    int checked = 0;
    for (const auto& [name, schema] : files()) {
        SCOPED_TRACE(name);
        const Json marks = *schema.find("x-lifeline");
        const auto stream = streams.at(*marks.find("streams")->items().front().as_text());
        const auto check = [&](const Json& payload) {
            ++checked;
            return checker.check(event_json("evt_1", stream, "2026-02-16T10:00:00.000Z",
                                            name == "x.*" ? "x.any" : name, as_json(payload)));
        };
        for (const Json& payload : schema.find("examples")->items()) {
            const auto event = check(payload);
            EXPECT_TRUE(event) << as_json(payload) << event.error().reason << event.error().pointer;
        }
        for (const Json& example : marks.find("invalidExamples")->items()) {
            const auto event = check(*example.find("payload"));
            ASSERT_FALSE(event) << as_json(example);
            EXPECT_EQ(event.error().reason, example.text("reason")) << as_json(example);
            EXPECT_EQ(event.error().pointer, example.text("pointer")) << as_json(example);
        }
    }
    EXPECT_GE(checked, 440);
}

void write(JsonWriter& out, const Json& json) {
    switch (json.kind()) {
        case Json::Kind::null:
            out.null();
            return;
        case Json::Kind::boolean:
            out.value(*json.as_bool());
            return;
        case Json::Kind::number:
            if (const auto whole = json.as_integer()) {
                out.value(*whole);
            } else {
                out.value(*json.as_number());
            }
            return;
        case Json::Kind::text:
            out.value(*json.as_text());
            return;
        case Json::Kind::array:
            out.array();
            for (const Json& item : json.items()) write(out, item);
            out.end();
            return;
        case Json::Kind::object:
            out.object();
            for (const auto& [key, value] : json.members()) {
                out.key(key);
                write(out, value);
            }
            out.end();
            return;
    }
}

std::string as_json(const Json& json) {
    JsonWriter out;
    write(out, json);
    return out.take();
}

TEST(Reasons, AreWhatTheFileSays) {
    const Json reasons = *read("schema/v1/errors.json").find("reasons");
    const auto listed = reasons.members();
    EXPECT_EQ(all_reasons().size(), listed.size());
    for (const auto& [name, entry] : listed) {
        SCOPED_TRACE(name);
        const ReasonInfo* info = find_reason(name);
        ASSERT_NE(info, nullptr);
        EXPECT_EQ(info->http_status, entry.find("httpStatus")->as_integer());
        const auto close = entry.find("closeCode");
        EXPECT_EQ(info->close_code, close ? close->as_integer() : 0);
        EXPECT_EQ(info->retryable, entry.find("retryable")->as_bool());
        EXPECT_EQ(info->outcome_unknown, entry.text("outcome") == "unknown");
        EXPECT_EQ(info->meaning, entry.text("meaning"));
        EXPECT_EQ(info->fix, entry.text("fix"));
        EXPECT_EQ(error_for(name, "d", "/p"), (Error{info->code, std::string(name), "d", "/p"}));
        if (info->close_code != 0) {
            EXPECT_EQ(
                static_cast<int>(close_code_info(static_cast<CloseCode>(info->close_code)).code),
                info->close_code);
        }
    }
    EXPECT_EQ(find_reason(""), nullptr);
    EXPECT_EQ(find_reason("json_invalidx"), nullptr);
}

TEST(CloseCodes, SayTheSameByTheirRange) {
    for (const auto& info : all_close_codes()) {
        const int code = static_cast<int>(info.code);
        SCOPED_TRACE(info.name);
        if (code >= 4000 && code < 4100) {
            EXPECT_EQ(info.reconnect, Reconnect::never);
            EXPECT_FALSE(info.resume);
        } else if (code >= 4100 && code < 4200) {
            EXPECT_EQ(info.reconnect, Reconnect::backoff);
            EXPECT_TRUE(info.resume);
        } else if (code >= 4200 && code < 4300) {
            EXPECT_EQ(info.reconnect, Reconnect::now);
            EXPECT_TRUE(info.resume);
        } else if (code >= 4300) {
            EXPECT_EQ(info.reconnect, Reconnect::now);
        }
    }
}

TEST(Roles, HaveNames) {
    for (Role role : all_roles) EXPECT_EQ(role_from(to_text(role)), role);
    EXPECT_EQ(role_from("operator"), Role::operator_);
    EXPECT_EQ(role_from("root"), std::nullopt);
    EXPECT_EQ(role_from(""), std::nullopt);
}

TEST(Streams, AreToldApartByTheirPrefix) {
    EXPECT_EQ(stream_kind("sess_1"), StreamKind::call);
    EXPECT_EQ(stream_kind("doc_1"), StreamKind::document);
    EXPECT_EQ(stream_kind("acct_1"), StreamKind::account);
    EXPECT_EQ(stream_kind(instance_stream), StreamKind::instance);
    for (const char* none : {"", "sess_", "sess", "Sess_1", "call_1", "sess_1/2", "sys_ 1"}) {
        EXPECT_EQ(stream_kind(none), std::nullopt) << none;
    }
}

}  // namespace
}  // namespace lifeline::contract
