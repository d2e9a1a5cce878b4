#include "load/crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "load/arrival.h"
#include "load/engine.h"
#include "load/fatal.h"
#include "load/shapes.h"

namespace lifeline::load {

namespace {

using Millis = std::chrono::milliseconds;

std::string text(std::string_view frame, std::string_view key) {
    const auto at = frame.find(key);
    if (at == frame.npos) fatal("no {} in {}", key, frame);
    const auto from = at + key.size();
    return std::string(frame.substr(from, frame.find('"', from) - from));
}

std::uint64_t number(std::string_view frame, std::string_view key) {
    const auto at = frame.find(key);
    if (at == frame.npos) fatal("no {} in {}", key, frame);
    return std::strtoull(frame.data() + at + key.size(), nullptr, 10);
}

}  // namespace

Crowd::Crowd(const Options& options, const std::vector<Seat>& seats)
    : options_(options), epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(256 * 1024) {
    for (const Seat& seat : seats) clients_.push_back({.seat = seat});
}

Crowd::~Crowd() {
    leave();
    ::close(epoll_);
}

void Crowd::stay(Millis span) {
    for (const auto until = Clock::now() + span; Clock::now() < until;) turn(Millis(10));
}

void Crowd::forget() {
    for (Client& client : clients_) client = {.seat = client.seat};
}

void Crowd::arrive(std::size_t at_once) {
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

void Crowd::leave() {
    for (Client& client : clients_) {
        if (client.descriptor < 0) continue;
        const linger cut{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &cut, sizeof cut);
        ::close(client.descriptor);
        client.descriptor = -1;
    }
}

void Crowd::begin(std::size_t index) {
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
    client.out =
        upgrade_request(options_, client.seat, {client.cursor, client.epoch, client.resume_token});
    client.head.clear();
    client.upgraded = client.live = false;
    client.splitter = Splitter(true);
    client.events = 0;
    epoll_event event{.events = EPOLLIN | EPOLLOUT, .data = {.u64 = index}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.descriptor, &event) != 0)
        fatal("epoll_ctl: {}", std::strerror(errno));
}

void Crowd::turn(Millis wait) {
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

void Crowd::send(std::size_t index) {
    Client& client = clients_[index];
    const auto sent = ::send(client.descriptor, client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fatal("send: {}", std::strerror(errno));
    if (sent > 0) client.out.erase(0, static_cast<std::size_t>(sent));
    if (!client.out.empty()) return;
    epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, client.descriptor, &event);
}

void Crowd::read(std::size_t index) {
    Client& client = clients_[index];
    const auto bytes = ::recv(client.descriptor, buffer_.data(), buffer_.size(), 0);
    if (bytes < 0 && errno == EAGAIN) return;
    if (bytes <= 0) fatal("client {} was closed by the server", index);
    std::string_view got(buffer_.data(), static_cast<std::size_t>(bytes));
    std::string rest;
    if (!client.upgraded) {
        client.head += got;
        const auto end = client.head.find("\r\n\r\n");
        if (end == client.head.npos) return;
        if (!client.head.starts_with("HTTP/1.1 101")) fatal("refused: {}", client.head);
        client.upgraded = true;
        rest = client.head.substr(end + 4);
        got = rest;
    }
    client.splitter.take(got, [&](std::uint8_t opcode, std::string_view payload) {
        if (opcode == 1) frame(client, payload);
    });
}

void Crowd::frame(Client& client, std::string_view payload) {
    if (payload.starts_with(R"({"op":"event")")) {
        const auto seq = number(payload.substr(0, 40), R"("seq":)");
        if (seq != client.cursor + 1) ++client.wrong;
        client.cursor = seq;
        ++client.events;
    } else if (payload.starts_with(R"({"op":"skipped")")) {
        if (number(payload, R"("fromSeq":)") != client.cursor + 1) ++client.wrong;
        client.cursor = number(payload, R"("toSeq":)");
    } else if (payload.starts_with(R"({"op":"hello")")) {
        client.epoch = text(payload, R"("epoch":")");
        client.resume_token = text(payload, R"("resumeToken":")");
    } else if (payload.starts_with(R"({"op":"replay.complete")")) {
        client.live = true;
        client.live_at = Clock::now();
        ++live_;
    } else if (payload.starts_with(R"({"op":"bye")") || payload.starts_with(R"({"op":"error")")) {
        fatal("refused: {}", payload);
    }
}

void talk_meanwhile(const Options& options, std::uint32_t calls, std::uint32_t in_flight) {
    Options talk = options;
    talk.calls = calls;
    talk.in_flight = in_flight;
    talk.durable = true;
    FillShape shape(talk);
    Engine engine(talk, shape);
    connect_seats(talk, shape, engine);
    engine.start();
    while (!shape.done()) engine.turn(Millis(20));
}

}  // namespace lifeline::load
