#include "load/engine.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "load/fatal.h"

namespace lifeline::load {

namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::uint8_t text = 1;
constexpr std::uint8_t close_frame = 8;
constexpr std::uint8_t ping = 9;
constexpr std::uint8_t pong = 10;

}  // namespace

Engine::Engine(const Options& options, Shape& shape)
    : options_(options),
      shape_(shape),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(read_bytes) {
    if (epoll_ < 0) fatal("epoll: {}", std::strerror(errno));
    lines_.reserve(shape.seats().size());
}

Engine::~Engine() {
    for (const Line& line : lines_) ::close(line.descriptor);
    ::close(epoll_);
}

void Engine::add(int descriptor, std::string_view received) {
    const std::size_t seat = lines_.size();
    if (::fcntl(descriptor, F_SETFL, O_NONBLOCK) != 0) fatal("fcntl: {}", std::strerror(errno));
    lines_.push_back({.descriptor = descriptor,
                      .maker = MessageMaker(shape_.seats()[seat], options_),
                      .splitter = Splitter(options_.dialect != Dialect::raw),
                      .out = {}});
    watch(seat, EPOLLIN, EPOLL_CTL_ADD);
    take(seat, received);
}

void Engine::start() {
    started_ = true;
    now_ = Clock::now();
    shape_.start(*this);
}

void Engine::turn(std::chrono::milliseconds wait) {
    const int ready = ::epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()),
                                   static_cast<int>(wait.count()));
    if (ready < 0 && errno != EINTR) fatal("epoll_wait: {}", std::strerror(errno));
    now_ = Clock::now();
    for (int i = 0; i < ready; ++i) {
        const std::size_t seat = ready_[static_cast<std::size_t>(i)].data.u64;
        const auto events = ready_[static_cast<std::size_t>(i)].events;
        if ((events & EPOLLOUT) != 0) mark(seat);
        if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read(seat);
    }
    if (started_) shape_.tick(*this);
    for (const std::size_t seat : dirty_) flush(seat);
    dirty_.clear();
}

void Engine::publish(std::size_t seat, std::uint64_t number) {
    Line& line = lines_[seat];
    line.maker.append(line.out, number);
    mark(seat);
}

void Engine::read(std::size_t seat) {
    const auto bytes = ::recv(lines_[seat].descriptor, buffer_.data(), buffer_.size(), 0);
    if (bytes < 0 && errno == EAGAIN) return;
    if (bytes <= 0) fatal("connection {} was closed by the server", seat);
    take(seat, {buffer_.data(), static_cast<std::size_t>(bytes)});
}

void Engine::take(std::size_t seat, std::string_view bytes) {
    lines_[seat].splitter.take(bytes, [&](std::uint8_t opcode, std::string_view payload) {
        frame(seat, opcode, payload);
    });
}

void Engine::frame(std::size_t seat, std::uint8_t opcode, std::string_view payload) {
    if (opcode == ping) {
        append_client_frame(lines_[seat].out, pong, payload);
        mark(seat);
        return;
    }
    if (opcode == close_frame) fatal("connection {} was told to close", seat);
    // A plain relay may pass text on as it likes; pongs are for nobody.
    if (opcode != text && opcode != 2) return;
    ++frames_;
    bytes_ += payload.size();
    if (const auto name = read_name(payload)) {
        if (started_) shape_.received(seat, *name, *this);
    } else if (payload.starts_with(R"({"op":"hello")")) {
        ++greeted_;
    } else if (payload.starts_with(R"({"op":"error")") || payload.starts_with(R"({"op":"bye")")) {
        fatal("connection {} was refused: {}", seat, payload);
    }
}

void Engine::mark(std::size_t seat) {
    if (lines_[seat].dirty) return;
    lines_[seat].dirty = true;
    dirty_.push_back(seat);
}

void Engine::flush(std::size_t seat) {
    Line& line = lines_[seat];
    line.dirty = false;
    const auto sent =
        ::send(line.descriptor, line.out.data(), line.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) fatal("connection {}: {}", seat, std::strerror(errno));
    if (sent > 0) line.out.erase(0, static_cast<std::size_t>(sent));
    const bool waits = !line.out.empty();
    if (waits == line.waits_writable) return;
    line.waits_writable = waits;
    watch(seat, waits ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

void Engine::watch(std::size_t seat, std::uint32_t events, int operation) {
    epoll_event event{.events = events, .data = {.u64 = seat}};
    if (::epoll_ctl(epoll_, operation, lines_[seat].descriptor, &event) != 0)
        fatal("epoll_ctl: {}", std::strerror(errno));
}

}  // namespace lifeline::load
