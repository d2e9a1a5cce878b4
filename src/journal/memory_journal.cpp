#include "journal/memory_journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/check.h"
#include "journal/limits_check.h"

namespace lifeline::journal {

struct MemoryJournal::Store {
    struct History {
        std::vector<StoredEvent> events;  // events[seq - 1]
        std::unordered_map<std::string, std::uint64_t> seq_of;
        std::uint64_t expected = 0;  // The head that the next append must expect.
        bool open = false;
    };
    struct Place {
        std::string stream;
        std::uint64_t seq = 0;
    };

    explicit Store(Clock& the_clock) : clock(the_clock) {}

    Clock& clock;
    std::map<std::string, History> streams;
    std::vector<Place> log;  // log[position - 1]
    WallTime last;
    std::optional<Error> refusal;

    Result<std::vector<StoredEvent>> read(const std::string& stream, std::uint64_t after,
                                          ReadLimit limit) const;
    Appended write(const std::string& stream, std::vector<Draft> batch);
};

Result<std::vector<StoredEvent>> MemoryJournal::Store::read(const std::string& stream,
                                                            std::uint64_t after,
                                                            ReadLimit limit) const {
    const auto found = streams.find(stream);
    const std::uint64_t head = found == streams.end() ? 0 : found->second.events.size();
    if (after > head)
        return fail(Code::conflict, "cursor_ahead", fmt::format("after {} of {}", after, head));
    std::vector<StoredEvent> out;
    std::size_t bytes = 0;
    for (std::uint64_t seq = after + 1; seq <= head; ++seq) {
        const StoredEvent& event = found->second.events[seq - 1];
        bytes += event.bytes.size();
        if (!out.empty() && (out.size() >= limit.events || bytes > limit.bytes)) break;
        out.push_back(event);
    }
    return out;
}

Appended MemoryJournal::Store::write(const std::string& stream, std::vector<Draft> batch) {
    History& history = streams[stream];
    last = std::max(last, clock.wall());
    Appended appended{.first_seq = history.events.size() + 1,
                      .head = history.events.size() + batch.size(),
                      .first_position = log.size() + 1,
                      .recorded_at = last,
                      .steady = clock.steady()};
    for (Draft& draft : batch) {
        log.push_back({stream, history.events.size() + 1});
        history.seq_of.try_emplace(draft.event_id, log.back().seq);
        history.events.push_back({.seq = log.back().seq,
                                  .event_id = std::move(draft.event_id),
                                  .actor = std::move(draft.actor),
                                  .cause = std::move(draft.cause),
                                  .recorded_at = last,
                                  .steady = appended.steady,
                                  .bytes = std::move(draft.bytes),
                                  .position = log.size()});
    }
    return appended;
}

// The handle and the jobs it has under way share `alive`, which only the loop's thread touches.
class MemoryJournal::OpenStream final : public Stream {
public:
    OpenStream(std::shared_ptr<Store> store, std::string name, Loop& home)
        : store_(std::move(store)), name_(std::move(name)), home_(home) {}

    ~OpenStream() override {
        *alive_ = false;
        history().open = false;
    }

    std::uint64_t head() const override { return history().events.size(); }

    std::optional<std::uint64_t> find(std::string_view event_id) const override {
        const auto found = history().seq_of.find(std::string(event_id));
        if (found == history().seq_of.end()) return std::nullopt;
        return found->second;
    }

    void fetch(std::string event_id, Done<std::optional<StoredEvent>> done) override {
        later([this, event_id = std::move(event_id), done = std::move(done)]() mutable {
            const auto seq = find(event_id);
            done(seq ? std::optional(history().events[*seq - 1]) : std::nullopt);
        });
    }

    void append(std::uint64_t expected_head, std::vector<Draft> batch,
                Done<Appended> done) override {
        if (const auto admitted = admit(expected_head, batch); !admitted) {
            later([done = std::move(done), error = admitted.error()]() mutable {
                done(fail(std::move(error)));
            });
            return;
        }
        history().expected += batch.size();
        // The write happens whether or not the handle is still there to hear of it.
        home_.post([this, alive = alive_, store = store_, name = name_, batch = std::move(batch),
                    done = std::move(done)]() mutable {
            const Appended appended = store->write(name, std::move(batch));
            if (!*alive) return;
            if (tail_) tail_->appended(std::span(history().events).subspan(appended.first_seq - 1));
            if (*alive) done(appended);
        });
    }

