#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/counters.h"
#include "base/result.h"
#include "identity/principal.h"
#include "net/http_server.h"
#include "net/origin.h"

namespace lifeline::api {

// Says in which history the seqs of lines count: half of the cursor with which to read on.
inline constexpr std::string_view epoch_header = "Epoch";

// One request on its way to an answer: what was asked, by whom, and what the address says. Handlers
// keep it by value until they answer; every answer carries the CORS headers its origin may have.
class Asked {
public:
    // `origins` and `counters` outlive it.
    Asked(std::shared_ptr<net::Exchange> exchange, const net::OriginList& origins,
          Counters& counters)
        : exchange_(std::move(exchange)), origins_(&origins), counters_(&counters) {}

    const net::Request& request() const { return exchange_->request(); }
    const net::Peer& peer() const { return exchange_->peer(); }
    const net::Client& client() const { return exchange_->client(); }
    Loop& loop() { return exchange_->loop(); }
    const std::shared_ptr<net::Exchange>& exchange() const { return exchange_; }

    // Set by the router.
    identity::Principal principal;
    std::vector<std::string> captures;  // What stood in the pattern's {}, in order.
    const std::string& session_id() const { return captures.front(); }

    void answer(net::Response response);
    void answer_json(unsigned status, std::string body);
    void answer_nothing();  // 204
    void refuse(const Error& error, std::string_view terminal_event = {});
    // The same, where a refusal has another form than problem+json.
    void refuse_with(const Error& error, net::Response response);
    std::unique_ptr<net::ResponseStream> stream(std::string_view content_type);
    // Of lines that are events, whose seqs count in this epoch.
    std::unique_ptr<net::ResponseStream> event_stream(const std::string& epoch);

private:
    void dress(net::Response& response) const;
    std::unique_ptr<net::ResponseStream> stream(net::Response head);

    std::shared_ptr<net::Exchange> exchange_;
    const net::OriginList* origins_;
    Counters* counters_;
};

}  // namespace lifeline::api
