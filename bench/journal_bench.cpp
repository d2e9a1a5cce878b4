// The journal, with its chain and its high-water mark, against a bare append and fdatasync of the
// same bytes in the same groups. One JSON line a shape:
//
//   journal_bench [--seconds S] [--dir DIR] [--shape STREAMSxBATCH]...
#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "base/asio_loop.h"
#include "base/check.h"
#include "base/thread_worker.h"
#include "journal/journal_file.h"
#include "journal/sql_journal.h"

namespace lifeline::journal {
namespace {

using Watch = std::chrono::steady_clock;

double seconds_since(Watch::time_point start) {
    return std::chrono::duration<double>(Watch::now() - start).count();
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Of a worker's thread alone, so that the publishers' own work is not counted.
double thread_cpu_seconds(Worker& worker) {
    std::promise<double> seconds;
    worker.submit([&] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        seconds.set_value(static_cast<double>(time.tv_sec) +
                          static_cast<double>(time.tv_nsec) * 1e-9);
    });
    return seconds.get_future().get();
}

struct Shape {
    int streams = 64;
    int batch = 1;
};

struct Figures {
    std::uint64_t events = 0;
    double seconds = 0;
    double cpu = 0;
    std::vector<double> latencies_us;

    double per_second() const { return static_cast<double>(events) / seconds; }
    double percentile(double p) {
        if (latencies_us.empty()) return 0;
        std::ranges::sort(latencies_us);
        return latencies_us[static_cast<std::size_t>(p *
                                                     static_cast<double>(latencies_us.size() - 1))];
    }
};

// 300 bytes, as a transcript event has them, but for its id.
std::string event_template(int stream) {
    std::string bytes = fmt::format(
        R"({{"eventId":"evt_{:06}_{:012}","sessionId":"sess_{:08}","ts":"2026-02-16T10:00:00.000Z",)"
        R"("type":"transcript.partial","payload":{{"utteranceId":"utt_1","text":")",
        stream, 0, stream);
    while (bytes.size() < 276) bytes.push_back(static_cast<char>('a' + bytes.size() % 26));
    return bytes + R"("},"schemaVersion":"1.0"})";
}

// One stream that appends its next batch as soon as the last one is durable.
struct Publisher {
    int number;
    std::unique_ptr<Stream> stream;
    const Shape& shape;
    Figures& figures;
    const std::atomic<bool>& stop;
    std::atomic<int>& running;
    std::string bytes = event_template(number);

    // The publishers share two cores with what is measured, so an event costs them a copy.
    Draft draft(std::uint64_t seq) {
        static constexpr std::size_t id_at = 12, id_bytes = 23, seq_digits = 12;
        for (std::size_t i = id_at + id_bytes; i > id_at + id_bytes - seq_digits; seq /= 10)
            bytes[--i] = static_cast<char>('0' + seq % 10);
        return {.event_id = bytes.substr(id_at, id_bytes),
                .actor = {"user", "usr_01JABCDEFGHJKMNPQRSTVWXYZ0"},
                .cause = "",
                .bytes = bytes};
    }

    void publish() {
        if (stop) {
            --running;
            return;
        }
        std::vector<Draft> batch;
        for (int i = 0; i < shape.batch; ++i)
            batch.push_back(draft(stream->head() + static_cast<std::uint64_t>(i) + 1));
        const auto started = Watch::now();
        stream->append(stream->head(), std::move(batch),
                       [this, started](Result<Appended> appended) {
                           CHECK(appended);
                           figures.events += static_cast<std::uint64_t>(shape.batch);
                           figures.latencies_us.push_back(seconds_since(started) * 1e6);
                           publish();
                       });
    }
};

