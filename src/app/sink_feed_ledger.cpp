#include <fmt/format.h>

#include <utility>

#include "app/sink_feed.h"
#include "base/log.h"
#include "contract/json_writer.h"

// What came of charges at a sink is written into their accounts' streams.
namespace lifeline::app {

namespace {

using sinks::Delivery;

constexpr std::size_t message_bytes_max = 1'000;

// Of the dead letter's id, which follows from the sink and the charge.
std::string name_of(std::string_view what, const std::string& sink, const std::string& charge) {
    return fmt::format("{}:{}", what, outbox::dead_letter_id(sink, charge).substr(3));
}

}  // namespace

void SinkFeed::write(StreamWriter::Entry entry, const std::string& id, bool parks, Written done) {
    ++writing_;
    entry.done = [this, alive = alive_, id, parks, done = std::move(done)](Status status) mutable {
        if (!*alive) return;
        --writing_;
        const bool written = status.has_value();
        if (written) {
            if (open_ > 0) --open_;
            if (parks) ++parked_;
            if (asking_) ended_meanwhile_.insert(id);
            redriving_.erase(id);
        }
        done(std::move(status));
        if (!written) return;
        send_redriven();
        if (parks) warn_of_letters();
        look();
    };
    parts_.writer.write(std::move(entry));
}

void SinkFeed::completed(const sinks::Charge& charge, const Delivery& delivery, Written done) {
    contract::JsonWriter json;
    json.object().key("sink").value(settings_.name).key("chargeId").value(charge.id);
    json.key("outcome").value(delivery.stage == Delivery::Stage::duplicate ? "duplicate"
                                                                           : "delivered");
    json.key("attempts").value(static_cast<std::uint64_t>(delivery.sends)).end();
    write({.stream = charge.account,
           .name = name_of("sent", settings_.name, charge.id),
           .type = "billing.delivery.completed",
           .payload = json.take(),
           .done = {}},
          charge.id, false, std::move(done));
}

void SinkFeed::parked(const sinks::Charge& charge, const Delivery& delivery, Written done) {
    contract::JsonWriter json;
    json.object().key("sink").value(settings_.name).key("chargeId").value(charge.id);
    json.key("because").value(to_text(delivery.because));
    json.key("attempts").value(static_cast<std::uint64_t>(delivery.sends));
    if (delivery.status != 0) json.key("status").value(static_cast<std::uint64_t>(delivery.status));
    json.key("message").value(delivery.message).end();
    // It may be parked again after it was redriven, so its place in the stream is in its name.
    write({.stream = charge.account,
           .name = name_of("parked", settings_.name, charge.id) + ":",
           .type = "billing.delivery.parked",
           .payload = json.take(),
           .done = {}},
          charge.id, true, std::move(done));
}

void SinkFeed::park_unread(const outbox::Charge& charge, const Error& why) {
    unread_.insert_or_assign(
        charge.id, Unread{charge.account_id,
                          fmt::format("it cannot be read, so nothing can be told of it: {}: "
                                      "book it there by hand, then discard it here",
                                      why.detail.empty() ? why.reason : why.detail)});
    ++open_;
    write_unread(charge.id);
}

// As of what the publisher parks: what cannot be written stops the sink, and is written before it
// goes on.
void SinkFeed::write_unread(const std::string& id) {
    const Unread& unread = unread_.at(id);
    log::warn("charge parked sink={} charge={} account={} because=permanent attempts=0 {}",
              settings_.name, id, unread.account_id, unread.message);
    contract::JsonWriter json;
    json.object().key("sink").value(settings_.name).key("chargeId").value(id);
    json.key("because").value(to_text(sinks::Because::permanent));
    json.key("attempts").value(std::uint64_t{0});
    json.key("message").value(unread.message.substr(0, message_bytes_max)).end();
    write({.stream = unread.account_id,
           .name = name_of("parked", settings_.name, id) + ":",
           .type = "billing.delivery.parked",
           .payload = json.take(),
           .done = {}},
          id, true, [this, id](const Status& status) {
              if (status) {
                  unread_.erase(id);
              } else {
                  publisher_->stop("what came of " + id +
                                   " could not be written: " + status.error().reason);
              }
          });
}

void SinkFeed::counted(const sinks::Charge& charge, Counted done) {
    const auto hour = parse_window(charge.window);
    parts_.outbox.ask<std::int64_t>(
        parts_.home,
        [alive = alive_, done = std::move(done)](Result<std::int64_t> sum) mutable {
            if (*alive) done(std::move(sum));
        },
        [name = settings_.name, account = charge.account, item = charge.item,
         hour](outbox::OutboxStore& store) -> Result<std::int64_t> {
            if (!hour) return fail(Code::corrupt, "journal_corrupt", "a charge without its hour");
            return store.delivered(name, account, item, *hour);
        });
}

}  // namespace lifeline::app
