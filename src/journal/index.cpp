#include "journal/index.h"

#include <fmt/format.h>

#include <algorithm>

#include "journal/index_corrupt.h"

namespace lifeline::journal {

namespace {

// Appends what `batch` knows of the stream from seq `next` on.
Status append_run(const IndexBatch& batch, const std::string& stream, std::uint64_t first_seq,
                  std::vector<IndexEntry>& entries) {
    const auto found = batch.find(stream);
    const std::uint64_t next = first_seq + entries.size();
    if (found == batch.end() || found->second.head() < next) return {};
    const IndexRun& run = found->second;
    if (run.first_seq > next)
        return index_corrupt(fmt::format("{} ends before seq {}", stream, run.first_seq));
    const auto skip = static_cast<std::ptrdiff_t>(next - run.first_seq);
    entries.insert(entries.end(), run.entries.begin() + skip, run.entries.end());
    return {};
}

StreamHead head_of(const std::string& stream, const IndexRun& run) {
    return {stream, run.head(), run.entries.back().place.position(), run.recorded_at};
}

// What `batch` knows better, or alone, about the streams asked for.
void overlay(const IndexBatch& batch, const std::string& prefix, const std::string& after,
             std::map<std::string, StreamHead>& heads) {
    for (auto at = batch.lower_bound(std::max(prefix, after));
         at != batch.end() && at->first.starts_with(prefix); ++at)
        if (at->first > after) heads[at->first] = head_of(at->first, at->second);
}

}  // namespace

Result<bool> Index::fold(std::span<const IndexedBatch> batches, const HeadMark& head) {
    const std::lock_guard lock(mutex_);
    for (const IndexedBatch& batch : batches) {
        const auto [at, made] = pending_.try_emplace(std::string(batch.stream));
        IndexRun& run = at->second;
        if (made) run.first_seq = batch.first_seq;
        if (const std::uint64_t next = run.first_seq + run.entries.size(); batch.first_seq != next)
            return fail(Code::corrupt, "journal_corrupt",
                        fmt::format("the record at position {} is seq {} of {}, where {} is due",
                                    batch.entries.front().place.position(), batch.first_seq,
                                    batch.stream, next));
        run.entries.insert(run.entries.end(), batch.entries.begin(), batch.entries.end());
        run.recorded_at = batch.recorded_at;
        pending_events_ += batch.entries.size();
    }
    pending_head_ = head;
    return pending_events_ >= policy_.flush_events;
}

Status Index::flush() {
    for (;;) {
        if (flushing_.empty()) {
            const std::lock_guard lock(mutex_);
            if (pending_.empty()) break;
            flushing_.swap(pending_);
            flushing_head_ = pending_head_;
            pending_events_ = 0;
        }
        if (auto written = store_.write(flushing_, flushing_head_); !written)
            return fail(about_index(written.error()));
        flushing_.clear();
    }
    if (auto moved = store_.checkpoint_if_due(); !moved) return fail(about_index(moved.error()));
    return {};
}

Result<std::vector<IndexEntry>> Index::load(const std::string& stream, std::uint64_t first_seq,
                                            std::uint64_t count) {
    // In this order: what leaves pending_ goes to flushing_ and then to the store, all on this
    // thread.
    auto entries = store_.load(stream, first_seq, count);
    if (!entries) return fail(about_index(entries.error()));
    if (entries->size() >= count) return entries;
    if (auto done = append_run(flushing_, stream, first_seq, *entries); !done)
        return fail(done.error());
    const std::lock_guard lock(mutex_);
    if (auto done = append_run(pending_, stream, first_seq, *entries); !done)
        return fail(done.error());
    return entries;
}

Result<std::uint64_t> Index::head(const std::string& stream) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = pending_.find(stream); found != pending_.end())
            return found->second.head();
    }
    if (const auto found = flushing_.find(stream); found != flushing_.end())
        return found->second.head();
    const auto stored = store_.head(stream);
    if (!stored) return fail(about_index(stored.error()));
    return *stored ? (*stored)->head : 0;
}

Result<std::vector<StreamHead>> Index::list(const std::string& prefix, const std::string& after,
                                            std::size_t limit) {
    auto stored = store_.list(prefix, after, limit);
    if (!stored) return fail(about_index(stored.error()));
    std::map<std::string, StreamHead> heads;
    for (StreamHead& head : *stored) heads[head.stream] = std::move(head);
    overlay(flushing_, prefix, after, heads);
    {
        const std::lock_guard lock(mutex_);
        overlay(pending_, prefix, after, heads);
    }
    std::vector<StreamHead> out;
    for (auto& [name, head] : heads) {
        if (out.size() == limit) break;
        out.push_back(std::move(head));
    }
    return out;
}

}  // namespace lifeline::journal
