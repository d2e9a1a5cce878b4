#include "load/arrival.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "load/fatal.h"

namespace lifeline::load {

namespace {

// So many requests are under way at once while everybody arrives.
constexpr std::size_t batch = 64;

const std::string& token(const Options& options, Who who) {
    const auto found = options.tokens.find(std::string(to_text(who)));
    if (found == options.tokens.end()) fatal("--token {}=... is missing", to_text(who));
    return found->second;
}

// The user ids under which the runner minted the tokens.
std::string create_body(const Shape& shape, std::size_t first, std::size_t end) {
    std::string others;
    for (const Who who : {Who::guest, Who::agent, Who::viewer}) {
        const auto sits = [&](const Seat& seat) { return seat.who == who; };
        const auto& seats = shape.seats();
        if (std::none_of(seats.begin() + static_cast<std::ptrdiff_t>(first),
                         seats.begin() + static_cast<std::ptrdiff_t>(end), sits))
            continue;
        others +=
            fmt::format(R"({}{{"userId":"usr_bench_{}","role":"{}"}})", others.empty() ? "" : ",",
                        to_text(who), who == Who::guest ? "user" : to_text(who));
    }
    return fmt::format(R"({{"sessionId":"{}","channel":"text","participants":[{}]}})",
                       session_id(shape.seats()[first].call), others);
}

std::string post(const Options& options, const std::string& body) {
    return fmt::format(
        "POST /v1/call/sessions HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        options.port, token(options, Who::user), body.size(), body);
}

void expect(const Head& head, int status) {
    if (head.status() != status) fatal("{} was wanted, came: {}{}", status, head.text, head.rest);
}

}  // namespace

std::string upgrade_request(const Options& options, const Seat& seat, const Cursor& cursor) {
    std::string path = fmt::format("/call/{}", seat.call);
    std::string protocol;
    if (options.dialect == Dialect::lifeline) {
        path = fmt::format("/v1/call/sessions/{}/ws", session_id(seat.call));
        protocol =
            fmt::format("Sec-WebSocket-Protocol: lifeline.v1, auth.{}", token(options, seat.who));
        if (!cursor.epoch.empty()) {
            path += fmt::format("?after={}&epoch={}", cursor.seq, cursor.epoch);
            protocol += fmt::format(", resume.{}", cursor.resume_token);
        }
        protocol += "\r\n";
    }
    return fmt::format(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{}\r\n",
        path, options.port, protocol);
}

void create_calls(const Options& options, const Shape& shape) {
    if (options.dialect != Dialect::lifeline) return;
    std::vector<std::string> bodies;
    const auto& seats = shape.seats();
    for (std::size_t first = 0, end = 0; first < seats.size(); first = end) {
        while (end < seats.size() && seats[end].call == seats[first].call) ++end;
        bodies.push_back(create_body(shape, first, end));
    }
    std::vector<int> doors;
    for (std::size_t i = 0; i < std::min(batch, bodies.size()); ++i) doors.push_back(dial(options));
    for (std::size_t done = 0; done < bodies.size();) {
        const std::size_t now = std::min(doors.size(), bodies.size() - done);
        for (std::size_t i = 0; i < now; ++i) send_all(doors[i], post(options, bodies[done + i]));
        for (std::size_t i = 0; i < now; ++i) {
            Head head = read_head(doors[i]);
            expect(head, 201);
            char rest[4096];
            for (std::size_t got = head.rest.size(); got < head.content_length();) {
                const auto bytes = ::recv(doors[i], rest, sizeof rest, 0);
                if (bytes <= 0) fatal("the answer to a POST was cut");
                got += static_cast<std::size_t>(bytes);
            }
        }
        done += now;
    }
    for (const int door : doors) ::close(door);
}

void connect_seats(const Options& options, const Shape& shape, Engine& engine) {
    const auto& seats = shape.seats();
    for (std::size_t done = 0; done < seats.size();) {
        const std::size_t now = std::min(batch, seats.size() - done);
        std::vector<int> doors;
        for (std::size_t i = 0; i < now; ++i) {
            const Seat& seat = seats[done + i];
            std::string first;
            if (options.dialect == Dialect::raw) {
                append_raw_frame(first, session_id(seat.call));
            } else {
                first = upgrade_request(options, seat);
            }
            doors.push_back(dial(options));
            send_all(doors.back(), first);
        }
        for (const int door : doors) {
            std::string rest;
            if (options.dialect != Dialect::raw) {
                Head head = read_head(door);
                expect(head, 101);
                rest = std::move(head.rest);
            }
            engine.add(door, rest);
        }
        engine.turn(std::chrono::milliseconds(0));
        done += now;
    }
}

int dial(const Options& options) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fatal("connect: {}", std::strerror(errno));
    return descriptor;
}

void send_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) fatal("send: {}", std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

Head read_head(int descriptor) {
    Head head;
    char buffer[4096];
    for (;;) {
        const auto bytes = ::recv(descriptor, buffer, sizeof buffer, 0);
        if (bytes <= 0) fatal("the server closed instead of answering");
        head.text.append(buffer, static_cast<std::size_t>(bytes));
        const auto end = head.text.find("\r\n\r\n");
        if (end == head.text.npos) continue;
        head.rest = head.text.substr(end + 4);
        head.text.resize(end + 4);
        return head;
    }
}

int Head::status() const {
    return text.size() > 12 ? std::atoi(text.c_str() + 9) : 0;
}

std::size_t Head::content_length() const {
    const auto at = text.find("Content-Length: ");
    return at == text.npos ? 0 : std::strtoul(text.c_str() + at + 16, nullptr, 10);
}

}  // namespace lifeline::load