    void read(std::uint64_t after, ReadLimit limit, Done<std::vector<StoredEvent>> done) override {
        later([this, after, limit, done = std::move(done)]() mutable {
            done(store_->read(name_, after, limit));
        });
    }

    void set_tail(Tail* tail) override { tail_ = tail; }

private:
    Store::History& history() const { return store_->streams[name_]; }

    Status admit(std::uint64_t expected_head, const std::vector<Draft>& batch) const {
        if (const auto checked = check_batch(batch); !checked) return fail(checked.error());
        if (store_->refusal) return fail(*store_->refusal);
        if (expected_head != history().expected)
            return fail(Code::stale_head, "stale_head",
                        fmt::format("expected {}, is {}", expected_head, history().expected));
        return {};
    }

    void later(Job job) {
        home_.post([alive = alive_, job = std::move(job)]() mutable {
            if (*alive) job();
        });
    }

    std::shared_ptr<Store> store_;
    std::string name_;
    Loop& home_;
    Tail* tail_ = nullptr;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

MemoryJournal::MemoryJournal(Clock& clock, std::string epoch)
    : store_(std::make_shared<Store>(clock)), epoch_(std::move(epoch)) {}

MemoryJournal::~MemoryJournal() = default;

void MemoryJournal::open(std::string stream, Loop& home, Done<std::unique_ptr<Stream>> done) {
    if (auto checked = check_name(stream); !checked) {
        home.post([done = std::move(done), error = checked.error()]() mutable {
            done(fail(std::move(error)));
        });
        return;
    }
    CHECK(!store_->streams[stream].open);
    store_->streams[stream].open = true;
    home.post(
        [store = store_, stream = std::move(stream), &home, done = std::move(done)]() mutable {
            // What a former handle left under way is in front of this job, so it stands by now.
            done(std::make_unique<OpenStream>(std::move(store), std::move(stream), home));
        });
}

void MemoryJournal::read(std::string stream, std::uint64_t after, ReadLimit limit, Loop& home,
                         Done<std::vector<StoredEvent>> done) {
    home.post([store = store_, stream = std::move(stream), after, limit,
               done = std::move(done)]() mutable {
        const auto found = store->streams.find(stream);
        if (found == store->streams.end() || found->second.events.empty())
            done(fail(Code::not_found, "stream_not_found", stream));
        else
            done(store->read(stream, after, limit));
    });
}

void MemoryJournal::read_all(std::uint64_t after_position, ReadLimit limit, Loop& home,
                             Done<std::vector<JournalEvent>> done) {
    home.post([store = store_, after_position, limit, done = std::move(done)]() mutable {
        if (after_position > store->log.size()) {
            done(fail(Code::conflict, "cursor_ahead",
                      fmt::format("after {} of {}", after_position, store->log.size())));
            return;
        }
        std::vector<JournalEvent> out;
        std::size_t bytes = 0;
        for (std::uint64_t at = after_position; at < store->log.size(); ++at) {
            const auto& [stream, seq] = store->log[at];
            const StoredEvent& event = store->streams[stream].events[seq - 1];
            bytes += event.bytes.size();
            if (!out.empty() && (out.size() >= limit.events || bytes > limit.bytes)) break;
            out.push_back({stream, event});
        }
        done(std::move(out));
    });
}

void MemoryJournal::list_streams(std::string prefix, std::string after, std::size_t limit,
                                 Loop& home, Done<std::vector<StreamHead>> done) {
    home.post([store = store_, prefix = std::move(prefix), after = std::move(after), limit,
               done = std::move(done)]() mutable {
        std::vector<StreamHead> out;
        for (auto at = store->streams.lower_bound(std::max(prefix, after));
             at != store->streams.end() && at->first.starts_with(prefix) && out.size() < limit;
             ++at) {
            const auto& [name, history] = *at;
            if (name == after || history.events.empty()) continue;
            const StoredEvent& last = history.events.back();
            out.push_back({name, last.seq, last.position, last.recorded_at});
        }
        done(std::move(out));
    });
}

std::uint64_t MemoryJournal::head_position() const {
    return store_->log.size();
}

void MemoryJournal::refuse_appends(std::optional<Error> error) {
    store_->refusal = std::move(error);
}

}  // namespace lifeline::journal
