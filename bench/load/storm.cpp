#include "load/storm.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "load/arrival.h"
#include "load/engine.h"
#include "load/fatal.h"
#include "load/process.h"
#include "load/shapes.h"
#include "load/splitter.h"

namespace lifeline::load {

namespace {

using Millis = std::chrono::milliseconds;

constexpr std::array places{Who::user, Who::guest, Who::agent};

// One client over its two lives.
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

std::string field(std::string_view frame, std::string_view name) {
    const std::string key = fmt::format("\"{}\":\"", name);
    const auto at = frame.find(key);
    if (at == frame.npos) fatal("no {} in {}", name, frame);
    const auto from = at + key.size();
    return std::string(frame.substr(from, frame.find('"', from) - from));
}

std::uint64_t number(std::string_view frame, std::string_view name) {
    const std::string key = fmt::format("\"{}\":", name);
    const auto at = frame.find(key);
    if (at == frame.npos) fatal("no {} in {}", name, frame);
    return std::strtoull(frame.data() + at + key.size(), nullptr, 10);
}

// All clients, on one epoll; as many connects under way as there are clients.
class Crowd {
public:
    Crowd(const Options& options, std::uint32_t calls)
        : options_(options), epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(256 * 1024) {
        for (std::uint32_t call = 0; call < calls; ++call)
            for (std::uint32_t member = 0; member < places.size(); ++member)
                clients_.push_back({.seat = {call, member, places[member]}});
    }
    ~Crowd() {
        leave();
        ::close(epoll_);
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    std::vector<Client>& clients() { return clients_; }

    // `at_once` of them may be on their way in.
    void arrive(std::size_t at_once) {
        live_ = 0;
        begun_ = Clock::now();
        std::size_t next = 0;
        while (live_ < clients_.size()) {
            while (next < clients_.size() && next - live_ < at_once) begin(next++);
            turn(Millis(20));
            if (Clock::now() - begun_ > std::chrono::seconds(120))
                fatal("{} of {} were live after two minutes", live_, clients_.size());
        }
    }
    void stay(Millis span) {
        for (const auto until = Clock::now() + span; Clock::now() < until;) turn(Millis(10));
    }
    // As a network does it: no goodbye.
    void leave() {
        for (Client& client : clients_) {
            if (client.descriptor < 0) continue;
            const linger cut{.l_onoff = 1, .l_linger = 0};
            ::setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &cut, sizeof cut);
            ::close(client.descriptor);
            client.descriptor = -1;
        }
    }
    Clock::time_point begun() const { return begun_; }

private:
    void begin(std::size_t index) {
        Client& client = clients_[index];
        client.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (client.descriptor < 0) fatal("socket: {}", std::strerror(errno));
        const int on = 1;
        ::setsockopt(client.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options_.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto* where = reinterpret_cast<const sockaddr*>(&address);
        if (::connect(client.descriptor, where, sizeof address) != 0 && errno != EINPROGRESS)
            fatal("connect: {}", std::strerror(errno));
        client.out = upgrade_request(options_, client.seat,
                                     {client.cursor, client.epoch, client.resume_token});
        client.head.clear();
        client.upgraded = client.live = false;
        client.splitter = Splitter(true);
        client.events = 0;
        epoll_event event{.events = EPOLLIN | EPOLLOUT, .data = {.u64 = index}};
        if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.descriptor, &event) != 0)
            fatal("epoll_ctl: {}", std::strerror(errno));
    }

