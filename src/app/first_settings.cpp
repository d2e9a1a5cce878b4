#include "app/first_settings.h"

#include <algorithm>
#include <string_view>

#include "app/settings.h"

namespace lifeline::app {

namespace {

constexpr std::string_view head =
    R"(# Lifeline's settings. Each has a default, shown here behind a comment sign; docs/operations.md
# explains them all. A setting that is misspelt or out of range refuses to start.
#
#   lifeline check-config --config lifeline.toml    what counts, and where it is from
#   lifeline doctor --config lifeline.toml          whether all that it stands on is well

# Address and port. Keep it on this machine and put a proxy with TLS in front.
# listen = "127.0.0.1:8787"

# How clients reach the server, for links and connect URLs.
# public_url = "https://calls.example.com"

# Without a proxy in front: the certificate, then those up to an authority; taken again when it changes.
# tls.certificate = "/etc/lifeline/certificate.pem"
# tls.key = "/etc/lifeline/key.pem"

# Web origins that may use it besides its own page.
# origins = ["https://app.example.com", "https://*.example.app"]

# Threads that carry calls; one a core, at most 8, when it is not set.
# loops = 2

# Where Prometheus reads /metrics. Only the scraper should reach it: nobody is asked who they are.
# metrics.listen = "127.0.0.1:9464"

# The rest.
)";

constexpr std::string_view tail = R"(
# Who vouches for your users: as many of these as needed, at the end of the file.
# [[issuers]]
# issuer = "https://login.example.com"
# audience = ["lifeline"]
# jwks_url = "https://login.example.com/.well-known/jwks.json"
# account_claim = "org_id"

# Billing systems that are told of every charge; docs/sinks.md explains each.
# [[billing.sinks]]
# name = "ledger"
# kind = "jsonl"
# file = "/var/lib/lifeline-billing/charges.jsonl"

# What an agent may ask for; docs/safety.md explains it, and how a policy is written.
# [tools.send_email]
# kind = "http"
# url = "https://backend.example.com/lifeline/send_email"
# secret_file = "/etc/lifeline/send_email.key"
)";

}  // namespace

std::string first_settings() {
    std::string out(head);
    const Config standard;
    for (const auto& [name, setting] : settings()) {
        const std::string line = "# " + name + " = ";
        if (head.find("\n" + line) != std::string_view::npos) continue;
        out += line + setting.show(standard) + "\n";
    }
    return out + std::string(tail);
}

}  // namespace lifeline::app
