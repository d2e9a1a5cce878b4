#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_message.h"
#include "net/ip_address.h"

namespace lifeline {
class AsioLoop;
class Worker;
}  // namespace lifeline

namespace lifeline::net {

// Where a fetch may go. A URL that someone else has chosen must not become a way to ask our own
// network questions.
enum class Egress : std::uint8_t {
    // https on port 443 or an unprivileged one, to a name all of whose addresses are on the open
    // internet. The connection goes to an address that was checked, so a name that answers
    // differently the next time gains nothing.
    public_https,
    // Wherever a configuration file of ours says: http and private addresses too.
    anywhere,
};

// What to do with an answer that is still coming.
enum class Hear : std::uint8_t { on, enough };

struct FetchRequest {
    std::string url;
    std::string method = "GET";
    Headers headers = {};
    std::string body = {};
    Egress egress = Egress::public_https;
    Millis timeout = std::chrono::seconds(10);  // In all: name, connection, answer.
    std::size_t body_bytes_max = 1 << 20;
    // Hears the body as it comes, once the head is there: the Response that `done` gets has none
    // then. `enough` ends the fetch as if the answer were whole.
    std::function<Hear(const Response& head, std::string_view piece)> hear = {};
};

struct HttpClientOptions {
    std::string ca_file = {};  // PEM; empty: the system's authorities.
    std::size_t in_flight_max = 64;
    // The addresses of a name; runs on the worker. Empty: the system's resolver.
    std::function<std::vector<IpAddress>(const std::string& host)> resolve = {};
};

// HTTP(S) requests from one loop; one connection each. An answer of any status is a result, a
// redirect too: nothing is followed, since the place it names was never checked. Errors: bad_format
// for a URL that is none, egress_denied, overloaded when too many are in flight, peer_unavailable
// for all that can go wrong before the first byte of the request was sent; after that answer_lost
// and body_too_large. See may_have_arrived.
class HttpClient {
public:
    using Done = std::move_only_function<void(Result<Response>)>;

    // Makes the process ignore SIGPIPE: OpenSSL's writes would raise it.
    static Result<std::unique_ptr<HttpClient>> create(AsioLoop& loop, Worker& resolver,
                                                      HttpClientOptions options);
    struct State;
    explicit HttpClient(std::shared_ptr<State> state);
    // What is in flight ends without an answer. The worker must not outlive the loop.
    ~HttpClient();

    // On the loop's thread; `done` is called once, from the loop.
    using FetchId = std::uint64_t;
    FetchId fetch(FetchRequest request, Done done);
    // Ends it, with peer_unavailable or answer_lost, whichever is true. Over or unknown ones are
    // nobody's mistake.
    enum class Cancel : std::uint8_t { anyhow, unless_sent };
    void cancel(FetchId fetch, Cancel how);

private:
    std::shared_ptr<State> state_;
};

// Whether a request that ended with this error may have reached the peer. False: not one byte of it
// has left this machine.
bool may_have_arrived(const Error& error);

// Whether a fetch may go there by its URL alone, before any name is resolved.
Status check_egress(const Url& url, Egress egress);

}  // namespace lifeline::net
