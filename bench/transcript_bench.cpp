// The record of very many calls: what an event costs on the disk, whether the search keeps up with
// what is written, and how long the first page of a replay takes. One JSON line a figure:
//
//   transcript_bench [--events N] [--utterances N] [--dir DIR]
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "audit/audit.h"
#include "base/asio_loop.h"
#include "base/check.h"
#include "base/random.h"
#include "base/thread_worker.h"
#include "contract/event.h"
#include "journal/sql_journal.h"
#include "library/library.h"
#include "roster/roster.h"
#include "search/search.h"
#include "transcript/render.h"
#include "transcript_call.h"

namespace lifeline {
namespace {

using Watch = std::chrono::steady_clock;

constexpr int writers = 64;  // Calls that are going on at once.
constexpr std::size_t page = 200;

double seconds_since(Watch::time_point start) {
    return std::chrono::duration<double>(Watch::now() - start).count();
}

// What is the process's own: pages of files that are mapped come and go as the system likes.
std::uint64_t own_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:"))
            return static_cast<std::uint64_t>(std::atoll(line.c_str() + 8)) * 1024;
    return 0;
}

void drop_from_cache(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const int file = ::open(entry.path().c_str(), O_RDONLY);
        if (file < 0) continue;
        ::fdatasync(file);
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        ::close(file);
    }
}

void rate(std::string_view who, double events, double seconds, std::string_view more = "") {
    fmt::print(
        "{{\"bench\":\"transcript\",\"kind\":\"rate\",\"who\":\"{}\",\"perSecond\":{:.0f},"
        "\"seconds\":{:.2f}{}}}\n",
        who, events / seconds, seconds, more);
    std::fflush(stdout);
}

void size(std::string_view who, double bytes) {
    fmt::print("{{\"bench\":\"transcript\",\"kind\":\"size\",\"who\":\"{}\",\"value\":{:.1f}}}\n",
               who, bytes);
    std::fflush(stdout);
}

void times(std::string_view who, std::vector<double> times_us) {
    std::ranges::sort(times_us);
    const auto at = [&](double share) {
        return times_us[static_cast<std::size_t>(share * static_cast<double>(times_us.size() - 1))];
    };
    fmt::print(
        "{{\"bench\":\"transcript\",\"kind\":\"time\",\"who\":\"{}\",\"asked\":{},"
        "\"p50Us\":{:.0f},\"p99Us\":{:.0f}}}\n",
        who, times_us.size(), at(0.5), at(0.99));
    std::fflush(stdout);
}

// A journal on its threads, as the server has it.
class House {
public:
    explicit House(const std::string& folder) : folder_(folder) {
        auto opened = journal::SqlJournal::open({.folder = {folder},
                                                 .writer = writer_,
                                                 .marker = marker_,
                                                 .reader = reader_,
                                                 .clock = clock_,
                                                 .random = random_});
        CHECK(opened);
        journal_ = std::move(*opened);
        thread_ = std::jthread([this] { loop_.run(); });
    }
    ~House() {
        const auto closed = wait<void>([&](auto done) { journal_->close(loop_, std::move(done)); });
        CHECK(closed);
        loop_.stop();
        thread_.join();
    }

    // What `ask` is answered, from any other thread.
    template <class T>
    Result<T> wait(std::function<void(journal::Done<T>)> ask) {
        std::promise<Result<T>> answer;
        ask([&](Result<T> given) { answer.set_value(std::move(given)); });
        return answer.get_future().get();
    }
    void on_loop(std::function<void()> job) {
        std::promise<void> done;
        loop_.post([&] {
            job();
            done.set_value();
        });
        done.get_future().wait();
    }
    AsioLoop& loop() { return loop_; }
    journal::SqlJournal& journal() { return *journal_; }
    const std::string& folder() const { return folder_; }

private:
    std::string folder_;
    SystemClock clock_;
    SystemRandom random_;
    AsioLoop loop_;
    // Before the workers, whose last jobs still use it.
    std::unique_ptr<journal::SqlJournal> journal_;
    ThreadWorker writer_{"writer"};
    ThreadWorker marker_{"marker"};
    ThreadWorker reader_{"reader"};
    std::jthread thread_;
};

// Writes call after call, each as fast as what it has written becomes durable.
class Writers {
public:
    Writers(House& house, const Size& size) : house_(house), size_(size) {}

    std::uint64_t run() {
        const auto begun = Watch::now();
        for (int n = 0; n < writers; ++n) next_call();
        const std::uint64_t all = size_.events;
        std::uint64_t shown = 0;
        std::uint64_t early = 0;
        auto over = over_.get_future();
        while (over.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
            const std::uint64_t head = house_.journal().head_position();
            if (early == 0 && head > all / 10) early = own_bytes();
            if (head < shown + all / 10) continue;
            shown = head;
            fmt::print(stderr, "{} events written, {:.0f} s\n", head, seconds_since(begun));
        }
        const double seconds = seconds_since(begun);
        const std::uint64_t events = house_.journal().head_position();
        rate("ingest", static_cast<double>(events), seconds,
             fmt::format(",\"rssAtTenth\":{},\"rss\":{}", early, own_bytes()));
        return events;
    }

private:
    struct Open {
        Call call;
        std::unique_ptr<journal::Stream> stream = nullptr;
    };

