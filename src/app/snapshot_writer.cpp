#include "app/snapshot_writer.h"

#include <fmt/format.h>

#include <utility>

#include "api/said.h"
#include "base/log.h"
#include "contract/json_writer.h"
#include "transcript/render.h"

namespace lifeline::app {

namespace {

constexpr std::size_t look_at_once = 64;
// For what could not be taken (a disk that was full), and what an erasure made due.
constexpr Millis look_again_after = std::chrono::seconds(30);
const contract::Actor the_server{"server", "lifeline"};

std::string payload_of(const snapshots::Due& due, std::size_t utterances, std::string_view digest) {
    contract::JsonWriter json;
    json.object();
    json.key("snapshotId").value(fmt::format("snap_{}", due.up_to_seq));
    json.key("upToSeq").value(due.up_to_seq);
    json.key("utteranceCount").value(static_cast<std::uint64_t>(utterances));
    json.key("sha256").value(digest);
    json.end();
    return json.take();
}

}  // namespace

SnapshotWriter::~SnapshotWriter() {
    *alive_ = false;
    if (timer_ != 0) parts_.home.cancel_timer(timer_);
}

void SnapshotWriter::start() {
    parts_.snapshots.on_change([this, alive = alive_] {
        if (*alive) look();
    });
    look();
}

// What is due is asked for again only when all that was known of it is done: in between the view
// has read that.
void SnapshotWriter::look() {
    if (busy_) {
        again_ = true;
        return;
    }
    busy_ = true;
    again_ = false;
    if (timer_ != 0) parts_.home.cancel_timer(timer_);
    timer_ = parts_.home.start_timer(look_again_after, [this, alive = alive_] {
        if (!*alive) return;
        timer_ = 0;
        look();
    });
    parts_.eraser.take_turn([this, alive = alive_] {
        if (*alive) look_in_turn();
    });
}

void SnapshotWriter::look_in_turn() {
    parts_.snapshots.due(read_to_, look_at_once, parts_.home,
                         [this, alive = alive_](Result<std::vector<snapshots::Due>> due) {
                             if (!*alive) return;
                             if (!due) return rest();
                             read_to_ =
                                 due->size() == look_at_once ? due->back() : snapshots::Due{};
                             if (due->empty()) return rest();
                             took_some_ = false;
                             waiting_.assign(due->begin(), due->end());
                             take(waiting_.front());
                         });
}

void SnapshotWriter::rest() {
    parts_.eraser.end_turn();
    busy_ = false;
    if (again_) look();
}

void SnapshotWriter::take(snapshots::Due due) {
    api::SaidRange range{.session_id = due.session_id, .until = due.up_to_seq};
    api::read_said(parts_.journal, parts_.home, std::move(range), {},
                   [this, alive = alive_, due](Result<transcript::Fold> said) mutable {
                       if (!*alive) return;
                       if (!said) return finished(due, fail(said.error()));
                       digest(std::move(due), *std::move(said));
                   });
}

void SnapshotWriter::digest(snapshots::Due due, transcript::Fold said) {
    parts_.worker.submit([this, alive = alive_, &home = parts_.home, due = std::move(due),
                          said = std::move(said)]() mutable {
        std::string made = transcript::digest(said);
        home.post([this, alive, due = std::move(due), utterances = said.utterances().size(),
                   made = std::move(made)]() mutable {
            if (*alive) record(due, utterances, std::move(made));
        });
    });
}

void SnapshotWriter::record(const snapshots::Due& due, std::size_t utterances, std::string digest) {
    const auto json =
        contract::event_json(fmt::format("ll_snapshot:{}", due.up_to_seq), due.session_id,
                             format_rfc3339(parts_.home.clock().wall()),
                             "transcript.snapshot.created", payload_of(due, utterances, digest));
    auto event = checker_.check(json, contract::Sender::server);
    if (!event) return finished(due, fail(event.error()));
    parts_.sessions.submit(
        due.session_id, {call::Publish{*std::move(event)}, the_server, contract::Role::server},
        parts_.home, [this, alive = alive_, due](const Result<session::Receipt>& receipt) {
            if (!*alive) return;
            finished(due, receipt ? Status() : fail(receipt.error()));
        });
}

void SnapshotWriter::finished(const snapshots::Due& due, const Status& status) {
    if (status)
        took_some_ = true;
    else
        log::warn("snapshot session={} seq={} is not taken yet reason={} {}", due.session_id,
                  due.up_to_seq, status.error().reason, status.error().detail);
    waiting_.pop_front();
    if (!waiting_.empty()) return take(waiting_.front());
    // Where none could be taken, those behind them hardly can be now.
    if (took_some_ && read_to_ != snapshots::Due{}) again_ = true;
    rest();
}

}  // namespace lifeline::app
