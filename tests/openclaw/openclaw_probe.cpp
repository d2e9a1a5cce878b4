// One turn through the openclaw driver: openclaw_probe PORT TOKEN KEY TEXT [cancel|dead=KEY].
// Prints what the driver tells, a JSON text a line; with `cancel` it calls the turn off at the
// first text, with `dead=KEY` another one first, which a process before is said to have left
// behind.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "agent/openclaw_driver.h"
#include "base/asio_loop.h"
#include "base/random.h"
#include "contract/json_writer.h"

namespace {

using lifeline::Millis;
namespace agent = lifeline::agent;

Millis millis_from(const char* variable, int otherwise) {
    const char* given = std::getenv(variable);
    return Millis{given != nullptr ? std::atoi(given) : otherwise};
}

class Printer final : public agent::Hearer {
public:
    Printer(lifeline::AsioLoop& loop, bool cancel) : loop_(loop), cancel_(cancel) {}

    void text(std::string_view piece) override {
        say("text", piece);
        if (cancel_) call_off();
    }
    void thought(std::string_view piece) override { say("thought", piece); }
    void called(agent::ToolCall call) override { say("called", call.name); }
    void answering(std::string_view model) override { say("model", model); }
    void used(const agent::Usage& usage) override {
        say("used", fmt::format("{}/{}", usage.input_tokens.value_or(-1),
                                usage.output_tokens.value_or(-1)));
    }
    void ended(std::string_view stop_reason) override { last("ended", stop_reason); }
    void failed(const agent::Failure& failure) override {
        last("failed", failure.reason + (failure.retryable ? " retryable" : ""));
    }

    std::unique_ptr<agent::Run> run;

private:
    static void say(std::string_view what, std::string_view value) {
        lifeline::contract::JsonWriter json;
        json.object().key(what).value(value).end();
        std::puts(json.take().c_str());
    }
    // Long enough to hear of what must not be told any more.
    void last(std::string_view what, std::string_view value) {
        say(what, value);
        run.reset();
        loop_.start_timer(millis_from("PROBE_LINGER_MS", 300), [this] { loop_.stop(); });
    }
    void call_off() { last("called_off", ""); }

    lifeline::AsioLoop& loop_;
    bool cancel_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) return 2;
    lifeline::AsioLoop loop;
    lifeline::SystemRandom random;
    agent::OpenClawDriver driver(loop, random,
                                 {.gateway = {*lifeline::net::IpAddress::parse("127.0.0.1"),
                                              static_cast<std::uint16_t>(std::atoi(argv[1]))},
                                  .host = fmt::format("127.0.0.1:{}", argv[1]),
                                  .token = argv[2],
                                  .retry_first = Millis{20},
                                  .retry_most = Millis{100},
                                  .result_wait = Millis{200}});
    const std::string_view more = argc > 5 ? argv[5] : "";
    Printer printer(loop, more == "cancel");
    agent::Prompt prompt;
    prompt.session_id = "sess_Probe";
    prompt.idempotency_key = argv[3];
    prompt.system = "You are terse.";
    prompt.messages.push_back({.text = argv[4]});
    prompt.timeout = millis_from("PROBE_TIMEOUT_MS", 20'000);
    loop.post([&] {
        if (more.starts_with("dead=")) driver.call_off(prompt.session_id, more.substr(5));
        printer.run = driver.start(std::move(prompt), printer);
    });
    loop.run();
    printer.run.reset();
    return 0;
}
