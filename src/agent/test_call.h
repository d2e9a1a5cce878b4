#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/driver.h"
#include "agent/host.h"
#include "base/virtual_loop.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "journal/memory_journal.h"
#include "rulebook/rulebook.h"
#include "session/sessions.h"

// For this room's tests: a real session on virtual time, an agent that takes part in it, and a
// model that does what a test says.
namespace lifeline::agent {

// What a model does when it is asked: words and calls, or a failure, after a while.
struct Reply {
    std::vector<Failure> gave_way = {};  // Attempts before the one that answers.
    std::vector<std::string> pieces = {};
    std::vector<ToolCall> calls = {};
    std::optional<Failure> failure = {};
    std::optional<Usage> usage = Usage{.input_tokens = 100, .output_tokens = 10};
    Millis piece_every{50};
};

class FakeModel final : public Driver {
public:
    using Answer = std::function<Reply(const Prompt&)>;
    FakeModel(Loop& loop, std::vector<Prompt>& asked, Answer& answer)
        : loop_(loop), asked_(asked), answer_(answer) {}

    std::string_view name() const override { return "fake"; }
    std::string_view model() const override { return "fake-1"; }
    std::unique_ptr<Run> start(Prompt prompt, Hearer& hearer) override {
        asked_.push_back(prompt);
        return std::make_unique<FakeRun>(loop_, answer_(prompt), hearer);
    }

private:
    class FakeRun final : public Run {
    public:
        FakeRun(Loop& loop, Reply reply, Hearer& hearer)
            : loop_(loop), reply_(std::move(reply)), hearer_(hearer) {
            arm();
        }
        ~FakeRun() override {
            if (timer_ != 0) loop_.cancel_timer(timer_);
        }

    private:
        void arm() {
            timer_ = loop_.start_timer(reply_.piece_every, [this] {
                timer_ = 0;
                step();
            });
        }
        void step() {
            for (const Failure& failure : std::exchange(reply_.gave_way, {}))
                hearer_.gave_way(failure);
            if (next_ < reply_.pieces.size()) {
                arm();
                return hearer_.text(reply_.pieces[next_++]);
            }
            Hearer& hearer = hearer_;
            if (reply_.failure) return hearer.failed(*reply_.failure);
            for (const ToolCall& call : reply_.calls) hearer.called(call);
            if (reply_.usage) hearer.used(*reply_.usage);
            hearer.ended(reply_.calls.empty() ? "end_turn" : "tool_calls");
        }
        Loop& loop_;
        Reply reply_;
        Hearer& hearer_;
        std::size_t next_ = 0;
        Loop::TimerId timer_ = 0;
    };

    Loop& loop_;
    std::vector<Prompt>& asked_;
    Answer& answer_;
};

inline tools::Tool tool_named(std::string name, contract::Risk risk) {
    tools::Tool tool;
    tool.name = std::move(name);
    tool.kind = tools::Kind::client;
    tool.risk = risk;
    tool.idempotent = risk != contract::Risk::high_risk_external_send;
    return tool;
}

// A call of Ada's with the agent in it, over a journal that stays when the process "dies".
class TestCall {
public:
    TestCall() : journal(loop.clock()) {
        settings.name = "helper";
        settings.user_id = "agt_helper";
        settings.persona = "You help.";
        boot();
        Create();
    }

    // Another process: nothing but the journal is left.
    void restart() {
        host.reset();
        sessions.reset();
        loop.drop_all();
        boot();
        host->joined("agt_helper", id);
    }
    void boot() {
        sessions.emplace(std::vector<Loop*>{&loop}, journal);
        auto registry = tools::Registry::create(
            {tool_named("look.up", contract::Risk::read_only),
             tool_named("mail.send", contract::Risk::high_risk_external_send)});
        EXPECT_TRUE(registry.has_value());
        tools = *registry;
        sessions->take_judge(
            std::make_shared<rulebook::Rulebook>(rulebook::Rulebook::Parts{tools}));
        std::vector<Host::Agent> agents;
        for (const AgentSettings* one : {&settings, &second})
            if (!one->user_id.empty())
                agents.push_back({*one, std::make_unique<FakeModel>(loop, asked, answer)});
        host = std::make_unique<Host>(
            Host::Parts{.loop = loop, .sessions = *sessions, .tools = [this] { return tools; }},
            std::move(agents));
    }

