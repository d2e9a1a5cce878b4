#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/test_folder.h"
#include "base/virtual_loop.h"
#include "contract/event.h"
#include "journal/memory_journal.h"
#include "journal/view_digest.h"

// What the tests of views, and of what acts on them, stand on.
namespace lifeline::journal {

// A journal in memory that a test writes event by event, and a folder for the views of it.
class MemoryHouse {
public:
    explicit MemoryHouse(std::string epoch = "memory") : journal(loop.clock(), std::move(epoch)) {}

    // Durable then; nobody is told.
    void append(const std::string& stream, std::string_view type, std::string_view payload,
                std::string_view at = "2026-02-16T10:00:00.000Z",
                contract::Actor by = {"server", "lifeline"}) {
        auto& open = streams[stream];
        if (!open) journal.open(stream, loop, [&](auto opened) { open = std::move(*opened); });
        loop.run();
        const std::string id = "ll_" + std::to_string(++made);
        open->append(open->head(),
                     {{id, std::move(by), "", contract::event_json(id, stream, at, type, payload)}},
                     [](auto appended) { ASSERT_TRUE(appended.has_value()); });
        loop.run();
    }
    // That the server may write it.
    static void expect_valid(const std::string& stream, std::string_view type,
                             std::string_view payload) {
        const auto checked = contract::EventChecker().check(
            contract::event_json("ll_1", stream, "2026-02-16T10:00:00.000Z", type, payload),
            contract::Sender::server);
        ASSERT_TRUE(checked.has_value()) << checked.error().detail << " " << payload;
    }
    // Until it has all of the journal.
    template <class View>
    void start(View& view, const std::filesystem::path& file) {
        bool ready = false;
        view.start((folder / file).string(), [&](Status done) { ready = done.has_value(); });
        loop.run();
        ASSERT_TRUE(ready);
    }
    // The answer that `ask` is given; one that must come.
    template <class T, class Ask>
    T answer(Ask ask) {
        std::optional<T> found;
        ask(Done<T>([&](Result<T> answered) {
            ASSERT_TRUE(answered.has_value()) << answered.error().detail;
            found = *std::move(answered);
        }));
        loop.run();
        return std::move(found).value();
    }
    std::string digest(const std::string& file) {
        return view_digest((folder / file).string()).value();
    }

    TestFolder folder;
    VirtualLoop loop;
    MemoryJournal journal;
    std::map<std::string, std::unique_ptr<Stream>> streams;
    int made = 0;
};

// The same with one view, which is told of all that is written.
template <class View>
class ViewHouse : public MemoryHouse {
public:
    ViewHouse() { open("live.db"); }

    // The view as another process would find it, or in a new file as it is made anew.
    void open(const std::string& file) {
        view.emplace(loop, loop, journal);
        start(*view, file);
    }
    void append(const std::string& stream, std::string_view type, std::string_view payload,
                std::string_view at = "2026-02-16T10:00:00.000Z") {
        MemoryHouse::append(stream, type, payload, at);
        view->poke();
        loop.run();
    }
    template <class T, class Question>
    T ask(Question question) {
        return answer<T>([&](Done<T> done) {
            view->template ask<T>(loop, std::move(done), std::move(question));
        });
    }
    // Of the same journal a new file says what the live one does.
    void expect_same_anew() {
        open("anew.db");
        view.reset();
        EXPECT_EQ(digest("anew.db"), digest("live.db"));
    }

    std::optional<View> view;
};

// The same history as another process would find it after kill -9: nobody holds a stream of it.
inline std::unique_ptr<MemoryJournal> found_again(Journal& journal, VirtualLoop& loop) {
    std::vector<JournalEvent> durable;
    journal.read_all(0, {.events = 10'000, .bytes = 100'000'000}, loop,
                     [&](auto all) { durable = *std::move(all); });
    loop.run();
    auto again = std::make_unique<MemoryJournal>(loop.clock(), journal.epoch());
    std::map<std::string, std::unique_ptr<Stream>> streams;
    for (auto& [name, event] : durable) {
        auto& stream = streams[name];
        if (!stream) again->open(name, loop, [&](auto opened) { stream = *std::move(opened); });
        loop.run();
        stream->append(stream->head(), {{event.event_id, event.actor, "", event.bytes}},
                       [](const auto& done) { ASSERT_TRUE(done); });
        loop.run();
    }
    return again;
}

}  // namespace lifeline::journal
