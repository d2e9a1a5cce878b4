#include "money/house.h"

#include <fmt/format.h>

#include <utility>

#include "contract/event.h"

namespace lifeline::money {

House::House(std::string folder, WallTime start) : folder_(std::move(folder)), clock_(start) {
    auto opened = journal::SqlJournal::open({.folder = {folder_},
                                             .writer = writer_,
                                             .marker = marker_,
                                             .reader = reader_,
                                             .clock = clock_,
                                             .random = random_});
    CHECK(opened);
    journal_ = std::move(*opened);
    // What is checked in the background is not what is measured.
    journal_->stop_scrub();
    thread_ = std::jthread([this] { loop_.run(); });
}

House::~House() {
    on_loop([this] { streams_.clear(); });
    wait<void>([&](auto done) { journal_->close(loop_, std::move(done)); });
    loop_.stop();
    thread_.join();
}

void House::add(Batches& batches, const std::string& stream, std::string_view type,
                std::string_view payload) {
    const std::string id = fmt::format("ll_{:010}", ++made_);
    batches[stream].push_back(
        {.event_id = id,
         .actor = {"server", "lifeline"},
         .cause = "",
         .bytes = contract::event_json(id, stream, format_rfc3339(clock_.wall()), type, payload)});
}

void House::write(Batches batches) {
    if (batches.empty()) return;
    std::promise<void> durable;
    std::size_t left = batches.size();
    loop_.post([&] {
        for (auto& [stream, drafts] : batches)
            append(stream, std::move(drafts), [&] {
                if (--left == 0) durable.set_value();
            });
    });
    durable.get_future().wait();
}

void House::write(const std::string& stream, std::string_view type, std::string_view payload) {
    Batches batches;
    add(batches, stream, type, payload);
    write(std::move(batches));
}

void House::append(const std::string& stream, std::vector<journal::Draft> drafts, Job done) {
    std::unique_ptr<journal::Stream>& known = streams_[stream];
    if (!known) {
        journal_->open(stream, loop_,
                       [this, stream, drafts = std::move(drafts),
                        done = std::move(done)](auto opened) mutable {
                           CHECK(opened);
                           streams_[stream] = std::move(*opened);
                           append(stream, std::move(drafts), std::move(done));
                       });
        return;
    }
    known->append(known->head(), std::move(drafts), [done = std::move(done)](auto written) mutable {
        CHECK(written);
        done();
    });
}

void House::on_loop(std::function<void()> job) {
    std::promise<void> done;
    loop_.post([&] {
        job();
        done.set_value();
    });
    done.get_future().wait();
}

}  // namespace lifeline::money
