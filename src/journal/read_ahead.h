#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/thread_worker.h"
#include "journal/event_reader.h"

namespace lifeline::journal {

// Brings what is about to be read into the system's cache, with several readers at once: a call's
// events lie scattered among all others', and one reader waits for its disk once for each. Only a
// hint: whoever reads still reads and checks everything, so what fails here fails there.
class ReadAhead {
public:
    explicit ReadAhead(Folder folder) : folder_(std::move(folder)) {}
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    // Comes back at once. What is not yet read of the last that was asked for is left out.
    void fetch(const std::string& stream, std::uint64_t first_seq, std::span<const Place> places);

    std::uint64_t fetched() const { return fetched_; }  // Events, so far.

private:
    static constexpr std::size_t readers = 3;  // Beside whoever reads.
    struct Wanted;
    void read_some(std::size_t reader, const Wanted& wanted);

    Folder folder_;
    std::atomic<std::uint64_t> round_ = 0;
    std::atomic<std::uint64_t> fetched_ = 0;
    std::array<std::unique_ptr<EventReader>, readers> readers_;  // Each its own worker's.
    std::array<ThreadWorker, readers> workers_{
        ThreadWorker("read-ahead 1"), ThreadWorker("read-ahead 2"), ThreadWorker("read-ahead 3")};
};

// How often this thread has waited for a disk.
std::uint64_t disk_waits();

}  // namespace lifeline::journal
