#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/options.h"
#include "load/seat.h"
#include "load/shape.h"
#include "load/splitter.h"

namespace lifeline::load {

// One client over all its lives: what it has seen, and so where it comes back to.
struct Client {
    Seat seat;
    int descriptor = -1;
    std::string out = {};   // Of the upgrade request, what was not sent yet.
    std::string head = {};  // Of its answer, until it is whole.
    bool upgraded = false;
    Splitter splitter{true};
    std::uint64_t cursor = 0;
    std::string epoch = {};
    std::string resume_token = {};
    bool live = false;  // Everything that was missed has been seen.
    Clock::time_point live_at = {};
    std::uint64_t events = 0;
    std::uint64_t wrong = 0;  // Events that were not the next.
};

// Clients that come, are shown what they missed, and are cut; on one epoll, with as many connects
// under way as there are clients. What any of them is shown twice or not at all is counted.
class Crowd {
public:
    Crowd(const Options& options, const std::vector<Seat>& seats);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    std::vector<Client>& clients() { return clients_; }

    // Until everything that was missed was seen by everybody; `at_once` may be on their way in.
    void arrive(std::size_t at_once);
    void stay(std::chrono::milliseconds span);
    // As a network does it: no goodbye.
    void leave();
    // They have seen nothing yet.
    void forget();
    Clock::time_point begun() const { return begun_; }

private:
    void begin(std::size_t index);
    void turn(std::chrono::milliseconds wait);
    void send(std::size_t index);
    void read(std::size_t index);
    void frame(Client& client, std::string_view payload);

    const Options& options_;
    int epoll_;
    std::vector<char> buffer_;
    std::vector<Client> clients_;
    std::array<epoll_event, 512> ready_{};
    std::size_t live_ = 0;
    Clock::time_point begun_;
};

// In each of the calls, options.events events that no later one replaces, published while nobody of
// a crowd is there.
void talk_meanwhile(const Options& options, std::uint32_t calls, std::uint32_t in_flight);

}  // namespace lifeline::load
