#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "app/rules_in_force.h"
#include "app/web_client.h"
#include "base/random.h"
#include "identity/instance_keys.h"

namespace lifeline::app {

enum class Verdict : std::uint8_t { ok, warn, fail };

// What one look found, and what to do where it is not well.
struct CheckupLine {
    std::string name;
    Verdict verdict = Verdict::ok;
    std::string found;
    std::string advice = {};
};

// `lifeline doctor`: looks at everything a server of this configuration stands on, from the outside
// where that is how clients see it. Nothing is changed but for one call, made, opened and ended in
// an account of its own, where the public URL leads to this instance.
class Checkup {
public:
    Checkup(const Config& config, std::string public_url, WebClient& web)
        : config_(config), url_(std::move(public_url)), web_(web) {}

    std::vector<CheckupLine> run();

private:
    // checkup_folder.cpp
    void data_folder();
    void free_space();
    void journal();
    void keys();
    void file_limit();
    void port();
    // checkup_billing.cpp
    void statements();
    // checkup_web.cpp
    void public_url();
    void origins();
    void certificate();
    void web_socket();
    // checkup_issuers.cpp
    void issuers();
    void clock();
    // checkup_tools.cpp
    void policy();
    void canary();
    void tools();
    void server_of_tools(const tools::McpServer& server);
    // checkup_agents.cpp
    void agents();
    void secret_of(const std::string& name, const std::string& setting, const std::string& path);
    void place_of(const std::string& name, const std::string& url);

    void note(std::string name, Verdict verdict, std::string found, std::string advice = {}) {
        lines_.push_back({std::move(name), verdict, std::move(found), std::move(advice)});
    }
    Result<net::Response> ask(std::string_view path, std::string method = "GET",
                              net::Headers headers = {}, std::string body = {});

    const Config& config_;
    const std::string url_;  // Without a slash at its end; empty for none.
    WebClient& web_;
    SystemRandom random_;
    std::optional<identity::InstanceKeys> keys_;
    std::optional<RulesInForce> rules_;  // Where they can be read.
    bool in_use_ = false;                // A server has the folder.
    bool is_us_ = false;                 // The public URL leads to the instance of this folder.
    std::vector<CheckupLine> lines_;
};

}  // namespace lifeline::app
