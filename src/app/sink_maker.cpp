#include "app/sink_maker.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "app/secret_source.h"
#include "app/toml_json.h"
#include "net/url.h"
#include "sinks/file_courier.h"
#include "sinks/http_courier.h"
#include "sinks/jsonl.h"
#include "sinks/lago.h"
#include "sinks/openmeter.h"
#include "sinks/stripe.h"
#include "sinks/webhook.h"

namespace lifeline::app {

namespace {

constexpr std::size_t secrets_bytes_max = 16 * 1024;

template <class Adapter, class Options>
std::unique_ptr<sinks::Adapter> speaks(Options options) {
    return std::make_unique<Adapter>(std::move(options));
}

// One a line; each signs.
Result<WebhookSigner> signer_of(const std::string& setting, const std::string& file) {
    std::vector<Secret<std::string>> secrets;
    if (file.empty()) return WebhookSigner::create(secrets);
    const auto text = read_text_file(file, secrets_bytes_max);
    if (!text) return fail(text.error());
    for (std::size_t at = 0; at < text->size();) {
        const std::size_t end = std::min(text->find_first_of("\r\n", at), text->size());
        if (end > at) secrets.emplace_back(text->substr(at, end - at));
        at = end + 1;
    }
    if (secrets.empty())
        return fail(Code::malformed, "config_invalid",
                    fmt::format("{}: {} has no secret", setting, file));
    return WebhookSigner::create(secrets);
}

Result<std::unique_ptr<sinks::Adapter>> make_webhook(const SinkConfig& sink,
                                                     const std::string& setting) {
    auto signer = signer_of(setting + ".secret_file", sink.secret_file);
    if (!signer) return fail(signer.error());
    const auto url = net::parse_url(sink.url);
    return speaks<sinks::WebhookAdapter>(sinks::WebhookOptions{.path = url ? url->target : "/",
                                                               .headers = {},
                                                               .signer = *std::move(signer),
                                                               .dedupe_window = sink.dedupe});
}

}  // namespace

Result<std::unique_ptr<sinks::Adapter>> make_adapter(const SinkConfig& sink) {
    const std::string setting = "billing.sinks." + sink.name;
    if (sink.kind == "jsonl") return std::make_unique<sinks::JsonlAdapter>();
    if (sink.kind == "webhook") return make_webhook(sink, setting);
    auto key = read_secret(setting, sink.key_file, sink.key_env);
    if (!key) return fail(key.error());
    if (sink.kind == "stripe")
        return speaks<sinks::StripeAdapter>(sinks::StripeOptions{.key = *std::move(key),
                                                                 .customers = sink.customers,
                                                                 .event_names = sink.items,
                                                                 .meters = sink.meters});
    if (sink.kind == "lago")
        return speaks<sinks::LagoAdapter>(sinks::LagoOptions{
            .key = *std::move(key), .subscriptions = sink.customers, .codes = sink.items});
    return speaks<sinks::OpenMeterAdapter>(sinks::OpenMeterOptions{.key = *std::move(key),
                                                                   .subjects = sink.customers,
                                                                   .types = sink.items,
                                                                   .meters = sink.meters,
                                                                   .source = sink.source});
}

std::unique_ptr<sinks::Courier> make_courier(const SinkConfig& sink, net::HttpClient& client,
                                             Loop& home, Worker& files) {
    if (sink.kind == "jsonl") return std::make_unique<sinks::FileCourier>(home, files, sink.file);
    sinks::HttpCourierOptions options{.url = sink.url};
    // The webhook's adapter has the path.
    if (sink.kind == "webhook")
        if (const auto url = net::parse_url(sink.url)) options.url = url->origin();
    if (sink.allow_http) options.egress = net::Egress::anywhere;
    return std::make_unique<sinks::HttpCourier>(client, std::move(options));
}

}  // namespace lifeline::app
