#include "sinks/jsonl.h"

#include "contract/json_writer.h"
#include "sinks/charge_json.h"
#include "sinks/jsonl_file.h"
#include "sinks/reply.h"

namespace lifeline::sinks {

JsonlAdapter::JsonlAdapter()
    // It knows every line it has, so there is nothing that would have to be asked.
    : capability_{.duplicate_signal = DuplicateSignal::silent,
                  .batch_max = 100,
                  .per_second = 1'000,
                  .in_flight_max = 1} {}

Request JsonlAdapter::request(std::span<const Item> items, WallTime) const {
    Request request{.method = "APPEND", .path = {}, .headers = {}, .body = {}};
    for (const Item& item : items) {
        contract::JsonWriter json;
        write_charge(json, *item.charge);
        request.body += json.take() + "\n";
    }
    return request;
}

std::vector<Reply> JsonlAdapter::replies(std::span<const Item> items,
                                         const Result<net::Response>& answer) const {
    using Meaning = Reply::Meaning;
    std::vector replies(items.size(), reply_of(answer));
    if (!answer) return replies;
    std::string_view rest = answer->body;
    for (Reply& reply : replies) {
        const std::string_view word = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        reply.of = Reply::Of::charge;
        reply.meaning = word == JsonlFile::word(JsonlFile::Outcome::added)     ? Meaning::delivered
                        : word == JsonlFile::word(JsonlFile::Outcome::present) ? Meaning::duplicate
                                                                               : Meaning::conflict;
        if (reply.meaning == Meaning::conflict)
            reply.message = "the file has another line with this id";
    }
    return replies;
}

}  // namespace lifeline::sinks
