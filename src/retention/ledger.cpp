#include "retention/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::retention {

namespace {

std::string text(const contract::Json& json, std::string_view name) {
    return std::string(json.text(name).value_or(""));
}

std::uint64_t number(const contract::Json& json, std::string_view name) {
    const auto value = json.find(name);
    return value ? static_cast<std::uint64_t>(value->as_integer().value_or(0)) : 0;
}

std::unexpected<Error> broken(std::string_view pointer) {
    return fail(Code::corrupt, "journal_corrupt", "a record event has a bad field",
                std::string(pointer));
}

}  // namespace

std::string_view to_text(HoldScope scope) {
    switch (scope) {
        case HoldScope::account:
            return "account";
        case HoldScope::user:
            return "user";
        case HoldScope::session:
            return "session";
    }
    return "";
}

std::optional<HoldScope> hold_scope_from(std::string_view text) {
    for (const auto scope : {HoldScope::account, HoldScope::user, HoldScope::session})
        if (to_text(scope) == text) return scope;
    return std::nullopt;
}

std::string payload_of(const HoldChange& change) {
    contract::JsonWriter json;
    json.object();
    json.key("scope").value(to_text(change.hold.scope));
    json.key("subject").value(change.hold.subject);
    json.key("enabled").value(change.enabled);
    json.key("by").value(change.by);
    json.key("reason").value(change.reason);
    json.end();
    return json.take();
}

std::string payload_of_request(const Erasure& erasure) {
    contract::JsonWriter json;
    json.object();
    json.key("erasureId").value(erasure.id);
    if (!erasure.user_id.empty()) json.key("userId").value(erasure.user_id);
    if (!erasure.session_id.empty()) json.key("sessionId").value(erasure.session_id);
    json.key("by").value(erasure.by);
    json.key("reason").value(erasure.reason);
    json.end();
    return json.take();
}

std::string payload_of_completion(const Erasure& erasure) {
    contract::JsonWriter json;
    json.object();
    json.key("erasureId").value(erasure.id);
    json.key("calls").value(erasure.calls);
    json.key("documents").value(erasure.documents);
    json.key("events").value(erasure.events);
    json.end();
    return json.take();
}

Status Ledger::apply(std::string_view type, std::string_view payload_json) {
    if (!type.starts_with("record.")) return {};
    const auto json = contract::Json::parse(payload_json);
    if (!json || !json->is_object()) return broken("/payload");
    if (type == "record.hold.changed") {
        const auto scope = hold_scope_from(text(*json, "scope"));
        if (!scope) return broken("/payload/scope");
        const Hold hold{*scope, text(*json, "subject")};
        const auto enabled = json->find("enabled");
        if (enabled && enabled->as_bool().value_or(false))
            holds_.insert_or_assign(hold, Held{text(*json, "by"), text(*json, "reason")});
        else
            holds_.erase(hold);
    } else if (type == "record.erasure.requested") {
        Erasure erasure{.id = text(*json, "erasureId"),
                        .user_id = text(*json, "userId"),
                        .session_id = text(*json, "sessionId"),
                        .by = text(*json, "by"),
                        .reason = text(*json, "reason")};
        if (erasure.user_id.empty() == erasure.session_id.empty()) return broken("/payload/userId");
        if (this->erasure(erasure.id) == nullptr) erasures_.push_back(std::move(erasure));
    } else if (type == "record.erasure.completed") {
        const auto known = std::ranges::find(erasures_, text(*json, "erasureId"), &Erasure::id);
        if (known == erasures_.end()) return broken("/payload/erasureId");
        known->done = true;
        known->calls = number(*json, "calls");
        known->documents = number(*json, "documents");
        known->events = number(*json, "events");
    }
    return {};
}

bool Ledger::held(HoldScope scope, std::string_view subject) const {
    return holds_.contains(Hold{scope, std::string(subject)});
}

Status Ledger::may_erase(std::string_view session_id, std::string_view account_id,
                         const std::set<std::string, std::less<>>& people) const {
    const auto refused = [](HoldScope scope, std::string_view subject) {
        return fail(Code::conflict, "record_held",
                    fmt::format("a legal hold lies on {} {}", to_text(scope), subject));
    };
    if (held(HoldScope::session, session_id)) return refused(HoldScope::session, session_id);
    if (held(HoldScope::account, account_id)) return refused(HoldScope::account, account_id);
    for (const auto& one : people)
        if (held(HoldScope::user, one)) return refused(HoldScope::user, one);
    return {};
}

const Erasure* Ledger::erasure(std::string_view id) const {
    const auto found = std::ranges::find(erasures_, id, &Erasure::id);
    return found == erasures_.end() ? nullptr : &*found;
}

const Erasure* Ledger::next() const {
    const auto found = std::ranges::find(erasures_, false, &Erasure::done);
    return found == erasures_.end() ? nullptr : &*found;
}

}  // namespace lifeline::retention
