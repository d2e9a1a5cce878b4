#include "app/alert_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/json_writer.h"
#include "session/sessions.h"

namespace lifeline::app {

namespace {

constexpr std::size_t alerts_at_once = 256;
constexpr std::size_t said_bytes_max = 200;
constexpr const char* house_stream = "sys_billing";
constexpr std::string_view parked_state = "parked";
constexpr std::string_view resent_state = "resent";

std::string body_of(std::string_view type, std::string_view at, std::string_view data_json) {
    contract::JsonWriter json;
    json.object().key("type").value(type).key("timestamp").value(at);
    json.key("data").raw(data_json).end();
    return json.take();
}

std::string data_of(const findings::Alert& alert) {
    contract::JsonWriter json;
    json.object().key("alertId").value(alert.id).key("accountId").value(alert.account_id);
    json.key("findingId").value(alert.finding_id).key("state").value(alert.state);
    json.key("finding").raw(alert.payload).end();
    return json.take();
}

}  // namespace

AlertSender::AlertSender(Parts parts, Options options)
    : parts_(std::move(parts)), options_(std::move(options)) {}

AlertSender::~AlertSender() {
    *alive_ = false;
}

void AlertSender::look() {
    if (std::exchange(looking_, true)) {
        again_ = true;
        return;
    }
    const std::string since = format_rfc3339(parts_.home.clock().wall() - options_.news_for);
    parts_.findings.ask<std::vector<findings::Alert>>(
        parts_.home,
        [this, alive = alive_](const Result<std::vector<findings::Alert>>& due) {
            if (!*alive) return;
            looking_ = false;
            if (due) {
                // What the view shows no more is settled there.
                std::erase_if(known_, [&](const auto& one) {
                    return one.second->settled &&
                           std::ranges::none_of(*due, [&](const findings::Alert& alert) {
                               return alert.id == one.first;
                           });
                });
                for (const findings::Alert& alert : *due)
                    take(std::make_shared<Message>(Message{
                        .id = alert.id,
                        .stream = alert.account_id,
                        .body =
                            body_of("billing.finding." + alert.kind, alert.at, data_of(alert))}));
            }
            send_on();
            if (std::exchange(again_, false)) look();
        },
        [since](findings::FindingsStore& store) { return store.alerts(since, alerts_at_once); });
}

void AlertSender::tell(Notice notice) {
    const auto [told, fresh] = notices_.try_emplace(notice.id);
    if (!fresh) return;
    told->second =
        body_of(notice.type, format_rfc3339(parts_.home.clock().wall()), notice.data_json);
    parts_.findings.ask<std::string>(
        parts_.home,
        [this, alive = alive_, id = notice.id](const Result<std::string>& became) {
            if (!*alive) return;
            // Where nobody can say what became of it, it is told: who has it knows it by its id.
            if (became && !became->empty() && *became != resent_state) return;
            take(std::make_shared<Message>(
                Message{.id = id, .stream = house_stream, .body = notices_[id]}));
            send_on();
        },
        [id = notice.id](findings::FindingsStore& store) { return store.became(id); });
}

void AlertSender::resend(api::ReconciliationDesk::Moving moving, Loop& from,
                         journal::Done<void> done) {
    struct Known {
        std::optional<findings::ParkedAlert> parked;
        std::string became;
    };
    parts_.home.post([this, alive = alive_, moving = std::move(moving),
                      done = session::on_loop<void>(from, std::move(done))]() mutable {
        if (!*alive) return;
        parts_.findings.ask<Known>(
            parts_.home,
            [this, alive, moving, done = std::move(done)](const Result<Known>& known) mutable {
                if (!*alive) return;
                if (!known) return done(fail(known.error()));
                if (known->became == resent_state) return done({});  // On its way.
                if (!known->parked)
                    return done(fail(Code::not_found, "alert_not_found",
                                     fmt::format("no alert {} was given up", moving.alert_id)));
                resend(*known->parked, moving.by, std::move(done));
            },
            [id = moving.alert_id](findings::FindingsStore& store) -> Result<Known> {
                auto parked = store.parked(id);
                if (!parked) return fail(parked.error());
                auto became = store.became(id);
                if (!became) return fail(became.error());
                return Known{*std::move(parked), *std::move(became)};
            });
    });
}

// First it is written, then it is done: after a crash in between the view says that it is due.
void AlertSender::resend(const findings::ParkedAlert& parked, const std::string& by,
                         journal::Done<void> done) {
    if (parked.finding_id.empty() && !notices_.contains(parked.id))
        return done(fail(Code::not_found, "alert_not_found",
                         fmt::format("what the alert {} told of is over: discard it", parked.id)));
    contract::JsonWriter json;
    json.object().key("alertId").value(parked.id).key("attempts").value(parked.attempts);
    json.key("by").value(by).key("state").value(resent_state).end();
    // Of this time that it was given up: whoever else asks for it asks for the same.
    parts_.writer.write(
        {.stream = parked.stream,
         .name = fmt::format("alert:{}:{}:{}", parked.id, resent_state, parked.position),
         .type = "billing.alert.settled",
         .payload = json.take(),
         .done = [this, alive = alive_, id = parked.id,
                  done = std::move(done)](const Status& written) mutable {
             if (!*alive) return;
             if (written) resent(id);
             done(written);
         }});
}

// What was given up is settled; the view knows of a finding's alert that it is due again.
void AlertSender::resent(const std::string& id) {
    const auto known = known_.find(id);
    if (known != known_.end() && known->second->settled) known_.erase(known);
    if (const auto notice = notices_.find(id); notice != notices_.end()) {
        take(std::make_shared<Message>(
            Message{.id = id, .stream = house_stream, .body = notice->second}));
        return send_on();
    }
    look();
}

void AlertSender::take(MessagePtr message) {
    if (known_.try_emplace(message->id, message).second) waiting_.push_back(std::move(message));
}

void AlertSender::send_on() {
    while (in_flight_ < options_.in_flight_max && !waiting_.empty()) {
        const MessagePtr message = std::move(waiting_.front());
        waiting_.pop_front();
        send(message);
    }
}

void AlertSender::send(const MessagePtr& message) {
    ++in_flight_;
    ++message->attempts;
    net::FetchRequest request;
    request.url = options_.url;
    request.method = "POST";
    request.body = message->body;
    request.egress = net::Egress::anywhere;  // The operator's own setting.
    request.timeout = options_.timeout;
    const std::string timestamp = webhook_timestamp(parts_.home.clock().wall());
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"webhook-id", message->id});
    request.headers.push_back({"webhook-timestamp", timestamp});
    if (options_.signer.signs())
        request.headers.push_back(
            {"webhook-signature", options_.signer.sign(message->id, timestamp, request.body)});
    parts_.post(std::move(request),
                [this, alive = alive_, message](const Result<net::Response>& answer) {
                    if (*alive) answered(message, answer);
                });
}

