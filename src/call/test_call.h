#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "call/decide.h"
#include "call/state.h"
#include "contract/event.h"

// For this room's tests.
namespace lifeline::call {

using contract::Role;

constexpr WallTime begin{Millis(1'771'236'000'000)};

inline contract::Actor actor_of(Role role, std::string id) {
    return {std::string(contract::to_text(role)), std::move(id)};
}

// A call as its events made it: commands go through decide and apply, as they do in an actor.
class Call {
public:
    Call() { state.id = "sess_1"; }

    // What was appended, by type, or the reason of the refusal.
    std::string run(Request request, Role role = Role::user, std::string who = "ada") {
        Command command{std::move(request), actor_of(role, std::move(who)), role};
        const auto decision = decide(state, command, now, *judge);
        if (!decision) return "refused " + decision.error().reason;
        std::string types;
        const auto append = [&](const contract::Event& event, std::string_view by) {
            log.push_back(event.json());
            apply(state, event, by, log.size());
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
        // Only a service knows of a provider.
        return provider.empty() ? run(create) : run(create, Role::service, "backend");
    }
    void running() {
        create();
        run(LineChanged{"ada", true}, Role::server, "lifeline");
    }

    contract::EventChecker checker;
    std::shared_ptr<const Judge> judge = no_tools();
    State state;
    WallTime now = begin;
    std::vector<std::string> log;
    int published = 0;
};

}  // namespace lifeline::call