    void next_call() {
        house_.loop().post([this] {
            if (begun_ == size_.calls()) {
                if (++idle_ == writers) over_.set_value();
                return;
            }
            auto open = std::make_shared<Open>(Call(begun_++, size_));
            house_.journal().open(open->call.name(), house_.loop(), [this, open](auto stream) {
                CHECK(stream);
                open->stream = std::move(*stream);
                write_on(open);
            });
        });
    }
    void write_on(const std::shared_ptr<Open>& open) {
        auto batch = open->call.next();
        // Not from within its own answer: the stream goes with it.
        if (batch.empty()) {
            house_.loop().post([this, open] { next_call(); });
            return;
        }
        open->stream->append(open->stream->head(), std::move(batch), [this, open](auto appended) {
            CHECK(appended);
            write_on(open);
        });
    }

    House& house_;
    const Size& size_;
    std::size_t begun_ = 0;
    int idle_ = 0;
    std::promise<void> over_;
};

// Makes a view from nothing, which is what it does with each event that is written, too.
template <class View>
void fold(House& house, const char* name, const std::string& path, double events) {
    ThreadWorker worker(name);
    std::optional<View> view;
    view.emplace(house.loop(), worker, house.journal());
    std::promise<Status> ready;
    const auto begun = Watch::now();
    house.on_loop(
        [&] { view->start(path, [&](Status done) { ready.set_value(std::move(done)); }); });
    auto future = ready.get_future();
    std::vector<std::uint64_t> own;
    do own.push_back(own_bytes());
    while (future.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready);
    CHECK(future.get());
    rate(name, events, seconds_since(begun),
         fmt::format(",\"rssAtTenth\":{},\"rss\":{}", own[own.size() / 10],
                     *std::ranges::max_element(own)));
    // On its loop, which may still be in it.
    house.on_loop([&] { view.reset(); });
}

std::vector<journal::StoredEvent> read_page(House& house, const std::string& call,
                                            std::uint64_t after, std::size_t events) {
    auto read = house.wait<std::vector<journal::StoredEvent>>([&](auto done) {
        house.journal().read(call, after, {.events = events, .bytes = 1024 * 1024}, house.loop(),
                             std::move(done));
    });
    CHECK(read);
    return *std::move(read);
}

void read_back(House& house, const Size& size) {
    SeededRandom random(5);
    constexpr int calls = 200;
    std::vector<double> cold;
    std::vector<double> warm;
    std::vector<double> whole;
    for (int n = 0; n < calls; ++n) {
        // Of the middle half: neither the newest pages nor the oldest.
        const std::string call = call_name(size.calls() / 4 + random.below(size.calls() / 2 + 1));
        drop_from_cache(house.folder());
        auto begun = Watch::now();
        CHECK(!read_page(house, call, 0, page).empty());
        cold.push_back(seconds_since(begun) * 1e6);
        begun = Watch::now();
        CHECK(!read_page(house, call, 0, page).empty());
        warm.push_back(seconds_since(begun) * 1e6);
        begun = Watch::now();
        transcript::Fold fold;
        contract::EventChecker checker;
        std::uint64_t seq = 0;
        for (auto events = read_page(house, call, 0, 4'096); !events.empty();
             events = read_page(house, call, seq, 4'096)) {
            for (const auto& stored : events) {
                const auto event = checker.read_stored(stored.bytes);
                CHECK(event);
                fold.take(*event, stored.actor.id, stored.seq);
            }
            seq = events.back().seq;
        }
        CHECK(!transcript::to_json(fold, {.session_id = call, .epoch = "", .seq = seq}).empty());
        whole.push_back(seconds_since(begun) * 1e6);
    }
    times("first page, cold", std::move(cold));
    times("first page, warm", std::move(warm));
    times("a whole transcript", std::move(whole));
}

// The journal's file from its beginning to its end, and nothing done with it.
void read_floor(const std::string& folder, double events) {
    drop_from_cache(folder);
    const int file = ::open((folder + "/journal.db").c_str(), O_RDONLY);
    CHECK(file >= 0);
    std::string buffer(1 << 20, ' ');
    const auto begun = Watch::now();
    while (::read(file, buffer.data(), buffer.size()) > 0) continue;
    rate("floor", events, seconds_since(begun));
    ::close(file);
}

void sizes(const std::string& folder, double events) {
    double all = 0;
    std::map<std::string, double> files;  // Each with its log.
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!entry.is_regular_file() || name.ends_with("-shm")) continue;
        const auto bytes = static_cast<double>(entry.file_size());
        all += bytes;
        if (const auto end = name.find(".db"); end != std::string::npos)
            files[name.substr(0, end + 3)] += bytes;
    }
    size("all files", all / events);
    for (const auto& [name, bytes] : files) size(name, bytes / events);
}

void run(const std::string& parent, const Size& size) {
    const std::string folder = parent + "/transcript";
    std::filesystem::create_directories(folder);
    double events = 0;
    {
        House house(folder);
        events = static_cast<double>(Writers(house, size).run());
        fold<search::Search>(house, "search", folder + "/search.db", events);
        fold<roster::Roster>(house, "roster", folder + "/views.db", events);
        fold<audit::Audit>(house, "audit", folder + "/audit.db", events);
        fold<library::Library>(house, "library", folder + "/library.db", events);
        read_back(house, size);
    }
    read_floor(folder, events);
    sizes(folder, events);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lifeline

int main(int argc, char** argv) {
    std::string dir = ".";
    lifeline::Size size;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--dir") dir = argv[i + 1];
        if (name == "--events") size.events = static_cast<std::size_t>(std::atoll(argv[i + 1]));
        if (name == "--utterances")
            size.utterances = static_cast<std::size_t>(std::atoll(argv[i + 1]));
    }
    lifeline::run(dir, size);
}