    std::string submit(call::Request request, contract::Actor actor, contract::Role role) {
        std::string outcome = "no answer";
        sessions->submit(id, {std::move(request), std::move(actor), role}, loop,
                         [&outcome](Result<session::Receipt> receipt) {
                             outcome = receipt ? "ok" : receipt.error().reason;
                         });
        loop.run();
        return outcome;
    }
    std::string publish(std::string_view type, std::string_view payload,
                        contract::Role role = contract::Role::user, std::string who = "ada") {
        auto event =
            checker.check(contract::event_json("evt_" + std::to_string(++published), id,
                                               format_rfc3339(loop.clock().wall()), type, payload));
        EXPECT_TRUE(event.has_value())
            << type << payload << event.error().reason << event.error().pointer;
        const contract::Actor actor{std::string(contract::to_text(role)), std::move(who)};
        return submit(call::Publish{std::move(*event)}, actor, role);
    }
    // Ada says something; it is whole at once.
    void say(const std::string& text, std::string utterance = "") {
        if (utterance.empty()) utterance = "u" + std::to_string(++said);
        contract::JsonWriter json;
        json.object().key("utteranceId").value(utterance).key("speaker").value("user");
        json.key("text").value(text).key("startMs").value(0).key("endMs").value(1).end();
        EXPECT_EQ(publish("transcript.final", json.take()), "ok");
    }
    void run_for(Millis time) { loop.run_for(time); }

    // The call's events as "type field" lines, those of `prefix` only.
    std::vector<contract::Json> events(std::string_view type) {
        std::vector<contract::Json> found;
        for (const auto& stored : all()) {
            const auto json = contract::Json::parse(stored.bytes);
            if (json->text("type") == type) found.push_back(*json->find("payload"));
        }
        return found;
    }
    std::vector<journal::StoredEvent> all() {
        std::vector<journal::StoredEvent> events;
        std::uint64_t after = 0;
        for (bool more = true; more;) {
            more = false;
            journal.read(id, after, {}, loop, [&](Result<std::vector<journal::StoredEvent>> read) {
                if (!read || read->empty()) return;
                more = true;
                after = read->back().seq;
                for (auto& event : *read) events.push_back(std::move(event));
            });
            loop.run();
        }
        return events;
    }
    std::size_t count(std::string_view type) { return events(type).size(); }
    // What the agent said last.
    std::string last_words() {
        std::string text;
        for (const auto& payload : events("transcript.final"))
            if (payload.text("speaker") == "agent") text = *payload.text("text");
        return text;
    }

    VirtualLoop loop;
    journal::MemoryJournal journal;
    contract::EventChecker checker;
    tools::Registry tools;
    AgentSettings settings;
    AgentSettings second;  // Of another agent, where a test names one and restarts.
    std::optional<session::Sessions> sessions;
    std::vector<Prompt> asked;
    FakeModel::Answer answer = [](const Prompt&) { return Reply{.pieces = {"Yes."}}; };
    std::unique_ptr<Host> host;
    std::string id = "sess_1";
    int published = 0;
    int said = 0;

private:
    void Create() {
        call::Create create;
        create.owner_id = "ada";
        create.account_id = "acct_1";
        create.channel = "voice";
        create.connect_timeout = std::chrono::minutes(5);
        create.max_duration = std::chrono::hours(10);
        create.reconnect_window = std::chrono::hours(1);
        create.members = {{"ada", contract::Role::user, "Ada"},
                          {"agt_helper", contract::Role::agent, "Helper"}};
        EXPECT_EQ(submit(create, {"user", "ada"}, contract::Role::user), "ok");
        host->joined("agt_helper", id);
        EXPECT_EQ(
            submit(call::LineChanged{"ada", true}, {"server", "lifeline"}, contract::Role::server),
            "ok");
    }
};

}  // namespace lifeline::agent
