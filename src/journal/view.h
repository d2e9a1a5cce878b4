#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/follower.h"
#include "journal/journal.h"
#include "journal/refold.h"
#include "journal/view_file.h"

namespace lifeline::journal {

// A view: what is folded from the whole journal, chunk by chunk, into a store that keeps its cursor
// in the same transaction, so that a start costs only what is new. Disposable; a moment behind the
// journal by nature, but not in its answers: whoever asks waits until it has come to where the
// journal was. Chunks are read on the home loop and written by the worker; it may be asked from any
// loop.
//
// A Store has `open(path, ViewSource)`, `cursor()` and `settle(Settle)`, and is touched by the
// worker's jobs alone. One that keeps anything of a stream that may be erased also has
// `forget(stream)`: then what was erased is forgotten, and the stream read again.
template <class Store>
concept Forgetful = requires(Store& store, const std::string& stream) {
    { store.forget(stream) } -> std::same_as<Status>;
};

template <class Store>
class View {
public:
    // Brings a chunk into the store, and its cursor to there; on the worker. What it gives back is
    // done on the home loop then.
    using Change = std::move_only_function<Result<Job>(Store&, std::uint64_t cursor)>;
    static Result<Job> nothing_after(const Status& applied) {
        if (!applied) return fail(applied.error());
        return Job();
    }
    // What a chunk says; on the home loop.
    using Read = std::function<Change(const std::vector<JournalEvent>&)>;

    View(Loop& home, Worker& worker, Journal& journal, Read read)
        : home_(home),
          worker_(worker),
          journal_(journal),
          read_(std::move(read)),
          follower_(home, journal, [this](std::vector<JournalEvent> events, Follower::Taken taken) {
              take(events, std::move(taken));
          }) {}
    ~View() { *alive_ = false; }
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    // Opens the store (made anew if it cannot be read or is of another epoch) and brings it up to
    // the journal's head.
    void start(std::string path, Done<void> ready) {
        open(std::move(path), [this, ready = std::move(ready)](Status opened) mutable {
            if (!opened) return ready(std::move(opened));
            follow(std::move(ready));
        });
    }
    // The same in two steps, for who has a question in between.
    void open(std::string path, Done<void> opened) {
        // The loop outlives the worker's last job; this object may not.
        worker_.submit([this, &home = home_, alive = alive_, path = std::move(path),
                        source = ViewSource{journal_.epoch(), journal_.head_position()},
                        opened = std::move(opened)]() mutable {
            std::shared_ptr<Store> store;
            Result<std::uint64_t> cursor = std::uint64_t{0};
            if (auto found = Store::open(path, source)) {
                store = std::make_shared<Store>(std::move(*found));
                cursor = store->cursor();
            } else {
                cursor = fail(found.error());
            }
            home.post([this, alive, store = std::move(store), cursor = std::move(cursor),
                       opened = std::move(opened)]() mutable {
                if (!*alive) return;
                if (!cursor) {
                    answer_early();
                    return opened(fail(cursor.error()));
                }
                store_ = std::move(store);
                cursor_ = *cursor;
                opened({});
            });
        });
    }
    void follow(Done<void> ready) {
        follower_.start(cursor_, std::move(ready));
        answer_early();
    }

    // Something was appended. From any thread.
    void poke() {
        home_.post([this, alive = alive_] {
            if (*alive) follower_.poke();
        });
    }
    // The journal's position up to which the view has come. From the home loop.
    std::uint64_t position() const { return follower_.position(); }

    // Once it has all that is durable now: its files hold nothing of what it has forgotten.
    void settle(Settle how, Loop& from, Done<void> done) {
        ask_whole<bool>(
            from,
            [done = std::move(done)](const Result<bool>& settled) mutable {
                done(settled ? Status() : fail(settled.error()));
            },
            [how](Store& store) -> Result<bool> {
                if (const auto settled = store.settle(how); !settled) return fail(settled.error());
                return true;
            });
    }

    // `question` is asked the store, by the worker; the answer comes on `from`. One that comes
    // before the view is there waits for it: a server serves before its views are open.
    template <class T, class Question>
    void ask(Loop& from, Done<T> done, Question question) {
        home_.post([this, alive = alive_, head = journal_.head_position(),
                    ask = asking<T>(from, std::move(done), std::move(question))]() mutable {
            if (!*alive) return;
            if (early_) return early_->push_back({head, std::move(ask)});
            follower_.reach(head, std::move(ask));
        });
    }
    // The same for whoever acts upon the answer: not_ready where the view has not come so far,
    // since it cannot follow just now.
    template <class T, class Question>
    void ask_whole(Loop& from, Done<T> done, Question question) {
        ask<T>(from, std::move(done),
               [head = journal_.head_position(),
                question = std::move(question)](Store& store) mutable -> Result<T> {
                   const Result<std::uint64_t> cursor = store.cursor();
                   if (!cursor) return fail(cursor.error());
                   if (*cursor < head)
                       return fail(Code::unavailable, "not_ready",
                                   "the view cannot follow the journal just now");
                   return question(store);
               });
    }
    // The same between open() and follow(), of what was there when the process before ended.
    template <class T, class Question>
    void ask_as_opened(Loop& from, Done<T> done, Question question) {
        asking<T>(from, std::move(done), std::move(question))();
    }

private:
    template <class T, class Question>
    Job asking(Loop& from, Done<T> done, Question question) {
        return [this, &from, done = std::move(done), question = std::move(question)]() mutable {
            worker_.submit([store = store_, &from, done = std::move(done),
                            question = std::move(question)]() mutable {
                Result<T> found =
                    store ? question(*store)
                          : Result<T>(fail(Code::unavailable, "not_ready", "the view is not open"));
                from.post([found = std::move(found), done = std::move(done)]() mutable {
                    done(std::move(found));
                });
            });
        };
    }

