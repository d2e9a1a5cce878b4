#include "net/http_client.h"

#include <netdb.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "net/http_fetch.h"
#include "net/socket_address.h"

namespace lifeline::net {

namespace {

constexpr std::uint16_t https_port = 443;
constexpr std::uint16_t first_unprivileged_port = 1024;

std::unexpected<Error> deny(const Url& url, std::string_view why) {
    return fail(Code::not_allowed, "egress_denied", url.origin() + ": " + std::string(why));
}

// Every address of the name, none twice. Blocks, as long as the system's resolver pleases.
std::vector<IpAddress> resolve_by_system(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
    std::vector<IpAddress> addresses;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
        SocketAddress address;
        std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                    reinterpret_cast<char*>(&address.storage));
        const IpAddress ip = address.peer().address;
        if (std::ranges::find(addresses, ip) == addresses.end()) addresses.push_back(ip);
    }
    ::freeaddrinfo(found);
    return addresses;
}

bool is_header_name(std::string_view name) {
    return !name.empty() && name.find_first_of(" \t\r\n:") == std::string_view::npos;
}

}  // namespace

Status check_egress(const Url& url, Egress egress) {
    if (egress == Egress::anywhere) return {};
    if (url.scheme != "https") return deny(url, "only https may be asked");
    if (url.port != https_port && url.port < first_unprivileged_port) {
        return deny(url, "a privileged port other than 443");
    }
    if (url.host_is_address) {
        const auto address = IpAddress::parse(url.host);
        if (!address || !address->is_public()) return deny(url, "a private address");
    }
    return {};
}

struct HttpClient::State : std::enable_shared_from_this<HttpClient::State> {
    State(AsioLoop& on, Worker& names, HttpClientOptions with, TlsContext context)
        : loop(on), resolver(names), options(std::move(with)), tls(std::move(context)) {
        if (!options.resolve) options.resolve = resolve_by_system;
    }

    void resolve(const std::shared_ptr<HttpFetch>& fetch);
    void resolved(HttpFetch& fetch, std::vector<IpAddress> addresses);

    AsioLoop& loop;
    Worker& resolver;
    HttpClientOptions options;
    TlsContext tls;
    std::unordered_map<FetchId, std::shared_ptr<HttpFetch>> fetches;
    FetchId last_fetch = 0;
    std::size_t resolving = 0;  // With the worker, also for fetches that have given up.
};

// On the worker and back. Whoever asked may be gone by then.
void HttpClient::State::resolve(const std::shared_ptr<HttpFetch>& fetch) {
    const std::string& host = fetch->url().host;
    if (const auto address = IpAddress::parse(host)) return resolved(*fetch, {*address});
    ++resolving;
    resolver.submit([look_up = options.resolve, host, &loop = loop, state = weak_from_this(),
                     asked = std::weak_ptr(fetch)] {
        loop.post([addresses = look_up(host), state, asked]() mutable {
            const auto client = state.lock();
            if (!client) return;
            --client->resolving;
            if (const auto alive = asked.lock()) client->resolved(*alive, std::move(addresses));
        });
    });
}

void HttpClient::State::resolved(HttpFetch& fetch, std::vector<IpAddress> addresses) {
    const bool all_public = std::ranges::all_of(addresses, &IpAddress::is_public);
    if (fetch.request().egress == Egress::public_https && !all_public) {
        return fetch.fail_with(deny(fetch.url(), "the name has a private address").error());
    }
    fetch.connect(std::move(addresses));
}

Result<std::unique_ptr<HttpClient>> HttpClient::create(AsioLoop& loop, Worker& resolver,
                                                       HttpClientOptions options) {
    auto tls = TlsContext::for_client(options.ca_file);
    if (!tls) return fail(tls.error());
    return std::make_unique<HttpClient>(
        std::make_shared<State>(loop, resolver, std::move(options), std::move(*tls)));
}

HttpClient::HttpClient(std::shared_ptr<State> state) : state_(std::move(state)) {}

HttpClient::~HttpClient() = default;

HttpClient::FetchId HttpClient::fetch(FetchRequest request, Done done) {
    const FetchId id = ++state_->last_fetch;
    // Answers from the loop, never from inside.
    const auto refuse = [&](Error error) {
        state_->loop.post([done = std::move(done), error = std::move(error)]() mutable {
            done(fail(std::move(error)));
        });
        return id;
    };
    const auto url = parse_url(request.url);
    if (!url) return refuse(url.error());
    if (url->scheme != "http" && url->scheme != "https") {
        return refuse({Code::malformed, "bad_format", "the scheme is neither http nor https"});
    }
    if (const auto status = check_egress(*url, request.egress); !status) {
        return refuse(status.error());
    }
    if (!std::ranges::all_of(request.headers, is_header_name, &Header::name)) {
        return refuse({Code::malformed, "bad_format", "a header's name is none"});
    }
    if (std::max(state_->fetches.size(), state_->resolving) >= state_->options.in_flight_max) {
        return refuse({Code::overloaded, "overloaded", "too many requests are in flight"});
    }
    auto fetch =
        std::make_shared<HttpFetch>(state_->loop, state_->tls, *url, std::move(request),
                                    [state = std::weak_ptr(state_), id,
                                     done = std::move(done)](Result<Response> result) mutable {
                                        if (const auto client = state.lock())
                                            client->fetches.erase(id);
                                        done(std::move(result));
                                    });
    state_->fetches.emplace(id, fetch);
    fetch->start();
    state_->loop.post([state = std::weak_ptr(state_), asked = std::weak_ptr(fetch)] {
        const auto client = state.lock();
        const auto alive = asked.lock();
        if (client && alive) client->resolve(alive);
    });
    return id;
}

void HttpClient::cancel(FetchId fetch, Cancel how) {
    const auto found = state_->fetches.find(fetch);
    if (found == state_->fetches.end()) return;
    state_->loop.post([how, asked = std::weak_ptr(found->second)] {
        const auto alive = asked.lock();
        if (!alive || (how == Cancel::unless_sent && alive->has_sent())) return;
        alive->peer_failed("called off");
    });
}

bool may_have_arrived(const Error& error) {
    return error.reason == "answer_lost" || error.reason == "body_too_large";
}

}  // namespace lifeline::net
