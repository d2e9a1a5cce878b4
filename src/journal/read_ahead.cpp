#include "journal/read_ahead.h"

#include <sys/resource.h>

#include <vector>

namespace lifeline::journal {

struct ReadAhead::Wanted {
    std::uint64_t round;
    std::string stream;
    std::uint64_t first_seq;
    std::vector<Place> places;
};

ReadAhead::~ReadAhead() {
    ++round_;
}

void ReadAhead::fetch(const std::string& stream, std::uint64_t first_seq,
                      std::span<const Place> places) {
    const auto wanted = std::make_shared<const Wanted>(
        ++round_, stream, first_seq, std::vector<Place>(places.begin(), places.end()));
    for (std::size_t i = 0; i < readers; ++i)
        workers_[i].submit([this, i, wanted] { read_some(i, *wanted); });
}

// Every third, so that the readers go on side by side in front of whoever reads them all.
void ReadAhead::read_some(std::size_t reader, const Wanted& wanted) {
    if (!readers_[reader]) {
        auto opened = EventReader::open(folder_, EventReader::Ahead::no);
        if (!opened) return;
        readers_[reader] = std::make_unique<EventReader>(std::move(*opened));
    }
    for (std::size_t i = reader; i < wanted.places.size(); i += readers) {
        if (round_ != wanted.round) return;
        const std::span place(&wanted.places[i], 1);
        if (readers_[reader]->read(wanted.stream, wanted.first_seq + i, place, {.events = 1}))
            ++fetched_;
    }
}

std::uint64_t disk_waits() {
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return static_cast<std::uint64_t>(usage.ru_inblock);
}

}  // namespace lifeline::journal