    struct Early {
        std::uint64_t head;
        Job ask;
    };
    void answer_early() {
        if (auto early = std::exchange(early_, std::nullopt))
            for (Early& one : *early) follower_.reach(one.head, std::move(one.ask));
    }

    // What was erased is read again before the cursor moves beyond the record of it: a crash in
    // between does all of it once more.
    struct Refold {
        std::vector<JournalEvent> chunk;
        std::vector<ErasedIn> erased;
        std::vector<std::pair<std::string, std::vector<Change>>> again = {};  // By stream.
        Follower::Taken taken;
    };
    void refold(std::shared_ptr<Refold> work) {
        while (work->again.size() < work->erased.size()) {
            const ErasedIn& next = work->erased[work->again.size()];
            if (!next.gone) return read_again(std::move(work), {}, 0);
            work->again.emplace_back(next.stream, std::vector<Change>());
        }
        std::vector<JournalEvent> rest;
        for (const auto& one : work->chunk)
            if (std::ranges::none_of(work->erased, [&](const ErasedIn& erased) {
                    return erased.stream == one.stream;
                }))
                rest.push_back(one);
        worker_.submit(
            [&home = home_, alive = alive_, store = store_, work, change = read_(rest)]() mutable {
                const std::uint64_t cursor = work->chunk.back().event.position;
                Result<Job> then = forget(*store, *work);
                if (then) then = change(*store, cursor);
                home.post([alive, work, then = std::move(then)]() mutable {
                    if (!*alive) return;
                    if (!then) return work->taken(fail(then.error()));
                    if (*then) (*then)();
                    work->taken({});
                });
            });
    }
    static Result<Job> forget(Store& store, Refold& work) {
        if constexpr (Forgetful<Store>) {
            const auto cursor = store.cursor();
            if (!cursor) return fail(cursor.error());
            for (auto& [stream, changes] : work.again) {
                if (const auto gone = store.forget(stream); !gone) return fail(gone.error());
                // Whom they would tell was told when it was new.
                for (Change& change : changes)
                    if (const auto made = change(store, *cursor); !made) return fail(made.error());
            }
        }
        return Job();
    }
    void read_again(std::shared_ptr<Refold> work, std::vector<JournalEvent> events,
                    std::uint64_t after) {
        const std::string stream = work->erased[work->again.size()].stream;
        auto have = [this, alive = alive_, work, stream,
                     events = std::move(events)](Result<std::vector<StoredEvent>> page) mutable {
            if (!*alive) return;
            if (!page) return work->taken(fail(page.error()));
            const std::uint64_t until = work->chunk.back().event.position;
            bool more = !page->empty();
            for (StoredEvent& one : *page) {
                more = more && one.position < until;
                if (one.position <= until) events.push_back({stream, std::move(one)});
            }
            const std::uint64_t last = events.empty() ? 0 : events.back().event.seq;
            if (more) return read_again(std::move(work), std::move(events), last);
            std::vector<Change> changes;
            changes.push_back(
                read_(with_kept_frame(work->erased[work->again.size()], std::move(events))));
            work->again.emplace_back(stream, std::move(changes));
            refold(std::move(work));
        };
        journal_.read(stream, after, {.events = 4096, .bytes = 2 * 1024 * 1024}, home_,
                      std::move(have));
    }

    void take(const std::vector<JournalEvent>& events, Follower::Taken taken) {
        if constexpr (Forgetful<Store>) {
            if (auto erased = erased_in(events); !erased.empty())
                return refold(std::make_shared<Refold>(Refold{
                    .chunk = events, .erased = std::move(erased), .taken = std::move(taken)}));
        }
        worker_.submit([&home = home_, alive = alive_, store = store_, change = read_(events),
                        cursor = events.back().event.position, taken = std::move(taken)]() mutable {
            Result<Job> then = change(*store, cursor);
            home.post([alive, then = std::move(then), taken = std::move(taken)]() mutable {
                if (!*alive) return;
                if (!then) return taken(fail(then.error()));
                if (*then) (*then)();
                taken({});
            });
        });
    }

    Loop& home_;
    Worker& worker_;
    Journal& journal_;
    Read read_;
    std::shared_ptr<Store> store_;
    std::uint64_t cursor_ = 0;  // Where the store was when it was opened.
    // What was asked before that; nothing once it follows, or cannot be opened.
    std::optional<std::vector<Early>> early_{std::in_place};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    Follower follower_;
};

}  // namespace lifeline::journal