void AlertSender::answered(const MessagePtr& message, const Result<net::Response>& answer) {
    --in_flight_;
    const unsigned status = answer ? answer->status : 0;
    if (status >= 200 && status < 300) {
        settle(message, "delivered", status, {});
    } else if (status == 410 || message->attempts >= options_.attempts) {
        const std::string said = answer ? fmt::format("it answered {}", status)
                                        : answer.error().reason + " " + answer.error().detail;
        log::error("alert={} is given up after {} attempts: {}", message->id, message->attempts,
                   said);
        settle(message, parked_state, status, said);
    } else {
        log::warn("alert={} is not taken attempt={} {}", message->id, message->attempts,
                  answer ? std::to_string(status) : answer.error().reason);
        const Millis pause =
            std::min(options_.retry_first * (1 << std::min(message->attempts - 1, 12u)),
                     options_.retry_last);
        (void)parts_.home.start_timer(pause, [this, alive = alive_, message] {
            if (!*alive) return;
            waiting_.push_back(message);
            send_on();
        });
    }
    send_on();
}

// Until that is durable it is as if nobody had answered: then it is told again, under its id.
void AlertSender::settle(const MessagePtr& message, std::string_view state, unsigned status,
                         std::string_view said) {
    contract::JsonWriter json;
    json.object().key("alertId").value(message->id).key("state").value(state);
    json.key("attempts").value(message->attempts);
    if (status != 0) json.key("status").value(status);
    if (!said.empty()) json.key("message").value(said.substr(0, said_bytes_max));
    json.end();
    parts_.writer.write(
        {.stream = message->stream,
         // It may be given up more than once.
         .name = fmt::format("alert:{}:{}{}", message->id, state, state == parked_state ? ":" : ""),
         .type = "billing.alert.settled",
         .payload = json.take(),
         .done = [this, alive = alive_, message](const Status& written) {
             if (!*alive) return;
             message->settled = written.has_value();
             if (!written) known_.erase(message->id);
         }});
}

}  // namespace lifeline::app