Figures run_journal(const std::string& folder, const Shape& shape, double seconds) {
    Figures figures;
    figures.latencies_us.reserve(1 << 22);
    SystemClock clock;
    SystemRandom random;
    AsioLoop loop;
    std::jthread loop_thread([&] { loop.run(); });
    std::unique_ptr<SqlJournal> journal;
    {
        ThreadWorker writer("writer");
        ThreadWorker marker("marker");
        ThreadWorker reader("reader");
        auto opened = SqlJournal::open({.folder = {folder},
                                        .writer = writer,
                                        .marker = marker,
                                        .reader = reader,
                                        .clock = clock,
                                        .random = random});
        CHECK(opened);
        journal = std::move(*opened);

        std::atomic<bool> stop = false;
        std::atomic<int> running = shape.streams;
        std::vector<std::unique_ptr<Publisher>> publishers;
        std::promise<void> ready;
        for (int i = 0; i < shape.streams; ++i)
            journal->open(fmt::format("sess_{:08}", i), loop, [&, i](auto stream) {
                CHECK(stream);
                publishers.push_back(std::make_unique<Publisher>(
                    Publisher{i, std::move(*stream), shape, figures, stop, running}));
                if (i + 1 == shape.streams) ready.set_value();
            });
        ready.get_future().wait();
        const auto workers_cpu = [&] {
            return thread_cpu_seconds(writer) + thread_cpu_seconds(marker) +
                   thread_cpu_seconds(reader);
        };
        const double cpu = workers_cpu();
        const auto started = Watch::now();
        loop.post([&] {
            for (auto& publisher : publishers) publisher->publish();
        });
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        stop = true;
        while (running > 0) std::this_thread::sleep_for(Millis(1));
        figures.seconds = seconds_since(started);
        figures.cpu = workers_cpu() - cpu;
        std::promise<void> gone;
        loop.post([&] {
            publishers.clear();
            gone.set_value();
        });
        gone.get_future().wait();
        std::promise<void> closed;
        journal->close(loop, [&](Status status) {
            CHECK(status);
            closed.set_value();
        });
        closed.get_future().wait();
    }
    loop.stop();
    return figures;
}

// The sizes of the groups that the journal made.
std::vector<std::size_t> group_sizes(const std::string& folder) {
    std::vector<std::size_t> sizes;
    auto database = open_journal_file({folder}, {});
    CHECK(database);
    CHECK(for_each_row(*database, 0, [&](const StoredRow& row) -> Result<bool> {
        sizes.push_back(row.body.size());
        return true;
    }));
    return sizes;
}

Figures run_floor(const std::string& folder, const std::vector<std::size_t>& groups,
                  std::uint64_t events) {
    const std::string path = folder + "/floor";
    const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    CHECK(file >= 0);
    const std::string bytes(4 << 20, 'x');
    Figures figures;
    figures.events = events;
    const double cpu = cpu_seconds();
    const auto started = Watch::now();
    for (const std::size_t size : groups) {
        const auto group_started = Watch::now();
        CHECK(::write(file, bytes.data(), size) == static_cast<ssize_t>(size));
        CHECK(::fdatasync(file) == 0);
        figures.latencies_us.push_back(seconds_since(group_started) * 1e6);
    }
    figures.seconds = seconds_since(started);
    figures.cpu = cpu_seconds() - cpu;
    ::close(file);
    return figures;
}

void run_shape(const std::string& parent, const Shape& shape, double seconds) {
    std::string folder = parent + "/journal-bench-XXXXXX";
    CHECK(::mkdtemp(folder.data()));
    Figures journal = run_journal(folder, shape, seconds);
    const auto groups = group_sizes(folder);
    Figures floor = run_floor(folder, groups, journal.events);
    const auto events = static_cast<double>(journal.events);
    fmt::print(
        "{{\"bench\":\"journal\",\"streams\":{},\"batch\":{},\"events\":{},\"groups\":{},"
        "\"eventsPerGroup\":{:.1f},\"perSecond\":{:.0f},\"cpuUsPerEvent\":{:.2f},\"p50Us\":{:.0f},"
        "\"p99Us\":{:.0f},\"p999Us\":{:.0f},\"maxUs\":{:.0f},\"floorPerSecond\":{:.0f},"
        "\"floorCpuUsPerEvent\":{:.2f},\"floorP50Us\":{:.0f},\"floorP99Us\":{:.0f},\"ratio\":{:.2f}"
        "}}\n",
        shape.streams, shape.batch, journal.events, groups.size(),
        events / static_cast<double>(groups.size()), journal.per_second(),
        journal.cpu / events * 1e6, journal.percentile(0.5), journal.percentile(0.99),
        journal.percentile(0.999), journal.percentile(1), floor.per_second(),
        floor.cpu / events * 1e6, floor.percentile(0.5), floor.percentile(0.99),
        journal.per_second() / floor.per_second());
    std::fflush(stdout);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lifeline::journal

int main(int argc, char** argv) {
    using lifeline::journal::Shape;
    double seconds = 3;
    std::string parent = ".";
    std::vector<Shape> shapes;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        const std::string value = argv[i + 1];
        if (option == "--seconds") seconds = std::stod(value);
        if (option == "--dir") parent = value;
        if (option == "--shape")
            shapes.push_back({std::stoi(value), std::stoi(value.substr(value.find('x') + 1))});
    }
    if (shapes.empty()) shapes = {{1, 1}, {64, 1}, {80, 1}, {256, 1}, {64, 16}};
    for (const Shape& shape : shapes) lifeline::journal::run_shape(parent, shape, seconds);
}
