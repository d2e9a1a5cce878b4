#include "orchestration/confirmation_hook.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/json_writer.h"

namespace lifeline::orchestration {

namespace {

namespace field = contract::field::safety_confirmation_requested;

bool asks(std::string_view bytes) {
    return bytes.find("\"type\":\"safety.confirmation.requested\"") != std::string_view::npos;
}

// The fragment is read by the page alone. Ids are letters, digits and _.:-, and need no escapes.
std::string link_to(const std::string& page, const std::string& stream, std::string_view id) {
    if (page.empty()) return {};
    return fmt::format("{}{}#session={}&confirmation={}", page, page.ends_with('/') ? "" : "/",
                       stream, id);
}

std::string body_of(const std::string& stream, std::uint64_t seq, const contract::Event& event,
                    const std::string& page) {
    contract::JsonWriter json;
    json.object();
    json.key("type").value(event.type_name());
    json.key("sessionId").value(stream);
    json.key("seq").value(seq);
    if (const auto link = link_to(page, stream, event.text(field::confirmation_id)); !link.empty())
        json.key("url").value(link);
    json.key("confirmation").raw(event.payload_json());
    json.end();
    return json.take();
}

}  // namespace

ConfirmationHook::ConfirmationHook(Loop& home, journal::Journal& journal, Post post,
                                   Options options)
    : home_(home),
      journal_(journal),
      post_(std::move(post)),
      options_(std::move(options)),
      follower_(home, journal,
                [this](std::vector<journal::JournalEvent> events, journal::Follower::Taken taken) {
                    take(std::move(events));
                    // Not from inside the call; it may read on at once.
                    home_.post([taken = std::move(taken)]() mutable { taken({}); });
                }) {}

ConfirmationHook::~ConfirmationHook() {
    *alive_ = false;
}

void ConfirmationHook::start() {
    follower_.start(journal_.head_position(), [](const Status& followed) {
        if (!followed)
            log::error("confirmations are not told: {} {}", followed.error().reason,
                       followed.error().detail);
    });
}

void ConfirmationHook::poke() {
    home_.post([this, alive = alive_] {
        if (*alive) follower_.poke();
    });
}

void ConfirmationHook::take(std::vector<journal::JournalEvent> events) {
    for (const auto& [stream, stored] : events)
        if (!stored.erased && asks(stored.bytes)) add(stream, stored);
    send_on();
}

void ConfirmationHook::add(const std::string& stream, const journal::StoredEvent& stored) {
    const auto event = checker_.read_stored(stored.bytes);
    if (!event || event->type() != contract::EventType::safety_confirmation_requested) return;
    if (waiting_.size() >= options_.waiting_max) {
        waiting_.pop_front();
        ++given_up_;
    }
    waiting_.push_back(std::make_shared<Notice>(Notice{
        .id = stream + ":" + std::string(event->text(field::confirmation_id)),
        .body =
            body_of(stream, stored.seq, *event, options_.page ? options_.page() : std::string()),
        .expires_at = parse_rfc3339(event->text(field::expires_at)).value_or(WallTime{})}));
}

void ConfirmationHook::send_on() {
    while (in_flight_ < options_.in_flight_max && !waiting_.empty()) {
        const NoticePtr notice = std::move(waiting_.front());
        waiting_.pop_front();
        if (home_.clock().wall() < notice->expires_at)
            send(notice);
        else
            ++given_up_;
    }
}

void ConfirmationHook::send(const NoticePtr& notice) {
    ++in_flight_;
    ++notice->attempts;
    net::FetchRequest request;
    request.url = options_.url;
    request.method = "POST";
    request.body = notice->body;
    request.egress = net::Egress::anywhere;  // The operator's own setting.
    request.timeout = options_.timeout;
    const std::string timestamp = webhook_timestamp(home_.clock().wall());
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"webhook-id", notice->id});
    request.headers.push_back({"webhook-timestamp", timestamp});
    if (options_.signer.signs())
        request.headers.push_back(
            {"webhook-signature", options_.signer.sign(notice->id, timestamp, request.body)});
    post_(std::move(request), [this, alive = alive_, notice](const Result<net::Response>& answer) {
        if (*alive) answered(notice, answer);
    });
}

void ConfirmationHook::answered(const NoticePtr& notice, const Result<net::Response>& answer) {
    --in_flight_;
    const bool taken = answer && answer->status >= 200 && answer->status < 300;
    if (!taken) {
        log::warn("confirmation={} not told attempt={} {}", notice->id, notice->attempts,
                  answer ? std::to_string(answer->status) : answer.error().reason);
        const Millis pause = std::min(
            options_.retry_first * (1 << std::min(notice->attempts - 1, 10u)), options_.retry_last);
        (void)home_.start_timer(pause, [this, alive = alive_, notice] {
            if (!*alive) return;
            waiting_.push_back(notice);
            send_on();
        });
    }
    send_on();
}

}  // namespace lifeline::orchestration
