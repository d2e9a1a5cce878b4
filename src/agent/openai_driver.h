#pragma once

#include <string>
#include <vector>

#include "agent/driver.h"
#include "agent/profile.h"
#include "base/loop.h"
#include "base/secret.h"
#include "net/http_client.h"

namespace lifeline::agent {

struct OpenAiOptions {
    std::string base_url = {};             // "https://api.example.com/v1"
    std::vector<std::string> models = {};  // The first is asked first.
    Profile profile = {};
    Secret<std::string> key = {};
    Millis idle{20'000};  // Between two pieces of an answer; the first may take as long, too.
    Millis retry_after_max{3'000};  // Asked for less patience, it asks once more.
};

// Any provider of OpenAI-compatible chat completions, streamed, with tools. A model that is away,
// busy or refuses gives way to the next one, as long as nothing of its answer was told.
class OpenAiDriver final : public Driver {
public:
    OpenAiDriver(Loop& loop, net::HttpClient& client, OpenAiOptions options)
        : loop_(loop), client_(client), options_(std::move(options)) {}

    std::string_view name() const override { return "openai"; }
    std::string_view model() const override { return options_.models.front(); }
    std::unique_ptr<Run> start(Prompt prompt, Hearer& hearer) override;

private:
    Loop& loop_;
    net::HttpClient& client_;
    OpenAiOptions options_;
};

}  // namespace lifeline::agent
