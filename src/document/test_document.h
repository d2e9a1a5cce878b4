#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "contract/event.h"
#include "document/decide.h"

namespace lifeline::document {

// A document as its actor would keep it, without a journal: what was decided is applied, and kept.
class TestDocument {
public:
    struct Stored {
        contract::Event event;
        std::string actor_id;
    };

    explicit TestDocument(std::string initial = "{}") {
        state.id = "doc_1";
        Create create;
        create.kind = "cv";
        create.title = "CV";
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.initial_json = std::move(initial);
        run(std::move(create));
    }

    static Caller owner() {
        return {.user_id = "ada",
                .account_id = "acct_1",
                .role = contract::Role::user,
                .session_id = {},
                .role_in_call = {},
                .bound = false};
    }

    // The types of what follows, or the reason of the refusal.
    std::string run(Request request, Caller caller = owner()) {
        const auto* publish = std::get_if<Publish>(&request);
        Command command{std::move(request), {"user", caller.user_id}, std::move(caller)};
        publish = std::get_if<Publish>(&command.request);
        const auto decision = decide(state, command);
        if (!decision) return decision.error().reason;
        std::string types;
        if (publish != nullptr) take(publish->event, command.actor.id);
        for (const ServerEvent& wanted : decision->events) {
            auto event = checker.check(
                contract::event_json(wanted.id, state.id, "2026-01-01T00:00:00.000Z",
                                     contract::type_info(wanted.type).name, wanted.payload),
                contract::Sender::server);
            if (!event) return event.error().reason + " " + event.error().pointer;
            types += (types.empty() ? "" : " ") + std::string(event->type_name());
            take(*event, command.actor.id);
        }
        return types;
    }
    std::string edit(std::uint64_t base, const std::string& patch, Caller caller = owner()) {
        auto event = checker.check(contract::event_json(
            "e" + std::to_string(++edits), state.id, "2026-01-01T00:00:00.000Z",
            "document.edit.requested",
            R"({"baseRev":)" + std::to_string(base) + R"(,"patch":)" + patch + "}"));
        if (!event) return event.error().reason;
        return run(Publish{std::move(*event)}, std::move(caller));
    }
    void take(const contract::Event& event, const std::string& actor_id) {
        apply(state, event, actor_id);
        events.push_back({event, actor_id});
    }
    std::string payload() const { return std::string(events.back().event.payload_json()); }

    State state;
    contract::EventChecker checker;
    std::vector<Stored> events;
    int edits = 0;
};

}  // namespace lifeline::document