    void turn(Millis wait) {
        const int ready = ::epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()),
                                       static_cast<int>(wait.count()));
        for (int i = 0; i < ready; ++i) {
            const auto& event = ready_[static_cast<std::size_t>(i)];
            if ((event.events & EPOLLOUT) != 0) send(event.data.u64);
            if ((event.events & EPOLLIN) != 0) read(event.data.u64);
            if ((event.events & (EPOLLERR | EPOLLHUP)) != 0)
                fatal("client {} was cut by the server", event.data.u64);
        }
    }

    void send(std::size_t index) {
        Client& client = clients_[index];
        const auto sent =
            ::send(client.descriptor, client.out.data(), client.out.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) fatal("send: {}", std::strerror(errno));
        if (sent > 0) client.out.erase(0, static_cast<std::size_t>(sent));
        if (!client.out.empty()) return;
        epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
        ::epoll_ctl(epoll_, EPOLL_CTL_MOD, client.descriptor, &event);
    }

    void read(std::size_t index) {
        Client& client = clients_[index];
        const auto bytes = ::recv(client.descriptor, buffer_.data(), buffer_.size(), 0);
        if (bytes < 0 && errno == EAGAIN) return;
        if (bytes <= 0) fatal("client {} was closed by the server", index);
        std::string_view text(buffer_.data(), static_cast<std::size_t>(bytes));
        std::string rest;
        if (!client.upgraded) {
            client.head += text;
            const auto end = client.head.find("\r\n\r\n");
            if (end == client.head.npos) return;
            if (!client.head.starts_with("HTTP/1.1 101")) fatal("refused: {}", client.head);
            client.upgraded = true;
            rest = client.head.substr(end + 4);
            text = rest;
        }
        client.splitter.take(text, [&](std::uint8_t opcode, std::string_view payload) {
            if (opcode == 1) frame(client, payload);
        });
    }

    void frame(Client& client, std::string_view payload) {
        if (payload.starts_with(R"({"op":"event")")) {
            const auto seq = number(payload.substr(0, 40), "seq");
            if (seq != client.cursor + 1) ++client.wrong;
            client.cursor = seq;
            ++client.events;
        } else if (payload.starts_with(R"({"op":"skipped")")) {
            if (number(payload, "fromSeq") != client.cursor + 1) ++client.wrong;
            client.cursor = number(payload, "toSeq");
        } else if (payload.starts_with(R"({"op":"hello")")) {
            client.epoch = field(payload, "epoch");
            client.resume_token = field(payload, "resumeToken");
        } else if (payload.starts_with(R"({"op":"replay.complete")")) {
            client.live = true;
            client.live_at = Clock::now();
            ++live_;
        } else if (payload.starts_with(R"({"op":"bye")") ||
                   payload.starts_with(R"({"op":"error")")) {
            fatal("refused: {}", payload);
        }
    }

    const Options& options_;
    int epoll_;
    std::vector<char> buffer_;
    std::vector<Client> clients_;
    std::array<epoll_event, 512> ready_{};
    std::size_t live_ = 0;
    Clock::time_point begun_;
};

// The calls go on without them.
void talk_meanwhile(const Options& options, std::uint32_t calls) {
    Options talk = options;
    talk.calls = calls;
    talk.in_flight = 8;
    talk.durable = true;
    FillShape shape(talk);
    Engine engine(talk, shape);
    connect_seats(talk, shape, engine);
    engine.start();
    while (!shape.done()) engine.turn(Millis(20));
}

double milliseconds(Clock::duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace

void run_storm(const Options& options) {
    const std::uint32_t calls = options.calls == 0 ? 3334 : options.calls;
    Options talk = options;
    talk.calls = calls;
    CallsShape seats(talk);
    create_calls(talk, seats);
    Crowd crowd(options, calls);
    crowd.arrive(64);
    crowd.stay(Millis(500));  // Who joined is told to everybody.
    crowd.leave();
    talk_meanwhile(options, calls);
    const Usage before = usage_of(options.processes);

    crowd.arrive(crowd.clients().size());
    const Usage after = usage_of(options.processes);
    std::vector<double> waits;
    std::uint64_t events = 0;
    std::uint64_t wrong = 0;
    std::uint64_t short_of = 0;
    for (const Client& client : crowd.clients()) {
        waits.push_back(milliseconds(client.live_at - crowd.begun()));
        events += client.events;
        wrong += client.wrong;
        short_of += client.events < options.events ? 1 : 0;
    }
    std::ranges::sort(waits);
    const auto at = [&](double share) {
        return waits[static_cast<std::size_t>(share * static_cast<double>(waits.size() - 1))];
    };
    fmt::print(
        "{{\"clients\":{},\"events\":{},\"lostOrDoubled\":{},\"short\":{},"
        "\"serverCpuSeconds\":{:.3f},\"rssBytes\":{},\"p50Ms\":{:.0f},\"p99Ms\":{:.0f},"
        "\"maxMs\":{:.0f}}}\n",
        waits.size(), events, wrong, short_of, after.cpu_seconds - before.cpu_seconds,
        after.rss_bytes, at(0.5), at(0.99), waits.back());
}

}  // namespace lifeline::load
